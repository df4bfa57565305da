// Adoption and release of dependents (pkg/controller/controller_ref_manager.go, 1.36): a
// controller owns what carries its controller reference and matches its selector.
#pragma once
#include <vector>

#include "base/task.h"
#include "data/value.h"
#include "kube/selector.h"
#include "twin/controllers/client.h"

namespace jibe::twin {

// spec.selector of a controller of pods; a ReplicationController's is a plain map of labels.
kube::LabelSelector selector_of(const data::Value& owner);

// Adopts orphans among `candidates` (all of the owner's namespace) that match the owner's
// spec.selector, releases owned ones that no longer match, and gives those that are owned now.
Task<std::vector<data::Value>> claim(Client& client, kube::Gvr gvr, data::Value owner,
                                     std::vector<data::Value> candidates);

}  // namespace jibe::twin
