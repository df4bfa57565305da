#include "takeover/cluster_state.h"

#include <algorithm>

#include "base/coroutine.h"

namespace jibe::takeover {

namespace {

// A resource that the cluster does not serve has no objects.
Task<std::vector<data::Value>> list_all(kube::Client& client, kube::Gvr gvr) {
  std::vector<data::Value> out;
  try {
    auto found = co_await client.list(std::move(gvr));
    out = std::move(found.items);
  } catch (const kube::StatusError& error) {
    if (!error.is_not_found()) throw;
  }
  co_return out;
}

const istio::ProxyConnection* connection_of(const ClusterState& state, const std::string& id) {
  for (const auto& connection : state.proxies.connections)
    if (connection.proxy == id) return &connection;
  return nullptr;
}

}  // namespace

const data::Value& ClusterState::namespace_labels(const std::string& name) const {
  static const data::Value kNone;
  for (const auto& ns : objects.namespaces)
    if (kube::name_of(ns).name == name) return ns["metadata"]["labels"];
  return kNone;
}

const base::Revision* ClusterState::connected_to(const std::string& proxy_id) const {
  const auto* connection = connection_of(*this, proxy_id);
  if (!connection) return nullptr;
  auto istiod = istiods.find(connection->istiod);
  return istiod == istiods.end() ? nullptr : &istiod->second;
}

bool ClusterState::synced_with(const std::string& proxy_id, const base::Revision& revision) const {
  const auto* connected = connected_to(proxy_id);
  return connected && *connected == revision && connection_of(*this, proxy_id)->synced();
}

Task<ClusterState> observe(kube::Client& client, base::ClusterName cluster) {
  ClusterState out;
  out.cluster = std::move(cluster);
  auto& objects = out.objects;
  // Connections first: a proxy that connects meanwhile is seen as a pod, one that leaves does not
  // matter.
  out.proxies = co_await istio::proxy_status(client);
  objects.deployments = co_await list_all(client, {"apps", "v1", "deployments"});
  objects.services = co_await list_all(client, {"", "v1", "services"});
  objects.mutating_webhooks = co_await list_all(
      client, {"admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations"});
  objects.validating_webhooks = co_await list_all(
      client, {"admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations"});
  objects.istio_operators =
      co_await list_all(client, {"install.istio.io", "v1alpha1", "istiooperators"});
  objects.namespaces = co_await list_all(client, {"", "v1", "namespaces"});
  objects.pods = co_await list_all(client, {"", "v1", "pods"});
  out.replica_sets = co_await list_all(client, {"apps", "v1", "replicasets"});
  out.stateful_sets = co_await list_all(client, {"apps", "v1", "statefulsets"});
  out.daemon_sets = co_await list_all(client, {"apps", "v1", "daemonsets"});
  out.budgets = co_await list_all(client, {"policy", "v1", "poddisruptionbudgets"});
  out.mesh = istio::discover(objects);
  out.istiods = istio::istiod_revisions(objects.pods);
  co_return out;
}

}  // namespace jibe::takeover
