#include "istio/chart_store.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.h"

namespace jibe::istio {

namespace fs = std::filesystem;

ChartStore::ChartStore(std::vector<fs::path> search_path) {
  for (const auto& folder : search_path) {
    std::error_code ignored;  // a directory of the path that is absent is no error
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
      auto version = parse_version(entry.path().filename().string());
      if (!version || !fs::is_directory(entry.path() / "charts", ignored)) continue;
      bool known = std::any_of(releases_.begin(), releases_.end(),
                               [&](const Release& r) { return r.version == *version; });
      if (!known) releases_.push_back({*version, entry.path()});
    }
  }
  std::sort(releases_.begin(), releases_.end(),
            [](const Release& a, const Release& b) { return a.version < b.version; });
}

std::vector<Version> ChartStore::versions() const {
  std::vector<Version> out;
  for (const auto& release : releases_) out.push_back(release.version);
  return out;
}

fs::path ChartStore::manifests(const Version& version) const {
  for (const auto& release : releases_)
    if (release.version == version) return release.path;
  chart_version_for_tag(version.str(), versions());  // throws the sentence that names them
  throw base::InvalidInput(fmt::format("the charts of Istio {} are not installed", version.str()));
}

}  // namespace jibe::istio
