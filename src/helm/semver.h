// Versions of charts and of Kubernetes, and the ranges that charts demand of them.
#pragma once
#include <string_view>

namespace jibe::helm {

// What may stand in Chart.yaml as version: "1", "v1.2", "1.2.3-rc.1+build".
bool is_version(std::string_view text);

// Whether `version` lies in `range` (">= 1.14, < 2 || ~3.1"); false where either does not parse,
// as Helm has it for kubeVersion and for dependencies.
bool is_compatible(std::string_view range, std::string_view version);

}  // namespace jibe::helm
