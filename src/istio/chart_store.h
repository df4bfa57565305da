// Where Istio's charts come from: release directories `<version>/{charts,profiles}` found on a
// search path ($JIBE_CHARTS, the build's own, the user's data directory; cli composes it).
#pragma once
#include <filesystem>
#include <vector>

#include "istio/versions.h"

namespace jibe::istio {

class ChartStore {
 public:
  // Earlier directories win. Those that do not exist are passed over.
  explicit ChartStore(std::vector<std::filesystem::path> search_path);

  // Ascending.
  std::vector<Version> versions() const;
  // The release's directory: the one that holds charts/ and profiles/. Throws base::InvalidInput
  // naming the known versions.
  std::filesystem::path manifests(const Version& version) const;

 private:
  struct Release {
    Version version;
    std::filesystem::path path;
  };
  std::vector<Release> releases_;
};

}  // namespace jibe::istio
