#include "takeover/workloads.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "kube/selector.h"
#include "kube/wait.h"
#include "lifecycle/rollout.h"

namespace jibe::takeover {

namespace {

const data::Value* find_by_name(const std::vector<data::Value>& list,
                                const kube::ObjectName& name) {
  for (const auto& object : list)
    if (kube::name_of(object) == name) return &object;
  return nullptr;
}

const std::vector<data::Value>* list_of(const ClusterState& state, const std::string& kind) {
  if (kind == "Deployment") return &state.objects.deployments;
  if (kind == "StatefulSet") return &state.stateful_sets;
  if (kind == "DaemonSet") return &state.daemon_sets;
  return nullptr;
}

// The top of the chain of controllers above a pod.
Workload owner_of(const ClusterState& state, const data::Value& pod) {
  Workload out;
  out.kind = "Pod";
  out.name = kube::name_of(pod);
  const data::Value* controller = &kube::controller_of(pod);
  if ((*controller)["kind"].text() == "ReplicaSet") {
    const auto* set = find_by_name(state.replica_sets, {out.name.ns, (*controller)["name"].text()});
    if (set && !kube::controller_of(*set).is_null()) controller = &kube::controller_of(*set);
  }
  if (controller->is_null()) return out;
  out.kind = (*controller)["kind"].text();
  out.name.name = (*controller)["name"].text();
  const auto* list = list_of(state, out.kind);
  const auto* object = list ? find_by_name(*list, out.name) : nullptr;
  if (object) out.object = *object;
  return out;
}

// "25%" of the replicas or a plain number; percentages of what may be missing round down.
int64_t resolved(const data::Value& value, int64_t replicas, int64_t fallback_percent) {
  if (value.is_int()) return value.int_or(0);
  int64_t percent = fallback_percent;
  const auto& text = value.text();
  if (text.ends_with('%')) percent = std::atoi(text.c_str());
  return percent * replicas / 100;
}

// Whether a rollout may run with fewer ready pods than there are now.
bool takes_pods_away(const Workload& workload) {
  const auto& spec = workload.object["spec"];
  if (workload.kind == "StatefulSet") return true;
  if (workload.kind == "DaemonSet") {
    const auto& surge = spec["updateStrategy"]["rollingUpdate"]["maxSurge"];
    return surge.is_null() || surge == data::Value(0) || surge.text() == "0%";
  }
  if (spec["strategy"]["type"].text() == "Recreate") return true;
  const auto& rolling = spec["strategy"]["rollingUpdate"];
  return resolved(rolling["maxUnavailable"], spec["replicas"].int_or(1), 25) > 0;
}

std::string budget_obstacle(const ClusterState& state, const Workload& workload) {
  const auto& labels = workload.object["spec"]["template"]["metadata"]["labels"];
  for (const auto& budget : state.budgets) {
    if (kube::name_of(budget).ns != workload.name.ns ||
        !kube::LabelSelector::from_value(budget["spec"]["selector"]).matches(labels))
      continue;
    if (budget["status"]["disruptionsAllowed"].int_or(0) < 1)
      return fmt::format(
          "{} allows no disruption now, and a rollout of {} takes a pod away before its "
          "successor is ready; wait until more pods are ready, or let it surge",
          kube::describe(budget), workload.str());
  }
  return "";
}

// Injected by hand (istioctl kube-inject), or a gateway of one's own: the template itself holds the
// proxy, so a new pod gets the same one. "auto" is what an injector replaces.
std::string own_proxy(const Workload& workload) {
  for (auto list : {"containers", "initContainers"})
    for (const auto& container : workload.object["spec"]["template"]["spec"][list].items())
      if (container["name"].text() == "istio-proxy" && container["image"].text() != "auto")
        return container["image"].text();
  return "";
}

bool uses(const ClusterState& state, const istio::ProxyPod& proxy, const base::Revision& revision) {
  const auto* connected = state.connected_to(proxy.id());
  return proxy.revision == revision || (connected && *connected == revision);
}

}  // namespace

std::vector<Workload> workloads_of(const ClusterState& state) {
  std::map<std::tuple<std::string, std::string, std::string>, Workload> found;
  for (const auto& pod : state.objects.pods) {
    auto proxy = istio::proxy_of_pod(pod);
    if (!proxy) continue;
    auto owner = owner_of(state, pod);
    auto& workload = found[{owner.name.ns, owner.kind, owner.name.name}];
    if (workload.proxies.empty()) workload = std::move(owner);
    workload.gateway = workload.gateway || proxy->kind == istio::ProxyKind::kGateway;
    workload.proxies.push_back(std::move(*proxy));
  }
  std::vector<Workload> out;
  for (auto& [key, workload] : found) out.push_back(std::move(workload));
  return out;
}

std::vector<istio::ProxyPod> proxies_using(const ClusterState& state,
                                           const base::Revision& revision) {
  std::vector<istio::ProxyPod> out;
  for (auto& proxy : istio::proxies_of(state.objects.pods))
    if (uses(state, proxy, revision)) out.push_back(std::move(proxy));
  return out;
}

std::string restart_obstacle(const ClusterState& state, const Workload& workload) {
  const auto& spec = workload.object["spec"];
  if (!workload.restartable())
    return fmt::format("{} cannot be restarted by jibe: recreate its pods yourself",
                       workload.str());
  auto image = own_proxy(workload);
  if (!image.empty())
    return fmt::format(
        "{} brings its proxy in its own pod template ({}), so a restart would not "
        "change it: take it out and let it be injected",
        workload.str(), image);
  if (workload.kind == "Deployment" && spec["paused"].bool_or(false))
    return fmt::format("{} is paused, so a restart would not roll: kubectl rollout resume",
                       workload.str());
  if (spec["updateStrategy"]["type"].text() == "OnDelete")
    return fmt::format(
        "{} has the update strategy OnDelete, so a restart would not roll: delete its pods "
        "yourself",
        workload.str());
  if (takes_pods_away(workload)) return budget_obstacle(state, workload);
  return "";
}

std::string not_moved_yet(const ClusterState& state, const Workload& workload,
                          const base::Revision& revision) {
  auto progress = lifecycle::not_ready_reason(workload.object, state.objects.pods);
  if (!progress.empty()) return progress;
  for (const auto& proxy : workload.proxies) {
    if (proxy.revision != revision)
      return fmt::format("pod {} still has a proxy of another revision", proxy.id());
    if (!proxy.ready) return fmt::format("pod {} is not ready", proxy.id());
    if (!state.synced_with(proxy.id(), revision))
      return fmt::format("the proxy of pod {} is not connected and in sync yet", proxy.id());
  }
  return "";
}

}  // namespace jibe::takeover
