// What a ReplicaSet's controller decides (pkg/controller/replicaset, 1.36).
#pragma once
#include <optional>
#include <vector>

#include "base/clock.h"
#include "data/value.h"
#include "kube/status.h"

namespace jibe::twin {

struct ReplicaSetPods {
  std::vector<data::Value> active;
  std::vector<data::Value> terminating;
};
ReplicaSetPods sort_pods(const std::vector<data::Value>& owned);

// `failure`: why pods could not be created or deleted just now.
data::Value replica_set_status(const data::Value& set, const ReplicaSetPods& pods,
                               const std::optional<kube::StatusError>& failure, base::Time now);

}  // namespace jibe::twin
