// generate_manifests() for Istio 1.24 and later (operator/pkg/render).
#pragma once
#include <vector>

#include "istio/manifest.h"

namespace jibe::istio {

std::vector<ComponentManifest> generate_current(const std::vector<data::Value>& iops,
                                                const Release& release,
                                                const GenerateOptions& options);

}  // namespace jibe::istio
