// From an IstioOperator to chart values, as istioctl 1.24 and later merges them: profile, user's
// files, --set, and the translation of the operator's own fields (operator/pkg/render/manifest.go).
#pragma once
#include <string>
#include <vector>

#include "data/value.h"
#include "istio/release.h"

namespace jibe::istio {

// A profile's IstioOperator. Throws base::InvalidInput naming the known ones.
data::Value read_profile(const Release& release, const std::string& profile);

// The whole IstioOperator with its profile underneath and values translated; without
// unvalidatedValues, which are no part of what is checked. metadata.namespace is where components
// go that name no namespace. Throws base::InvalidInput for an unknown profile and for a bad --set.
data::Value merge_operator(const std::vector<data::Value>& files,
                           const std::vector<std::string>& set, const Release& release);

}  // namespace jibe::istio
