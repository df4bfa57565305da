#include "takeover/plan.h"

#include <fmt/core.h>

#include "istio/activation.h"
#include "istio/names.h"
#include "takeover/plan_steps.h"

namespace jibe::takeover {

namespace {

// What must hold before anything is changed: the new control plane works and can be asked, and the
// default is in one piece.
std::vector<Step> preconditions(const ClusterState& state, const Goal& goal) {
  std::vector<Step> out;
  const auto* plane = state.mesh.find(goal.to);
  if (!plane || plane->method != istio::InstallMethod::kJibe) {
    out.push_back(
        ask(fmt::format("cluster {} has no managed control plane of revision {} yet; its "
                        "IstioLifecycleManager tells why",
                        state.cluster.str(), goal.to.str())));
  } else if (plane->ready_replicas < 1) {
    out.push_back(ask(fmt::format("Deployment {}/{} in cluster {} has no ready pod", plane->ns,
                                  plane->deployment, state.cluster.str())));
  }
  for (const auto& sentence : state.proxies.unreachable)
    out.push_back(ask(sentence + "; without that answer nothing is moved or removed"));
  return out;
}

std::vector<Step> plan_activation(const ClusterState& state, const Goal& goal) {
  auto missing = activation_missing(state, goal);
  if (missing.empty()) return {};
  Step step;
  step.kind = StepKind::kActivate;
  step.sentence = fmt::format("make revision {} the default of cluster {}: {}", goal.to.str(),
                              state.cluster.str(), missing);
  return {step};
}

void append(std::vector<Step>& all, std::vector<Step> more) {
  for (auto& step : more) all.push_back(std::move(step));
}

}  // namespace

std::string_view to_string(StepKind kind) {
  switch (kind) {
    case StepKind::kAsk:
      return "ask";
    case StepKind::kActivate:
      return "activate";
    case StepKind::kRelabelNamespace:
      return "relabel-namespace";
    case StepKind::kRestart:
      return "restart";
    case StepKind::kSwitchService:
      return "switch-service";
    case StepKind::kDeleteOperator:
      return "delete-istiooperator";
    case StepKind::kDeleteComponents:
      return "delete-components";
    case StepKind::kDeleteController:
      return "delete-operator";
    case StepKind::kDeleteNamespace:
      return "delete-namespace";
  }
  return "ask";
}

std::string activation_missing(const ClusterState& state, const Goal& goal) {
  const auto* current = state.mesh.default_control_plane();
  if (!current) return "no istiod injects namespaces labelled istio-injection=enabled";
  if (current->revision != goal.to)
    return fmt::format("the default revision is {}", istio::rev_label(current->revision));
  auto disagreement = istio::default_disagreement(state.objects.mutating_webhooks,
                                                  state.objects.validating_webhooks);
  return disagreement.value_or("");
}

Step ask(std::string sentence) {
  Step out;
  out.sentence = std::move(sentence);
  return out;
}

std::vector<Step> make_plan(const ClusterState& state, const Goal& goal) {
  auto out = preconditions(state, goal);
  if (!out.empty()) return out;
  auto old = old_revision(state, goal);
  if (!old.trouble.empty()) return {ask(old.trouble)};
  append(out, plan_activation(state, goal));
  if (old.revision) {
    append(out, plan_workloads(state, goal, *old.revision));
    append(out, plan_gateways(state, goal, *old.revision));
    append(out, plan_removal(state, goal, *old.revision));
  }
  append(out, plan_cleanup(state, old.revision));
  return out;
}

}  // namespace jibe::takeover
