// Taking the old installation away.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/coroutine.h"
#include "base/strings.h"
#include "istio/names.h"
#include "istio/ownership.h"
#include "kube/discovery.h"
#include "kube/selector.h"
#include "kube/wait.h"
#include "lifecycle/apply_set.h"
#include "lifecycle/contract.h"
#include "takeover/actions.h"
#include "takeover/plan_steps.h"

namespace jibe::takeover {

namespace {

const kube::Gvr kOperators{"install.istio.io", "v1alpha1", "istiooperators"};
const kube::Gvr kDeployments{"apps", "v1", "deployments"};
const kube::Gvr kServices{"", "v1", "services"};
const kube::Gvr kAccounts{"", "v1", "serviceaccounts"};
const kube::Gvr kBindings{"rbac.authorization.k8s.io", "v1", "clusterrolebindings"};
const kube::Gvr kRoles{"rbac.authorization.k8s.io", "v1", "clusterroles"};

// What jibe installed is not the old installation's, whatever its labels say.
Task<std::vector<data::Value>> labelled(kube::Client& client, std::string selector) {
  return lifecycle::labelled_objects(
      client, fmt::format("{},!{}", selector, lifecycle::kInstallationLabel));
}

Task<void> remove_object(kube::Client& client, data::Value object, Removed& removed) {
  auto resource = co_await client.discovery().for_kind(kube::gvk_of(object));
  kube::DeleteOptions options;
  options.uid = kube::uid_of(object);
  options.propagation = kube::Propagation::kBackground;
  bool was_there = co_await client.remove_if_exists(resource.gvr, kube::name_of(object), options);
  if (was_there) removed.push_back(kube::describe(object));
}

// An IstioOperator that holds istiod and gateways takes both away at once.
std::set<std::string> leaving_with(const ClusterState& state, const Step& step) {
  std::set<std::string> out;
  for (const auto& workload : workloads_of(state))
    for (const auto& gateway : state.mesh.gateways)
      if (gateway.owner == step.object && !gateway.owner.name.empty() &&
          workload.name == kube::ObjectName{gateway.ns, gateway.deployment})
        for (const auto& proxy : workload.proxies) out.insert(proxy.id());
  return out;
}

// Connected without a pod of this cluster: a virtual machine, another cluster's proxy, or a pod
// that has just ended.
std::vector<std::string> connected_without_pod(const ClusterState& state,
                                               const base::Revision& from) {
  std::vector<std::string> out;
  auto pods = istio::proxies_of(state.objects.pods);
  for (const auto& connection : state.proxies.connections) {
    const auto* revision = state.connected_to(connection.proxy);
    bool has_pod = std::any_of(pods.begin(), pods.end(), [&](const istio::ProxyPod& pod) {
      return pod.id() == connection.proxy;
    });
    if (revision && *revision == from && !has_pod) out.push_back(connection.proxy);
  }
  return out;
}

// S1: "" where no proxy uses the revision; a sentence while those that do are about to end; throws
// where somebody needs it.
std::string users_missing(const ClusterState& state, const Step& step, const base::Revision& from) {
  if (!state.proxies.unreachable.empty())
    throw base::Error(
        fmt::format("{}; whether proxies still use revision {} is not certain, so "
                    "it stays",
                    state.proxies.unreachable[0], istio::rev_label(from)));
  auto leaving = leaving_with(state, step);
  std::vector<std::string> users;
  std::string ending;
  for (const auto& proxy : proxies_using(state, from)) {
    if (leaving.contains(proxy.id())) continue;
    if (proxy.terminating)
      ending = proxy.id();
    else
      users.push_back(proxy.id());
  }
  for (const auto& proxy : connected_without_pod(state, from)) ending = proxy;
  auto count = users.size();
  if (count > 5) users.resize(5);
  if (count > 0)
    throw base::Error(fmt::format(
        "{} proxies still use revision {} in cluster {}: {}; it stays until they are moved", count,
        istio::rev_label(from), state.cluster.str(), base::join(users, ", ")));
  return ending.empty() ? "" : fmt::format("{} is still connected", ending);
}

Task<void> wait_until_unused(Site site, Step step, base::Revision from) {
  co_await wait_until_nothing_missing(
      site, fmt::format("waiting until nothing uses revision {}", istio::rev_label(from)),
      [step, from](const ClusterState& state) { return users_missing(state, step, from); });
}

// Pods of the gateways that go by their labels; they end after their Deployments.
std::set<std::string> gateway_pods(const ClusterState& state, const base::Revision& from) {
  std::set<std::string> out;
  for (const auto& workload : workloads_of(state))
    for (const auto& gateway : state.mesh.gateways)
      if (gateway.revision == from && belongs_to_installation(gateway) &&
          gateway.method != istio::InstallMethod::kOperator &&
          workload.name == kube::ObjectName{gateway.ns, gateway.deployment})
        for (const auto& proxy : workload.proxies) out.insert(proxy.id());
  return out;
}

Task<void> wait_for_end(Site site, std::set<std::string> pods) {
  co_await wait_until_nothing_missing(
      site, "the end of the old gateways", [pods](const ClusterState& state) {
        for (const auto& proxy : istio::proxies_of(state.objects.pods))
          if (pods.contains(proxy.id()))
            return fmt::format("gateway pod {} is still draining", proxy.id());
        return std::string();
      });
}

// Base objects (reader roles and accounts, the default validator), CNI and ztunnel serve every
// revision, but an operator without revision prunes them with its IstioOperator
// (operator/pkg/helmreconciler Delete, 1.14 to 1.23). Without the owner's labels it no longer finds
// them.
Task<void> release_shared(kube::Client& client, kube::ObjectName owner) {
  auto owned = co_await labelled(
      client,
      fmt::format("{}={},{}={},{} in (Base,Cni,Ztunnel)", istio::kOwningResourceLabel, owner.name,
                  istio::kOwningResourceNamespaceLabel, owner.ns, istio::kComponentLabel));
  auto labels = data::Value::map({{istio::kOwningResourceLabel, nullptr},
                                  {istio::kOwningResourceNamespaceLabel, nullptr},
                                  {istio::kManagedLabel, nullptr}});
  auto patch = data::Value::map({{"metadata", data::Value::map({{"labels", labels}})}});
  for (const auto& object : owned) {
    auto resource = co_await client.discovery().for_kind(kube::gvk_of(object));
    co_await client.patch(resource.gvr, kube::name_of(object), kube::PatchType::kMerge, patch);
  }
}

bool binds_only(const data::Value& binding, const kube::ObjectName& account) {
  const auto& subjects = binding["subjects"];
  return subjects.size() == 1 && subjects[0]["kind"].text() == "ServiceAccount" &&
         subjects[0]["name"].text() == account.name &&
         subjects[0]["namespace"].text() == account.ns;
}

// An account that is gone must not leave rights behind for whoever creates it anew.
Task<void> remove_rights(kube::Client& client, kube::ObjectName account, Removed& removed) {
  auto bindings = co_await client.list(kBindings);
  for (const auto& binding : bindings.items) {
    if (!binds_only(binding, account)) continue;
    const auto& role = binding["roleRef"]["name"].text();
    bool shared =
        std::any_of(bindings.items.begin(), bindings.items.end(), [&](const data::Value& other) {
          return other["roleRef"]["name"].text() == role && !binds_only(other, account);
        });
    co_await remove_object(client, binding, removed);
    auto object = co_await client.try_get(kRoles, {"", role});
    bool own = object && role != "cluster-admin" && !role.starts_with("system:");
    if (own && !shared) co_await remove_object(client, *object, removed);
  }
}

// What istioctl up to 1.20 saved of its installations of this revision; nobody acts on it.
Task<void> remove_saved_states(kube::Client& client, base::Revision from, Removed& removed) {
  auto all = co_await client.list(kOperators);
  for (const auto& iop : all.items)
    if (kube::name_of(iop).name.starts_with(istio::kSavedStatePrefix) &&
        istio::revision_from_label(iop["spec"]["revision"].text()) == from)
      co_await remove_object(client, iop, removed);
}

}  // namespace

Task<Removed> delete_istio_operator(Site site, Step step, base::Revision from) {
  Removed removed;
  if (step.takes_istiod) co_await wait_until_unused(site, step, from);
  co_await mark_namespaces(site.client, step.namespaces);
  auto state = co_await observe(site.client, site.cluster);
  auto pods = leaving_with(state, step);
  auto owner = fmt::format("{}={},{}={}", istio::kOwningResourceLabel, step.object.name,
                           istio::kOwningResourceNamespaceLabel, step.object.ns);
  co_await release_shared(site.client, step.object);
  auto owned = co_await labelled(site.client, owner);
  co_await site.client.remove_if_exists(kOperators, step.object);
  co_await kube::wait_gone(site.client, kOperators, step.object, site.patience);
  removed.push_back("IstioOperator " + step.object.str());
  auto left = co_await labelled(site.client, owner);
  for (const auto& object : owned) {
    bool still = std::any_of(left.begin(), left.end(), [&](const data::Value& other) {
      return kube::uid_of(other) == kube::uid_of(object);
    });
    if (!still) removed.push_back(kube::describe(object));
  }
  // The operator says that it is done; what it forgot is ours to finish.
  for (const auto& object : left) co_await remove_object(site.client, object, removed);
  co_await wait_for_end(site, std::move(pods));
  co_return removed;
}

Task<Removed> delete_components(Site site, Step step, base::Revision from) {
  Removed removed;
  if (step.takes_istiod) co_await wait_until_unused(site, step, from);
  co_await mark_namespaces(site.client, step.namespaces);
  auto state = co_await observe(site.client, site.cluster);
  auto pods = gateway_pods(state, from);
  auto objects = co_await labelled(
      site.client, fmt::format("{}={},{} in ({})", istio::kRevLabel, istio::rev_label(from),
                               istio::kComponentLabel, base::join(step.components, ",")));
  for (const auto& object : objects) co_await remove_object(site.client, object, removed);
  co_await wait_for_end(site, std::move(pods));
  if (step.takes_istiod) co_await remove_saved_states(site.client, from, removed);
  co_return removed;
}

Task<Removed> delete_controller(Site site, Step step) {
  Removed removed;
  co_await mark_namespaces(site.client, step.namespaces);
  auto deployment = co_await site.client.try_get(kDeployments, step.object);
  if (!deployment) co_return removed;
  const auto& pod = (*deployment)["spec"]["template"];
  auto services = co_await site.client.list(kServices, step.object.ns);
  co_await remove_object(site.client, *deployment, removed);
  for (const auto& service : services.items) {
    const auto& selector = service["spec"]["selector"];
    if (!selector.empty() &&
        kube::LabelSelector::from_map(selector).matches(pod["metadata"]["labels"]))
      co_await remove_object(site.client, service, removed);
  }
  kube::ObjectName account{step.object.ns, pod["spec"]["serviceAccountName"].text()};
  if (account.name.empty() || account.name == "default") co_return removed;
  auto live = co_await site.client.try_get(kAccounts, account);
  if (live) co_await remove_object(site.client, *live, removed);
  co_await remove_rights(site.client, account, removed);
  co_return removed;
}

}  // namespace jibe::takeover
