// From the old proxies to the restarts that replace them.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "istio/injection.h"
#include "istio/names.h"
#include "takeover/plan_steps.h"
#include "takeover/workloads.h"

namespace jibe::takeover {

namespace {

// Pods on their way out need no restart.
bool is_old(const ClusterState& state, const Workload& workload, const base::Revision& from) {
  return std::any_of(workload.proxies.begin(), workload.proxies.end(), [&](const auto& proxy) {
    if (proxy.terminating) return false;
    const auto* connected = state.connected_to(proxy.id());
    return proxy.revision == from || (connected && *connected == from);
  });
}

bool goes_with_installation(const ClusterState& state, const Workload& workload) {
  if (!workload.gateway) return false;
  for (const auto& gateway : state.mesh.gateways)
    if (kube::ObjectName{gateway.ns, gateway.deployment} == workload.name &&
        workload.kind == "Deployment")
      return belongs_to_installation(gateway);
  return false;
}

// The default moves within the plan, so what matters is who injects once it has moved: selectors
// that match the default now will then call the new istiod.
base::Revision next_injector(const ClusterState& state, const Goal& goal, const Workload& workload,
                             bool& none) {
  const auto& labels = workload.object["spec"]["template"]["metadata"]["labels"];
  const auto& ns_labels = state.namespace_labels(workload.name.ns);
  auto matches = istio::injectors_of(state.objects.mutating_webhooks, ns_labels, labels);
  none = matches.empty();
  const auto* current = state.mesh.default_control_plane();
  for (const auto& match : matches) {
    for (const auto& plane : state.mesh.control_planes)
      if (plane.deployment == match.service && plane.ns == match.service_namespace) {
        // The tag `default` also takes over the label value istio.io/rev=default.
        bool by_default =
            &plane == current && (plane.revision.empty() || !match.webhook.starts_with("rev."));
        return by_default ? goal.to : plane.revision;
      }
  }
  return {};
}

bool has_old_label(const data::Value& labels, const base::Revision& from) {
  const auto& label = labels[istio::kRevLabel];
  return label.is_string() && istio::revision_from_label(label.text()) == from;
}

Step relabel(const std::string& ns, const base::Revision& from, const base::Revision& to) {
  Step out;
  out.kind = StepKind::kRelabelNamespace;
  out.object_kind = "Namespace";
  out.object = {"", ns};
  out.sentence = fmt::format("label namespace {} {}={} instead of {}", ns, istio::kRevLabel,
                             to.str(), istio::rev_label(from));
  return out;
}

Step restart(const Workload& workload, const Goal& goal) {
  Step out;
  out.kind = StepKind::kRestart;
  out.object_kind = workload.kind;
  out.object = workload.name;
  out.sentence =
      fmt::format("restart {}, {} with a proxy of revision {}", workload.str(),
                  workload.proxies.size() == 1 ? std::string("1 pod")
                                               : fmt::format("{} pods", workload.proxies.size()),
                  goal.to.str());
  return out;
}

struct Sorter {
  const ClusterState& state;
  const Goal& goal;
  const base::Revision& from;
  std::set<std::string> relabelled;
  std::vector<Step> labels;
  std::vector<Step> restarts;
  std::vector<Step> asks;

  void add(const Workload& workload) {
    auto obstacle = restart_obstacle(state, workload);
    if (!obstacle.empty()) {
      asks.push_back(ask(std::move(obstacle)));
      return;
    }
    bool none = false;
    auto next = next_injector(state, goal, workload, none);
    if (none)
      asks.push_back(ask(fmt::format(
          "restarting {} would leave it without a proxy: no injector matches it any more; label "
          "its namespace, or take it out of the mesh yourself",
          workload.str())));
    else if (next == goal.to)
      restarts.push_back(restart(workload, goal));
    else
      by_label(workload, next);
  }

  void by_label(const Workload& workload, const base::Revision& next) {
    const auto& ns = workload.name.ns;
    if (next == from && has_old_label(state.namespace_labels(ns), from)) {
      if (relabelled.insert(ns).second) labels.push_back(relabel(ns, from, goal.to));
      restarts.push_back(restart(workload, goal));
      return;
    }
    asks.push_back(ask(fmt::format(
        "{} would be injected by revision {} again: its own labels say so; change its pod "
        "template's {} to {}",
        workload.str(), istio::rev_label(next), istio::kRevLabel, goal.to.str())));
  }
};

}  // namespace

std::vector<Step> plan_workloads(const ClusterState& state, const Goal& goal,
                                 const base::Revision& from) {
  Sorter sorter{state, goal, from, {}, {}, {}, {}};
  for (const auto& workload : workloads_of(state))
    if (is_old(state, workload, from) && !goes_with_installation(state, workload))
      sorter.add(workload);
  auto out = std::move(sorter.labels);
  for (auto* more : {&sorter.restarts, &sorter.asks})
    for (auto& step : *more) out.push_back(std::move(step));
  return out;
}

}  // namespace jibe::takeover
