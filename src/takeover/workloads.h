// The workloads behind the proxies: which Deployment, StatefulSet or DaemonSet must be restarted so
// that its pods get a proxy of another revision. Pure.
#pragma once
#include <string>
#include <vector>

#include "data/value.h"
#include "istio/proxies.h"
#include "kube/object.h"
#include "takeover/cluster_state.h"

namespace jibe::takeover {

struct Workload {
  // "Deployment", "StatefulSet", "DaemonSet": can be restarted. Anything else (a Job, a bare Pod,
  // a foreign controller) cannot be by jibe.
  std::string kind;
  kube::ObjectName name;
  data::Value object;  // null where it is none of the three
  std::vector<istio::ProxyPod> proxies;
  bool gateway = false;

  bool restartable() const { return object.is_map(); }
  std::string str() const { return kind + " " + name.str(); }
};

// Every controller that has running pods with a proxy; by namespace, kind and name.
std::vector<Workload> workloads_of(const ClusterState& state);

// Proxies of that revision: injected by it, or connected to one of its istiods.
std::vector<istio::ProxyPod> proxies_using(const ClusterState& state,
                                           const base::Revision& revision);

// Why restarting this workload now would not do what it should, or would hurt; "" where nothing
// speaks against it. A proxy in the pod template stays what it is; paused Deployments and OnDelete
// strategies do not roll; a
// PodDisruptionBudget without a disruption left forbids what takes a pod away (S5).
std::string restart_obstacle(const ClusterState& state, const Workload& workload);

// The rollout is complete, and every pod's proxy is of that revision, ready, connected to its
// istiod and in sync. "" where it is so, else what is still missing.
std::string not_moved_yet(const ClusterState& state, const Workload& workload,
                          const base::Revision& revision);

}  // namespace jibe::takeover
