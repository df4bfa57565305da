// How istioctl up to 1.23 lays one IstioOperator over another: as a strategic merge patch of a type
// that says which lists merge by which key (operator/pkg/util/merge_iop.go).
#pragma once
#include <string>
#include <vector>

#include "data/value.h"
#include "istio/release.h"

namespace jibe::istio {

// The whole merged IstioOperator: profile, files, --set, and what the files' values say in the old
// way about pilot's Kubernetes settings and about gateways. Throws base::InvalidInput.
data::Value merge_legacy_operator(const std::vector<data::Value>& files,
                                  const std::vector<std::string>& set, const Release& release);

// The files alone, later ones over earlier ones; null where there is none.
data::Value merge_legacy_files(const std::vector<data::Value>& files);

}  // namespace jibe::istio
