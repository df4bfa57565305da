// From an IstioOperator to chart values: profile, user's spec, --set, and the translation of the
// operator's own fields (operator/pkg/render/manifest.go, 1.24 to 1.31; operator/pkg/translate up
// to 1.23, which differs in merging lists of gateways by name).
#pragma once
#include <string>
#include <vector>

#include "data/value.h"
#include "istio/release.h"

namespace jibe::istio {

struct MergedOperator {
  data::Value spec;  // the whole spec with its profile underneath and values translated
  std::string ns;    // where components go that name no namespace
};

// Throws base::InvalidInput for an unknown profile (naming the known ones) and for a bad --set.
MergedOperator merge_operator(const data::Value& iop, const std::vector<std::string>& set,
                              const Release& release);

// "path=value" as istioctl's --set reads it: integers, floats and booleans are typed; a list item
// is chosen by [index] or [key:value].
void set_spec_path(data::Value& spec, const std::string& assignment);

}  // namespace jibe::istio
