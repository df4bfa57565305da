#include "cli/takeover_session.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/coroutine.h"
#include "base/strings.h"
#include "cli/print.h"
#include "istio/names.h"
#include "kube/time.h"

namespace jibe::cli {

namespace {

kube::ObjectName ilm_name(const std::string& text) {
  if (text.empty()) return {};
  auto parts = base::cut(text, "/");
  if (!parts.found || parts.before.empty() || parts.after.empty())
    throw base::InvalidInput(
        fmt::format("--ilm {} is no namespace/name, such as gloo-mesh/istiod-control-plane", text));
  return {std::string(parts.before), std::string(parts.after)};
}

struct Chosen {
  base::ClusterName name;
  base::ContextName context;
};

std::vector<Chosen> chosen_clusters(const TakeoverArguments& a, const takeover::Manager& manager) {
  std::vector<Chosen> out;
  for (const auto& text : a.clusters) {
    auto parts = base::cut(text, "=");
    Chosen one{base::ClusterName(std::string(parts.before)),
               base::ContextName(std::string(parts.found ? parts.after : parts.before))};
    if (std::find(manager.clusters.begin(), manager.clusters.end(), one.name) ==
        manager.clusters.end())
      throw base::InvalidInput(
          fmt::format("IstioLifecycleManager {} installs revision {} in no cluster called {}",
                      manager.name.str(), manager.revision.str(), one.name.str()));
    out.push_back(std::move(one));
  }
  if (out.empty())
    for (const auto& name : manager.clusters) out.push_back({name, base::ContextName(name.str())});
  return out;
}

base::Duration patience_of(const std::string& text) {
  auto span = kube::parse_duration(text);
  if (!span || *span <= base::Duration{})
    throw base::InvalidInput(fmt::format("--timeout {} is no duration, such as 10m or 90s", text));
  return *span;
}

std::string owner_text(const kube::ObjectName& owner) {
  return owner.name.empty() ? "" : " (" + owner.str() + ")";
}

size_t count_proxies(const takeover::ClusterState& state, const base::Revision& revision) {
  return takeover::proxies_using(state, revision).size();
}

std::string yes_no(bool value) {
  return value ? "yes" : "no";
}

data::Value plane_value(const takeover::ClusterState& state, const istio::ControlPlane& plane) {
  auto tags = data::Value::list();
  for (const auto& tag : plane.tags) tags.push_back(tag);
  auto out = data::Value::map({{"namespace", plane.ns},
                               {"deployment", plane.deployment},
                               {"revision", istio::rev_label(plane.revision)},
                               {"hub", plane.hub},
                               {"version", plane.tag},
                               {"installedBy", to_string(plane.method)},
                               {"injector", plane.injector},
                               {"tags", tags},
                               {"default", plane.is_default},
                               {"readyReplicas", plane.ready_replicas}});
  out.set("proxies", static_cast<int64_t>(count_proxies(state, plane.revision)));
  if (!plane.owner.name.empty()) out.set("owner", plane.owner.str());
  return out;
}

data::Value gateway_value(const istio::Gateway& gateway) {
  auto services = data::Value::list();
  for (const auto& name : gateway.services) services.push_back(name);
  auto out = data::Value::map({{"namespace", gateway.ns},
                               {"deployment", gateway.deployment},
                               {"revision", istio::rev_label(gateway.revision)},
                               {"version", gateway.tag},
                               {"installedBy", to_string(gateway.method)},
                               {"services", services}});
  if (!gateway.owner.name.empty()) out.set("owner", gateway.owner.str());
  return out;
}

}  // namespace

takeover::Site TakeoverSession::site(const Member& member) const {
  return {*member.connection.client, member.name, *management.client, manager, goal, patience};
}

Task<TakeoverSession> open_takeover(rt::Runtime& runtime, const kube::Kubeconfig& config,
                                    const TakeoverArguments& a) {
  TakeoverSession out;
  out.patience = patience_of(a.timeout);
  auto name = ilm_name(a.ilm);
  out.management = connect(runtime, config, base::ContextName(a.context));
  out.manager =
      co_await takeover::find_manager(*out.management.client, name, base::Revision(a.revision));
  out.goal.to = out.manager.revision;
  out.goal.gateways_moved = a.gateways_moved;
  if (!a.from.empty()) out.goal.from = istio::revision_from_label(a.from);
  for (const auto& chosen : chosen_clusters(a, out.manager))
    out.members.push_back({chosen.name, connect(runtime, config, chosen.context)});
  co_return out;
}

std::string discovery_table(const std::vector<takeover::ClusterState>& states) {
  std::vector<std::vector<std::string>> rows = {
      {"CLUSTER", "KIND", "NAME", "REVISION", "VERSION", "DEFAULT", "PROXIES", "INSTALLED BY"}};
  for (const auto& state : states) {
    for (const auto& plane : state.mesh.control_planes)
      rows.push_back({state.cluster.str(), "control plane", plane.ns + "/" + plane.deployment,
                      istio::rev_label(plane.revision), plane.tag, yes_no(plane.is_default),
                      std::to_string(count_proxies(state, plane.revision)),
                      std::string(to_string(plane.method)) + owner_text(plane.owner)});
    for (const auto& gateway : state.mesh.gateways)
      rows.push_back({state.cluster.str(), "gateway", gateway.ns + "/" + gateway.deployment,
                      istio::rev_label(gateway.revision), gateway.tag, "", "",
                      std::string(to_string(gateway.method)) + owner_text(gateway.owner)});
  }
  return table(rows);
}

data::Value discovery_value(const std::vector<takeover::ClusterState>& states) {
  auto out = data::Value::list();
  for (const auto& state : states) {
    auto planes = data::Value::list();
    for (const auto& plane : state.mesh.control_planes) planes.push_back(plane_value(state, plane));
    auto gateways = data::Value::list();
    for (const auto& gateway : state.mesh.gateways) gateways.push_back(gateway_value(gateway));
    auto operators = data::Value::list();
    for (const auto& name : state.mesh.operators) operators.push_back(name.str());
    auto workloads = data::Value::list();
    for (const auto& workload : takeover::workloads_of(state))
      workloads.push_back(
          data::Value::map({{"kind", workload.kind},
                            {"namespace", workload.name.ns},
                            {"name", workload.name.name},
                            {"proxies", static_cast<int64_t>(workload.proxies.size())},
                            {"revision", istio::rev_label(workload.proxies[0].revision)}}));
    out.push_back(data::Value::map({{"cluster", state.cluster.str()},
                                    {"controlPlanes", planes},
                                    {"gateways", gateways},
                                    {"operators", operators},
                                    {"workloads", workloads}}));
  }
  return out;
}

std::string plan_text(const base::ClusterName& cluster, const std::vector<takeover::Step>& plan) {
  std::string out = fmt::format("{}:\n", cluster.str());
  if (plan.empty()) out += "  nothing is left to do\n";
  size_t number = 0;
  for (const auto& step : plan)
    out += step.kind == takeover::StepKind::kAsk
               ? fmt::format("   !  {}\n", step.sentence)
               : fmt::format("  {:2}. {}\n", ++number, step.sentence);
  return out;
}

data::Value plan_value(const base::ClusterName& cluster, const std::vector<takeover::Step>& plan) {
  auto steps = data::Value::list();
  for (const auto& step : plan) {
    auto value = data::Value::map({{"step", to_string(step.kind)}, {"description", step.sentence}});
    if (!step.object_kind.empty()) {
      value.set("kind", step.object_kind);
      value.set("name", step.object.name);
      if (!step.object.ns.empty()) value.set("namespace", step.object.ns);
    }
    steps.push_back(std::move(value));
  }
  return data::Value::map({{"cluster", cluster.str()}, {"steps", steps}});
}

std::string status_table(const std::vector<takeover::ClusterState>& states,
                         const takeover::Goal& goal) {
  std::vector<std::vector<std::string>> rows = {
      {"CLUSTER", "DEFAULT", "OLD PROXIES", "NEW PROXIES", "STEPS LEFT", "NEXT"}};
  for (const auto& state : states) {
    const auto* current = state.mesh.default_control_plane();
    auto old = takeover::old_revision(state, goal);
    auto plan = takeover::make_plan(state, goal);
    rows.push_back({state.cluster.str(), current ? istio::rev_label(current->revision) : "none",
                    old.revision ? std::to_string(count_proxies(state, *old.revision)) : "0",
                    std::to_string(count_proxies(state, goal.to)), std::to_string(plan.size()),
                    plan.empty() ? "done" : plan[0].sentence});
  }
  return table(rows);
}

}  // namespace jibe::cli
