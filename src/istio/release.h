// One Istio release's charts and profiles in memory: manifests/ of the release, as files. It comes
// from a directory of the chart store, or out of the bundle that the server puts into a Secret for
// the installer (a workload cluster needs no chart repository).
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "helm/chart.h"
#include "istio/versions.h"

namespace jibe::istio {

class Release {
 public:
  // "charts/base/Chart.yaml" → bytes; profiles/ and helm-profiles/ too. Throws base::InvalidInput.
  static std::shared_ptr<const Release> load_directory(const Version& version,
                                                       const std::filesystem::path& manifests);
  // The bytes of bundle(). Throws base::InvalidInput where they are not one.
  static std::shared_ptr<const Release> from_bundle(std::string_view bytes);

  const Version& version() const { return version_; }
  // A .tgz, the same bytes for the same files; for a Secret (at most 1 MiB). Packed once.
  const std::string& bundle() const;
  // nullptr where absent.
  const std::string* file(const std::string& name) const;
  const std::map<std::string, std::string>& files() const { return files_; }
  // The chart in "charts/<path>", loaded once. Throws helm::ChartError.
  helm::ChartPtr chart(const std::string& path) const;

 private:
  Release(Version version, std::map<std::string, std::string> files);

  Version version_;
  std::map<std::string, std::string> files_;
  mutable std::string bundle_;
  mutable std::map<std::string, helm::ChartPtr> charts_;
};

using ReleasePtr = std::shared_ptr<const Release>;

}  // namespace jibe::istio
