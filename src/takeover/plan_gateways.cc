// The old installation's gateways give way to those of the new revision.
#include <fmt/core.h>

#include <algorithm>

#include "base/strings.h"
#include "istio/names.h"
#include "lifecycle/contract.h"
#include "takeover/plan_steps.h"
#include "takeover/workloads.h"

namespace jibe::takeover {

namespace {

const data::Value* find_service(const ClusterState& state, const kube::ObjectName& name) {
  for (const auto& service : state.objects.services)
    if (kube::name_of(service) == name) return &service;
  return nullptr;
}

bool is_users_own(const data::Value& service) {
  return kube::label_of(service, istio::kComponentLabel).empty() &&
         kube::label_of(service, lifecycle::kInstallationLabel).empty();
}

std::string not_in_service(const ClusterState& state, const Goal& goal,
                           const istio::Gateway& gateway) {
  for (const auto& workload : workloads_of(state))
    if (workload.kind == "Deployment" &&
        workload.name == kube::ObjectName{gateway.ns, gateway.deployment})
      return not_moved_yet(state, workload, goal.to);
  return fmt::format("Deployment {}/{} has no running pod", gateway.ns, gateway.deployment);
}

std::string addresses_of(const data::Value& service) {
  std::vector<std::string> out;
  for (const auto& ingress : service["status"]["loadBalancer"]["ingress"].items())
    out.push_back(ingress["ip"].is_string() ? ingress["ip"].text() : ingress["hostname"].text());
  return out.empty() ? "no external address" : base::join(out, ", ");
}

std::string with_address(const ClusterState& state, const std::string& ns,
                         const std::vector<std::string>& services) {
  std::vector<std::string> out;
  for (const auto& name : services) {
    const auto* service = find_service(state, {ns, name});
    if (service) out.push_back(fmt::format("Service {}/{} ({})", ns, name, addresses_of(*service)));
  }
  return out.empty() ? "no Service" : base::join(out, " and ");
}

Step switch_service(const kube::ObjectName& name, const istio::Gateway& fresh) {
  Step out;
  out.kind = StepKind::kSwitchService;
  out.object_kind = "Service";
  out.object = name;
  out.sentence = fmt::format("let Service {} select the pods of Deployment {}/{}", name.str(),
                             fresh.ns, fresh.deployment);
  return out;
}

// The user's own Services in front of the old gateway.
void plan_services(const ClusterState& state, const istio::Gateway& old,
                   const istio::Gateway& fresh, std::vector<Step>& out) {
  for (const auto& name : old.services) {
    const auto* service = find_service(state, {old.ns, name});
    if (!service || !is_users_own(*service)) continue;
    if (old.ns == fresh.ns)
      out.push_back(switch_service({old.ns, name}, fresh));
    else
      out.push_back(ask(fmt::format(
          "Service {}/{} in cluster {} selects the old gateway {} and cannot select pods of "
          "namespace {}: lead its clients to {}, then delete it",
          old.ns, name, state.cluster.str(), old.deployment, fresh.ns,
          with_address(state, fresh.ns, fresh.services))));
  }
}

void plan_gateway(const ClusterState& state, const Goal& goal, const istio::Gateway& old,
                  std::vector<Step>& out) {
  const auto* fresh = successor(state, goal, old);
  if (!fresh) {
    out.push_back(ask(fmt::format(
        "gateway {}/{} in cluster {} has no managed successor labelled istio={} of "
        "revision {}; apply a GatewayLifecycleManager",
        old.ns, old.deployment, state.cluster.str(), old.labels["istio"].text(), goal.to.str())));
    return;
  }
  auto trouble = not_in_service(state, goal, *fresh);
  if (!trouble.empty()) {
    out.push_back(ask(fmt::format("the new gateway {}/{} in cluster {} is not in service: {}",
                                  fresh->ns, fresh->deployment, state.cluster.str(), trouble)));
    return;
  }
  if (fresh->services.empty()) {
    out.push_back(ask(fmt::format(
        "no Service leads to the new gateway {}/{} in cluster {}; set activeGateway: true in its "
        "GatewayLifecycleManager",
        fresh->ns, fresh->deployment, state.cluster.str())));
    return;
  }
  plan_services(state, old, *fresh, out);
  if (!goal.gateways_moved)
    out.push_back(ask(fmt::format(
        "cluster {}: point DNS and clients of {} to {}, then go on with --gateways-moved",
        state.cluster.str(), with_address(state, old.ns, old.services),
        with_address(state, fresh->ns, fresh->services))));
}

}  // namespace

const istio::Gateway* successor(const ClusterState& state, const Goal& goal,
                                const istio::Gateway& old) {
  for (const auto& gateway : state.mesh.gateways)
    if (gateway.method == istio::InstallMethod::kJibe && gateway.revision == goal.to &&
        gateway.labels["istio"].text() == old.labels["istio"].text())
      return &gateway;
  return nullptr;
}

bool belongs_to_installation(const istio::Gateway& gateway) {
  using istio::InstallMethod;
  bool by_labels = !gateway.labels[istio::kComponentLabel].text().empty();
  return gateway.method == InstallMethod::kOperator || gateway.method == InstallMethod::kIstioctl ||
         (gateway.method == InstallMethod::kUnknown && by_labels);
}

std::vector<Step> plan_gateways(const ClusterState& state, const Goal& goal,
                                const base::Revision& from) {
  std::vector<Step> out;
  for (const auto& gateway : state.mesh.gateways)
    if (gateway.revision == from && belongs_to_installation(gateway))
      plan_gateway(state, goal, gateway, out);
  return out;
}

}  // namespace jibe::takeover
