#include "helm/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <set>

#include "base/strings.h"
#include "tmpl/format.h"

namespace jibe::helm {
namespace {

struct FreeArchive {
  void operator()(archive* a) const { archive_read_free(a); }
};
using Reader = std::unique_ptr<archive, FreeArchive>;

[[noreturn]] void broken(archive* reader) {
  const char* why = archive_error_string(reader);
  throw ChartError(
      fmt::format("the chart archive cannot be read: {}", why == nullptr ? "it is damaged" : why));
}

Reader open_reader(std::string_view bytes) {
  Reader reader(archive_read_new());
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_format_tar(reader.get());
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
    broken(reader.get());
  }
  return reader;
}

// path.Clean for a relative path.
std::string clean(std::string_view path) {
  std::vector<std::string> kept;
  for (std::string_view part : base::split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == ".." && !kept.empty() && kept.back() != "..") {
      kept.pop_back();
    } else {
      kept.emplace_back(part);
    }
  }
  return kept.empty() ? "." : base::join(kept, "/");
}

// The name below the archive's top directory; archives made on Windows have backslashes.
std::string name_in_chart(std::string_view path) {
  char delimiter = path.find('\\') == std::string_view::npos ? '/' : '\\';
  size_t first = path.find(delimiter);
  std::string name(first == std::string_view::npos ? "" : path.substr(first + 1));
  if (delimiter == '\\') name = base::replace_all(name, "\\", "/");
  if (name.starts_with('/')) throw ChartError("chart illegally contains absolute paths");
  name = clean(name);
  if (name == ".") {
    throw ChartError("chart illegally contains content outside the base directory: " +
                     tmpl::quote(path));
  }
  if (name.starts_with("..")) throw ChartError("chart illegally references parent directory");
  bool drive = name.size() > 2 && std::isalpha(static_cast<unsigned char>(name[0])) != 0 &&
               name[1] == ':' && name[2] == '/';
  if (drive) throw ChartError("chart contains illegally named files");
  if (path.substr(0, first) == "Chart.yaml") {
    throw ChartError("chart yaml not in base directory");
  }
  return name;
}

std::string read_entry(archive* reader, archive_entry* entry, const ArchiveLimits& limits,
                       int64_t& remaining) {
  int64_t size = archive_entry_size(entry);
  auto too_large = [&limits] {
    return ChartError(
        fmt::format("decompressed chart is larger than the maximum size {}", limits.whole));
  };
  if (size > remaining) throw too_large();
  if (size > limits.file) {
    throw ChartError(
        fmt::format("decompressed chart file {} is larger than the maximum file size {}",
                    tmpl::quote(archive_entry_pathname(entry)), limits.file));
  }
  std::string data(static_cast<size_t>(size), '\0');
  size_t have = 0;
  while (have < data.size()) {
    la_ssize_t got = archive_read_data(reader, data.data() + have, data.size() - have);
    if (got < 0) broken(reader);
    if (got == 0) throw ChartError("the chart archive ends in the middle of a file");
    have += static_cast<size_t>(got);
  }
  remaining -= size;
  if (remaining <= 0) throw too_large();
  if (data.starts_with("\xEF\xBB\xBF")) data.erase(0, 3);
  return data;
}

}  // namespace

bool looks_gzipped(std::string_view bytes) {
  return bytes.starts_with("\x1F\x8B\x08");
}

namespace {

// Headers and padding are not in the limit of Helm, but must not go on for ever either.
void check_stream(archive* reader, const ArchiveLimits& limits) {
  constexpr int64_t kAllowance = 16 * 1024 * 1024;
  if (archive_filter_bytes(reader, 0) > 2 * limits.whole + kAllowance) {
    throw ChartError(fmt::format(
        "decompressed chart is larger than the maximum size {}, most of it without content",
        limits.whole));
  }
}

void check_kind(archive_entry* entry, std::string_view path) {
  // Helm reads a link as an empty file. Nothing good comes of that, so say it.
  if (archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == nullptr) return;
  throw ChartError(
      fmt::format("chart archive contains {}, which is a link or a device: only files are allowed",
                  tmpl::quote(path)));
}

// One top directory, and every name once.
class Layout {
 public:
  void add(std::string_view path, const std::string& name) {
    std::string top(path.substr(0, path.find_first_of("/\\")));
    if (names_.empty()) top_ = top;
    if (top != top_) {
      throw ChartError(fmt::format("chart archive has more than one top directory: {} and {}",
                                   tmpl::quote(top_), tmpl::quote(top)));
    }
    if (!names_.insert(name).second) {
      throw ChartError(fmt::format("chart archive contains {} more than once", tmpl::quote(path)));
    }
  }

 private:
  std::string top_;
  std::set<std::string> names_;
};

}  // namespace

std::vector<File> read_archive(std::string_view bytes, ArchiveLimits limits) {
  return read_archive(bytes, limits, [](std::string_view) { return true; });
}

std::vector<File> read_archive(std::string_view bytes, ArchiveLimits limits,
                               const std::function<bool(std::string_view)>& wanted) {
  if (!looks_gzipped(bytes)) throw ChartError("gzip: invalid header");
  Reader reader = open_reader(bytes);
  std::vector<File> files;
  Layout layout;
  int64_t remaining = limits.whole;
  archive_entry* entry = nullptr;
  while (true) {
    check_stream(reader.get(), limits);
    int status = archive_read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF) break;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) broken(reader.get());
    const char* path = archive_entry_pathname(entry);
    if (path == nullptr) throw ChartError("chart contains illegally named files");
    if (archive_entry_filetype(entry) == AE_IFDIR) continue;
    std::string name = name_in_chart(path);
    if (!wanted(name)) continue;
    check_kind(entry, path);
    layout.add(path, name);
    files.push_back({std::move(name), read_entry(reader.get(), entry, limits, remaining)});
  }
  if (files.empty()) throw ChartError("no files in chart archive");
  return files;
}

}  // namespace jibe::helm
