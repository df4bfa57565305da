// One component's chart, rendered as istioctl renders it (operator/pkg/helm): no hooks, no install
// order; files by name, then the chart's crds/.
#pragma once
#include <string>
#include <vector>

#include "data/value.h"
#include "istio/manifest.h"
#include "istio/release.h"

namespace jibe::istio {

// `chart` is the folder below charts/. What the chart's notes warn of is added to `warnings`.
// Throws helm::ChartError, and base::InvalidInput where the output is no YAML.
std::vector<data::Value> render_component_chart(const Release& release, const std::string& chart,
                                                const data::Value& values, const std::string& ns,
                                                const GenerateOptions& options,
                                                std::vector<std::string>& warnings);

}  // namespace jibe::istio
