// generate_manifests() for Istio up to 1.23 (operator/pkg/manifest, translate and component).
#pragma once
#include <vector>

#include "istio/manifest.h"

namespace jibe::istio {

std::vector<ComponentManifest> generate_legacy(const std::vector<data::Value>& iops,
                                               const Release& release,
                                               const GenerateOptions& options);

}  // namespace jibe::istio
