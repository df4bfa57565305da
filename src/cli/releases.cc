#include "cli/releases.h"

namespace jibe::cli {

istio::ReleasePtr Releases::of_tag(const std::string& tag) {
  auto version = istio::chart_version_for_tag(tag, store_.versions());
  auto& release = loaded_[version.str()];
  if (!release) release = istio::Release::load_directory(version, store_.manifests(version));
  return release;
}

}  // namespace jibe::cli
