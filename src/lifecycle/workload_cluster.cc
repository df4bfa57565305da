#include "lifecycle/workload_cluster.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/coroutine.h"
#include "base/strings.h"
#include "istio/installation.h"
#include "istio/names.h"
#include "istio/proxies.h"
#include "istio/proxy_status.h"
#include "kube/discovery.h"
#include "kube/wait.h"
#include "lifecycle/apply_set.h"
#include "lifecycle/contract.h"
#include "lifecycle/rollout.h"

namespace jibe::lifecycle {

namespace {

const kube::Gvr kDeployments{"apps", "v1", "deployments"};
const kube::Gvr kServices{"", "v1", "services"};
const kube::Gvr kPods{"", "v1", "pods"};
const kube::Gvr kOperators{"install.istio.io", "v1alpha1", "istiooperators"};

// Why the installer does not run, "" where it does.
Task<std::string> installer_trouble(kube::Client& client, base::Revision revision) {
  kube::ObjectName name{installer_namespace(revision), installer_name(revision)};
  auto installer = co_await client.try_get(kDeployments, name);
  if (!installer) co_return fmt::format("Deployment {} is not there yet", name.str());
  co_return co_await ask_not_ready_reason(client, *installer);
}

// Most of a megabyte: written only where it is absent or another one.
Task<void> bring_charts(kube::Client& client, Deployment what) {
  auto wanted = charts_secret_object(what.meta.revision, *what.release);
  auto live = co_await client.try_get({"", "v1", "secrets"}, kube::name_of(wanted));
  if (live && (*live)["data"] == wanted["data"]) co_return;
  kube::WriteOptions options;
  options.force = true;
  co_await client.apply_object(std::move(wanted), options);
}

// An installer serves a control plane and its gateways; how it is deployed, the control plane's
// manager says where there is one.
Task<bool> decides_on_installer(kube::Client& client, OperatorMeta meta) {
  if (meta.role != "gateway") co_return true;
  auto found = co_await client.list(kOperators, installer_namespace(meta.revision));
  co_return std::none_of(found.items.begin(), found.items.end(), [](const data::Value& iop) {
    return kube::label_of(iop, kRoleLabel) == "control-plane";
  });
}

bool is_ours(const data::Value& object) {
  return !kube::label_of(object, kInstallationLabel).empty();
}

bool has_revision(const data::Value& istiod, const base::Revision& revision) {
  return istio::revision_from_label(kube::label_of(istiod, istio::kRevLabel)) == revision;
}

Task<std::vector<data::Value>> istiods(kube::Client& client) {
  kube::ListOptions which;
  which.labels = "app=istiod";
  auto found = co_await client.list(kDeployments, "", which);
  co_return found.items;
}

Task<bool> has_injector(kube::Client& client, base::Revision revision) {
  kube::ListOptions which;
  which.labels = fmt::format("{}={}", istio::kRevLabel, istio::rev_label(revision));
  auto found = co_await client.list(
      {"admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations"}, "", which);
  co_return !found.items.empty();
}

// Proxies that still need this control plane, at most five of them, and how many there are.
struct Users {
  std::vector<std::string> names;
  size_t count = 0;
  std::string unknown;  // why the answer is not certain
};

Task<Users> users_of(kube::Client& client, base::Revision revision) {
  Users out;
  std::set<std::string> found;
  auto pods = co_await client.list(kPods);
  for (const auto& proxy : istio::proxies_of(pods.items))
    if (proxy.revision == revision) found.insert(proxy.id());
  auto status = co_await istio::proxy_status(client);
  auto istiods = istio::istiod_revisions(pods.items);
  for (const auto& connection : status.connections) {
    auto istiod = istiods.find(connection.istiod);
    if (istiod != istiods.end() && istiod->second == revision) found.insert(connection.proxy);
  }
  if (!status.unreachable.empty()) out.unknown = status.unreachable.front();
  out.count = found.size();
  for (const auto& name : found)
    if (out.names.size() < 5) out.names.push_back(name);
  co_return out;
}

api::State phase(const data::Value& iop, api::State control_plane, api::State gateway) {
  return kube::label_of(iop, kRoleLabel) == "gateway" ? gateway : control_plane;
}

Task<void> remove_installer(kube::Client& client, base::Revision revision) {
  for (const auto& object : installer_manifests(revision, "unused")) {
    if (object["kind"].text() == "Namespace") continue;
    auto resource = co_await client.discovery().for_kind(kube::gvk_of(object));
    co_await client.remove_if_exists(resource.gvr, kube::name_of(object));
  }
}

}  // namespace

Task<std::optional<std::string>> revision_conflict(kube::Client& client, OperatorMeta meta) {
  for (const auto& istiod : co_await istiods(client)) {
    if (!has_revision(istiod, meta.revision) || is_ours(istiod)) continue;
    co_return fmt::format(
        "revision \"{}\" is already used by an existing installation ({}) in {}; choose another "
        "revision",
        meta.revision.str(), kube::describe(istiod), client.options().where);
  }
  auto existing =
      co_await client.try_get(kOperators, {installer_namespace(meta.revision), meta.name});
  if (existing && kube::annotation_of(*existing, kManagerAnnotation) != meta.manager.str())
    co_return fmt::format("IstioOperator {} in {} belongs to {}; give this object another name",
                          kube::name_of(*existing).str(), client.options().where,
                          kube::annotation_of(*existing, kManagerAnnotation));
  co_return std::nullopt;
}

Task<std::optional<std::string>> gateway_conflict(kube::Client& client, OperatorMeta meta,
                                                  data::Value spec) {
  for (const auto& gateway : api::enabled_gateways(spec)) {
    std::vector<std::pair<kube::Gvr, std::string>> places = {
        {kServices, gateway.name},
        {kDeployments, gateway.name},
        {kDeployments, gateway.name + "-" + meta.revision.str()}};
    for (const auto& [gvr, name] : places) {
      auto existing = co_await client.try_get(gvr, {gateway.ns, name});
      if (!existing || is_ours(*existing)) continue;
      co_return fmt::format(
          "a gateway named {} already exists in namespace {} of {} and is not managed by jibe; "
          "choose another name or namespace",
          gateway.name, gateway.ns, client.options().where);
    }
  }
  co_return std::nullopt;
}

Task<ControlPlane> find_control_plane(kube::Client& client, base::Revision revision) {
  auto out = ControlPlane::kAbsent;
  for (const auto& istiod : co_await istiods(client)) {
    if (!has_revision(istiod, revision)) continue;
    bool ready = istiod["status"]["readyReplicas"].int_or(0) > 0;
    if (ready) ready = co_await has_injector(client, revision);
    if (ready) co_return ControlPlane::kReady;
    out = ControlPlane::kStarting;
  }
  co_return out;
}

Task<api::InstallationStatus> deploy(kube::Client& client, Deployment what) {
  bool mine = co_await decides_on_installer(client, what.meta);
  if (mine)
    for (const auto& object :
         installer_manifests(what.meta.revision, what.installer_image, what.controller))
      co_await apply_one(client, object);
  co_await bring_charts(client, what);
  auto iop = co_await apply_one(client, operator_object(what.meta, what.spec));
  auto trouble = co_await installer_trouble(client, what.meta.revision);
  co_return state_of(trouble, iop.object);
}

api::InstallationStatus state_of(const std::string& installer_trouble, const data::Value& iop) {
  using api::State;
  api::InstallationStatus out;
  out.observed_revision = base::Revision(iop["spec"]["revision"].text());
  out.observed_operator = iop["spec"];
  const auto& state = iop["status"]["state"].text();
  out.message = iop["status"]["message"].text();
  bool current = iop["status"]["observedGeneration"] == iop["metadata"]["generation"];
  if (!current) {
    bool ready = installer_trouble.empty();
    bool fresh = iop["status"].is_null();
    out.message = ready ? "waiting for the installer" : installer_trouble;
    if (!ready && fresh)
      out.state = State::kInstallingController;
    else if (fresh)
      out.state = phase(iop, State::kInstallingControlPlane, State::kInstallingGateway);
    else
      out.state = phase(iop, State::kUpdatingControlPlane, State::kUpdatingGateway);
    return out;
  }
  if (state == kStateHealthy)
    out.state = State::kHealthy;
  else if (state == kStateInstalling)
    out.state = phase(iop, State::kInstallingControlPlane, State::kInstallingGateway);
  else if (state == kStateUpdating)
    out.state = phase(iop, State::kUpdatingControlPlane, State::kUpdatingGateway);
  else if (state == kStateReconciling)
    out.state = phase(iop, State::kReconcilingControlPlane, State::kReconcilingGateway);
  else if (state == kStateUnhealthy)
    out.state = State::kUnhealthy;
  else if (state == kStateUninstalling)
    out.state = phase(iop, State::kUninstallingControlPlane, State::kUninstallingGateway);
  else
    out.state = phase(iop, State::kControlPlaneInstallFailed, State::kFailed);
  return out;
}

Task<std::vector<data::Value>> operators_of(kube::Client& client, kube::ObjectName manager) {
  std::vector<data::Value> out;
  auto found = co_await client.list(kOperators);
  for (const auto& iop : found.items)
    if (kube::annotation_of(iop, kManagerAnnotation) == manager.str()) out.push_back(iop);
  co_return out;
}

Task<api::InstallationStatus> remove_installation(kube::Client& client, data::Value iop,
                                                  bool force) {
  using api::State;
  api::InstallationStatus out;
  base::Revision revision(kube::label_of(iop, istio::kRevLabel));
  out.observed_revision = revision;
  bool gateway = kube::label_of(iop, kRoleLabel) == "gateway";
  if (!gateway && !force && !kube::is_terminating(iop)) {
    auto users = co_await users_of(client, revision);
    if (users.count > 0 || !users.unknown.empty()) {
      out.state = State::kActionRequired;
      out.message = users.count > 0
                        ? fmt::format(
                              "{} proxies still use revision {} in {}: {}; restart their workloads "
                              "with another revision first",
                              users.count, revision.str(), client.options().where,
                              base::join(users.names, ", "))
                        : users.unknown;
      co_return out;
    }
  }
  co_await client.remove_if_exists(kOperators, kube::name_of(iop));
  auto left = co_await client.try_get(kOperators, kube::name_of(iop));
  if (left) {
    out.state = gateway ? State::kUninstallingGateway : State::kUninstallingControlPlane;
    out.message = (*left)["status"]["message"].text();
    co_return out;
  }
  auto others = co_await client.list(kOperators, kube::name_of(iop).ns);
  if (others.items.empty()) co_await remove_installer(client, revision);
  out.state = gateway ? State::kUninstalledGateway : State::kUninstalledControlPlane;
  co_return out;
}

}  // namespace jibe::lifecycle
