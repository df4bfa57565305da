// What a controller works on: the name of an object, and the cluster it is in.
#pragma once
#include <compare>
#include <string>

#include "base/names.h"
#include "kube/object.h"

namespace jibe::control {

struct Key {
  // Empty means the management cluster (or the only one there is).
  base::ClusterName cluster;
  kube::ObjectName object;
  auto operator<=>(const Key&) const = default;
  // "cluster-1:ns/name" or "ns/name".
  std::string str() const {
    return cluster.empty() ? object.str() : cluster.str() + ":" + object.str();
  }
};

}  // namespace jibe::control
