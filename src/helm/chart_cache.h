// Parsed charts by what is in their files: whoever brings the same files again, from wherever,
// gets the same Chart, with all that its RenderCache knows. Other bytes are another chart, so
// nothing here can be out of date.
#pragma once
#include <list>
#include <mutex>
#include <string>
#include <vector>

#include "helm/chart.h"

namespace jibe::helm {

// The files of a directory, without those that its .helmignore names. Throws ChartError.
std::vector<File> read_chart_directory(const std::string& path);
// SHA-256 of names and contents, whatever the order of the files.
std::string digest_of(const std::vector<File>& files);

// Several threads may use one cache at once.
class ChartCache {
 public:
  // `most_bytes`: of the files of all charts that are kept. The one used longest ago goes first.
  explicit ChartCache(size_t most_bytes = 64 * 1024 * 1024) : most_bytes_(most_bytes) {}

  // load_chart_files(files), at most once for the same files. Throws ChartError.
  ChartPtr load(std::vector<File> files);
  // The same for a directory, which is read each time.
  ChartPtr load_directory(const std::string& path);

 private:
  struct Kept {
    std::string digest;
    size_t bytes;
    ChartPtr chart;
  };

  ChartPtr find(const std::string& digest);
  void keep(Kept kept);

  const size_t most_bytes_;
  std::mutex mutex_;
  std::list<Kept> kept_;  // the one used last in front
  size_t bytes_ = 0;
};

// The program's own: its clusters install the same charts.
ChartCache& shared_charts();

}  // namespace jibe::helm
