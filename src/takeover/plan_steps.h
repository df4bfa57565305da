// Small makers of steps, shared by the parts of the plan.
#pragma once
#include <string>

#include "takeover/plan.h"

namespace jibe::takeover {

Step ask(std::string sentence);

// A gateway of the old installation itself, which goes with it (also where its manifests were
// applied by hand: the charts label its pods as a component); any other gateway of the old revision
// is a workload of the user's own.
bool belongs_to_installation(const istio::Gateway& gateway);

// The managed gateway that serves the same purpose: Istio's Gateway resources choose gateways by
// the label `istio`, so equal labels mean equal routes. nullptr where there is none.
const istio::Gateway* successor(const ClusterState& state, const Goal& goal,
                                const istio::Gateway& old);

// Why the goal's revision is not the whole default (injector, tag and validator) yet; "" where it
// is.
std::string activation_missing(const ClusterState& state, const Goal& goal);

}  // namespace jibe::takeover
