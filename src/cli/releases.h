// Istio releases of the chart store, each loaded once.
#pragma once
#include <map>
#include <string>

#include "istio/chart_store.h"
#include "istio/release.h"

namespace jibe::cli {

class Releases {
 public:
  explicit Releases(istio::ChartStore store) : store_(std::move(store)) {}

  // For an image tag or a version; throws base::InvalidInput naming the known versions.
  istio::ReleasePtr of_tag(const std::string& tag);

 private:
  istio::ChartStore store_;
  std::map<std::string, istio::ReleasePtr> loaded_;
};

}  // namespace jibe::cli
