// Reading a packaged chart (.tgz) without trusting it.
#pragma once
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "helm/chart.h"

namespace jibe::helm {

// Bytes after decompression (pkg/chart/loader/archive 4.2.3).
struct ArchiveLimits {
  int64_t whole = 100 * 1024 * 1024;
  int64_t file = 5 * 1024 * 1024;
};

// The files of the archive in its order, without the leading directory, without byte order marks.
// Refuses, with ChartError: paths outside the chart, absolute paths, links, devices, drive letters,
// what is larger than the limits, damage, and an archive without files. Helm would also take links
// (as empty files), names that come twice and several top directories; an archive with these is
// either broken or made to be read differently by different programs, so it is refused here.
std::vector<File> read_archive(std::string_view bytes, ArchiveLimits limits = {});
// Of the files in an archive those whose names `wanted` takes; the others may be anything.
std::vector<File> read_archive(std::string_view bytes, ArchiveLimits limits,
                               const std::function<bool(std::string_view)>& wanted);

// True where the bytes start like a gzip file.
bool looks_gzipped(std::string_view bytes);

}  // namespace jibe::helm
