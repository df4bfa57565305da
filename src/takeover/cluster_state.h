// What a takeover knows of one cluster at one instant: everything it decides on, read anew before
// every decision. Nothing is remembered between two looks but what stands in the cluster.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/names.h"
#include "base/task.h"
#include "data/value.h"
#include "istio/installation.h"
#include "istio/proxies.h"
#include "istio/proxy_status.h"
#include "kube/client.h"

namespace jibe::takeover {

struct ClusterState {
  base::ClusterName cluster;
  istio::MeshObjects objects;
  std::vector<data::Value> replica_sets;
  std::vector<data::Value> stateful_sets;
  std::vector<data::Value> daemon_sets;
  std::vector<data::Value> budgets;
  istio::Discovery mesh;
  istio::ProxyStatus proxies;
  std::map<std::string, base::Revision> istiods;  // of istiod pods, by their names

  // Labels of a namespace; null where it does not exist.
  const data::Value& namespace_labels(const std::string& name) const;
  // The revision of the istiod that holds this proxy's connection; nullptr where none does.
  const base::Revision* connected_to(const std::string& proxy_id) const;
  // Connected to an istiod of that revision, and everything it asked for is acknowledged.
  bool synced_with(const std::string& proxy_id, const base::Revision& revision) const;
};

Task<ClusterState> observe(kube::Client& client, base::ClusterName cluster);

}  // namespace jibe::takeover
