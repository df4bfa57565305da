// Taking the old installation away, by the way in which it came.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/strings.h"
#include "istio/names.h"
#include "istio/ownership.h"
#include "lifecycle/contract.h"
#include "takeover/plan_steps.h"

namespace jibe::takeover {

namespace {

using istio::InstallMethod;

bool is_jibes(const data::Value& iop) {
  return !kube::label_of(iop, lifecycle::kRoleLabel).empty();
}

// Nobody acts on what istioctl saved, and on jibe's own no operator of Istio's.
bool is_for_operators(const data::Value& iop) {
  return !is_jibes(iop) && !kube::name_of(iop).name.starts_with(istio::kSavedStatePrefix);
}

// An IstioOperator that an in-cluster operator reconciles for that revision.
bool is_reconciled(const data::Value& iop, const base::Revision& revision) {
  return is_for_operators(iop) &&
         istio::revision_from_label(iop["spec"]["revision"].text()) == revision;
}

std::vector<const istio::Gateway*> old_gateways(const ClusterState& state,
                                                const base::Revision& from) {
  std::vector<const istio::Gateway*> out;
  for (const auto& gateway : state.mesh.gateways)
    if (gateway.revision == from && belongs_to_installation(gateway)) out.push_back(&gateway);
  return out;
}

Step delete_operator(const data::Value& iop, const ClusterState& state,
                     const base::Revision& from) {
  Step out;
  out.kind = StepKind::kDeleteOperator;
  out.object_kind = "IstioOperator";
  out.object = kube::name_of(iop);
  out.sentence = fmt::format("delete IstioOperator {}; its operator removes what belongs to it",
                             out.object.str());
  const auto* plane = state.mesh.find(from);
  out.takes_istiod = plane && plane->owner == out.object;
  for (const auto* gateway : old_gateways(state, from))
    if (gateway->owner == out.object) out.namespaces.push_back(gateway->ns);
  return out;
}

// Gateways first, the control plane last: nobody loses the istiod that it is connected to.
std::vector<Step> delete_operators(const ClusterState& state, const base::Revision& from) {
  std::vector<Step> out;
  for (const auto& iop : state.objects.istio_operators)
    if (is_reconciled(iop, from)) out.push_back(delete_operator(iop, state, from));
  std::stable_sort(out.begin(), out.end(),
                   [](const Step& a, const Step& b) { return a.takes_istiod < b.takes_istiod; });
  return out;
}

Step delete_components(std::vector<std::string> components, const base::Revision& from,
                       const std::string& what) {
  Step out;
  out.kind = StepKind::kDeleteComponents;
  out.sentence =
      fmt::format("delete the {} of revision {}, as istioctl uninstall --revision {} would", what,
                  istio::rev_label(from), istio::rev_label(from));
  out.components = std::move(components);
  return out;
}

std::vector<Step> delete_by_labels(const ClusterState& state, const base::Revision& from) {
  std::vector<Step> out;
  auto gateways = old_gateways(state, from);
  if (!gateways.empty()) {
    auto step = delete_components({"IngressGateways", "EgressGateways"}, from, "gateways");
    for (const auto* gateway : gateways) step.namespaces.push_back(gateway->ns);
    out.push_back(std::move(step));
  }
  out.push_back(delete_components({"Pilot", "IstiodRemote"}, from, "control plane"));
  out.back().takes_istiod = true;
  return out;
}

bool labelled_as_component(const ClusterState& state, const istio::ControlPlane& plane) {
  for (const auto& deployment : state.objects.deployments)
    if (kube::name_of(deployment) == kube::ObjectName{plane.ns, plane.deployment})
      return !kube::label_of(deployment, istio::kComponentLabel).empty();
  return false;
}

bool is_protected(const ClusterState& state, const std::string& ns) {
  static constexpr std::string_view kNames[] = {"default", "istio-system", "gloo-mesh",
                                                "gloo-mesh-gateways"};
  if (std::find(std::begin(kNames), std::end(kNames), ns) != std::end(kNames)) return true;
  if (ns.starts_with("gm-iop-") || ns.starts_with("kube-")) return true;
  return std::any_of(state.mesh.control_planes.begin(), state.mesh.control_planes.end(),
                     [&](const istio::ControlPlane& plane) { return plane.ns == ns; });
}

std::set<std::string> unused_namespaces(const ClusterState& state,
                                        const std::optional<base::Revision>& from) {
  std::set<std::string> out;
  for (const auto& ns : state.objects.namespaces)
    if (!kube::annotation_of(ns, kLeftBehindAnnotation).empty() && !kube::is_terminating(ns))
      out.insert(kube::name_of(ns).name);
  for (const auto& name : state.mesh.operators) out.insert(name.ns);
  if (from)
    for (const auto* gateway : old_gateways(state, *from)) out.insert(gateway->ns);
  std::erase_if(out, [&](const std::string& ns) { return is_protected(state, ns); });
  return out;
}

bool serves_others(const ClusterState& state, const std::optional<base::Revision>& from) {
  return std::any_of(state.objects.istio_operators.begin(), state.objects.istio_operators.end(),
                     [&](const data::Value& iop) {
                       return !is_jibes(iop) &&
                              !kube::name_of(iop).name.starts_with(istio::kSavedStatePrefix) &&
                              !(from && is_reconciled(iop, *from));
                     });
}

}  // namespace

std::vector<Step> plan_removal(const ClusterState& state, const Goal& goal,
                               const base::Revision& from) {
  const auto* plane = state.mesh.find(from);
  if (!plane || plane->revision == goal.to) return {};
  if (plane->method == InstallMethod::kOperator) return delete_operators(state, from);
  if (plane->method == InstallMethod::kHelm)
    return {ask(fmt::format(
        "istiod {}/{} in cluster {} belongs to the Helm release {}: nothing uses it any more; "
        "helm uninstall {} -n {} (keep the release with the CRDs)",
        plane->ns, plane->deployment, state.cluster.str(), plane->owner.str(), plane->owner.name,
        plane->owner.ns))};
  if (plane->method == InstallMethod::kIstioctl || labelled_as_component(state, *plane))
    return delete_by_labels(state, from);
  return {ask(fmt::format(
      "istiod {}/{} in cluster {} was applied as plain manifests: nothing uses it any more; delete "
      "it with what it came from",
      plane->ns, plane->deployment, state.cluster.str()))};
}

std::vector<Step> plan_cleanup(const ClusterState& state,
                               const std::optional<base::Revision>& from) {
  std::vector<Step> out;
  if (serves_others(state, from)) return out;
  for (const auto& name : state.mesh.operators) {
    Step step;
    step.kind = StepKind::kDeleteController;
    step.object_kind = "Deployment";
    step.object = name;
    step.sentence = fmt::format("delete Istio's in-cluster operator {}", name.str());
    step.namespaces = {name.ns};
    out.push_back(std::move(step));
  }
  for (const auto& ns : unused_namespaces(state, from)) {
    Step step;
    step.kind = StepKind::kDeleteNamespace;
    step.object_kind = "Namespace";
    step.object = {"", ns};
    step.sentence = fmt::format("delete namespace {} if nothing else is in it", ns);
    out.push_back(std::move(step));
  }
  return out;
}

}  // namespace jibe::takeover
