// Where a pod may run (pkg/scheduler, 1.36: NodeName, NodeUnschedulable, TaintToleration,
// NodeAffinity). Resources are not counted: a simulated node has room. Pure.
#pragma once
#include <string>
#include <vector>

#include "data/value.h"

namespace jibe::twin {

// "" where the pod fits on the node, else why not, as the scheduler words it.
std::string misfit(const data::Value& pod, const data::Value& node);
// spec.nodeSelector and the required node affinity alone, as a DaemonSet asks.
bool matches_node_affinity(const data::Value& pod, const data::Value& node);
// The first taint with one of the effects that the pod does not tolerate, or null.
data::Value untolerated_taint(const data::Value& pod, const data::Value& node,
                              const std::vector<std::string>& effects);

struct Placement {
  // "" where no node fits; then `message` says why.
  std::string node;
  std::string message;
};
// Of several nodes, the one with the fewest pods; of equal ones the first by name.
Placement place(const data::Value& pod, const std::vector<data::Value>& nodes,
                const std::vector<data::Value>& pods);

}  // namespace jibe::twin
