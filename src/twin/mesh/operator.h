// Istio's in-cluster operator (`operator server`, up to Istio 1.23) as a program for the pods of an
// embedded cluster: it reconciles the IstioOperator resources of the namespaces that it watches,
// reports in their status, puts back owned objects that were deleted, and removes everything of a
// deleted resource before it lets go of its finalizer
// (operator/pkg/controller/istiocontrolplane).
//
// Its container's environment says what it does: WATCH_NAMESPACE (separated by commas, "" = all),
// REVISION (where set, only resources of that spec.revision), WAIT_FOR_RESOURCES_TIMEOUT.
#pragma once
#include <functional>
#include <string>

#include "istio/release.h"
#include "twin/cluster.h"

namespace jibe::twin {

// For images that match kOperatorImagePattern. `release_of` gives the charts that are built into an
// operator image of that tag; what it throws ends the program with that sentence.
inline constexpr const char* kOperatorImagePattern = "*/operator:*";
using ReleaseOfTag = std::function<istio::ReleasePtr(const std::string& tag)>;
Behaviour operator_behaviour(ReleaseOfTag release_of);

}  // namespace jibe::twin
