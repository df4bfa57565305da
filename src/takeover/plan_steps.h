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

}  // namespace jibe::takeover
