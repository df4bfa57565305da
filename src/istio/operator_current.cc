#include "istio/operator_current.h"

#include <fmt/core.h>

#include "base/error.h"
#include "data/path.h"
#include "helm/values.h"
#include "istio/cpu_quantity.h"
#include "istio/operator_api.h"
#include "istio/operator_check.h"
#include "istio/operator_overlay.h"
#include "istio/operator_path.h"
#include "istio/operator_render.h"
#include "istio/operator_rules.h"
#include "istio/operator_step.h"
#include "istio/operator_values.h"

namespace jibe::istio {

namespace {

struct Run {
  const Release& release;
  const GenerateOptions& options;
  data::Value iop;  // merged
  std::vector<std::string> warnings;
};

// A chart gets ports as Go writes its ServicePort: without what is empty, but with targetPort 0.
data::Value typed_ports(const data::Value& ports) {
  std::vector<data::Value> out;
  for (data::Value port : ports.items()) {
    for (auto key : {"name", "protocol", "nodePort", "appProtocol"})
      if (port[key].is_null() || port[key] == data::Value("") || port[key] == data::Value(0))
        port.erase(key);
    for (auto key : {"port", "targetPort"})
      if (port[key].is_null()) port.set(key, 0);
    out.push_back(std::move(port));
  }
  return data::Value::list(std::move(out));
}

void set_gateway_values(data::Value& values, const std::string& root, const data::Value& gateway) {
  set_values_path(values, root + ".name", gateway["name"].is_null() ? "" : gateway["name"]);
  set_values_path(values, root + ".labels",
                  gateway["label"].is_map() ? gateway["label"] : data::Value::map());
  const auto& ports = gateway["k8s"]["service"]["ports"];
  if (!ports.empty()) set_values_path(values, root + ".ports", typed_ports(ports));
}

// Guards in the charts look at these (a PodDisruptionBudget needs autoscaleMin > 1).
void set_scaling_values(data::Value& values, const std::string& root, const data::Value& k8s) {
  const auto& hpa = k8s["hpaSpec"];
  if (hpa["minReplicas"].is_number())
    set_values_path(values, root + ".autoscaleMin", hpa["minReplicas"]);
  if (hpa["maxReplicas"].is_number() && hpa["maxReplicas"].as_double() > 0)
    set_values_path(values, root + ".autoscaleMax", hpa["maxReplicas"]);
  if (k8s["replicaCount"].is_number() && k8s["replicaCount"].as_double() > 0)
    set_values_path(values, root + ".replicaCount", k8s["replicaCount"]);
}

// The charts derive environment variables from these.
void set_cpu_values(data::Value& values, const std::string& root, const data::Value& k8s) {
  for (auto kind : {"limits", "requests"}) {
    auto cpu = canonical_cpu(k8s["resources"][kind]["cpu"]);
    if (!cpu.empty()) set_values_path(values, fmt::format("{}.resources.{}.cpu", root, kind), cpu);
  }
}

// A chart that expects its values at the top gets them there.
data::Value flattened(const data::Value& values, const std::string& root) {
  const auto& own = data::get_path(values, root);
  if (!own.is_map()) return values;
  data::Value out = data::Value::map({{"global", values["global"]}});
  for (const auto& entry : values.entries())
    if (!entry.value.is_map()) out.set(entry.key, entry.value);
  for (const auto& entry : own.entries()) out.set(entry.key, entry.value);
  return out;
}

data::Value component_values(const Run& run, const OperatorComponent& component,
                             const data::Value& spec) {
  const auto& version = run.release.version();
  data::Value values = run.iop["spec"]["values"];
  const std::string root = component.values_root;
  if (component.is_gateway) set_gateway_values(values, root, spec);
  bool values_see_k8s = since(version, 31);
  if (values_see_k8s && std::string_view(component.kind) == "Deployment")
    set_scaling_values(values, root, spec["k8s"]);
  if (values_see_k8s) set_cpu_values(values, root, spec["k8s"]);
  if (!spec["hub"].text().empty())
    set_values_path(values, root + ".hub", parse_set_value(spec["hub"].text()));
  if (!spec["tag"].is_null())
    set_values_path(values, root + ".tag", parse_set_value(display(spec["tag"])));
  return component.flatten ? flattened(values, root) : values;
}

std::string workload_name(const Run& run, const OperatorComponent& component,
                          const data::Value& spec) {
  std::string name = spec["name"].text().empty() ? component.resource : spec["name"].text();
  const auto& revision = run.iop["spec"]["values"]["revision"].text();
  bool revised = !revision.empty() && revision != "default";
  return std::string_view(component.name) == "Pilot" && revised ? name + "-" + revision : name;
}

std::string namespace_of(const Run& run, const data::Value& spec) {
  for (const auto* ns : {&spec["namespace"], &run.iop["metadata"]["namespace"]})
    if (!ns->text().empty()) return ns->text();
  return "istio-system";
}

ComponentManifest render_component(Run& run, const OperatorComponent& component,
                                   const data::Value& spec) {
  ComponentManifest out;
  out.component = component.name;
  out.name = spec["name"].string_or(component.spec_key);
  out.ns = namespace_of(run, spec);
  out.objects =
      render_component_chart(run.release, component.chart, component_values(run, component, spec),
                             out.ns, run.options, run.warnings);
  const auto& k8s = spec["k8s"];
  if (!k8s.is_map()) return out;
  OverlayTarget target;
  target.kind = component.kind;
  target.name = workload_name(run, component, spec);
  target.container = component.container;
  target.ns = out.ns;
  target.gateway = component.is_gateway;
  apply_k8s_settings(out.objects, k8s, target);
  apply_overlays(out.objects, k8s["overlays"], run.warnings);
  return out;
}

// The specs of a component that are to be installed; one that the IstioOperator does not name is
// installed with no settings of its own where that is the default.
std::vector<data::Value> enabled_specs(const Run& run, const OperatorComponent& component) {
  // Gateways may also be switched on by values.gateways.<default name>.enabled.
  const auto& values = run.iop["spec"]["values"];
  bool by_values =
      component.is_gateway &&
      data::get_path(values, std::string(component.values_root) + ".enabled").bool_or(false);
  const auto& named = run.iop["spec"]["components"][component.spec_key];
  bool is_named = component.is_gateway ? !named.is_null() : named.is_map();
  if (!is_named)
    return component.by_default || by_values ? std::vector{data::Value::map()}
                                             : std::vector<data::Value>{};
  if (component.is_gateway && !named.is_list())
    throw base::InvalidInput(
        fmt::format("components.{} is no list of gateways", component.spec_key));
  std::vector<data::Value> out;
  auto add = [&](const data::Value& spec) {
    check_component_spec(spec, component.name, component.spec_key, run.release.version());
    if (by_values || spec["enabled"].bool_or(true)) out.push_back(spec);
  };
  if (component.is_gateway)
    for (const auto& spec : named.items()) add(spec);
  else
    add(named);
  return out;
}

}  // namespace

std::vector<ComponentManifest> generate_current(const std::vector<data::Value>& iops,
                                                const Release& release,
                                                const GenerateOptions& options) {
  Run run{release, options, merge_operator(iops, options.set, release), {}};
  check_operator(run.iop["spec"], release.version(), options.force, run.warnings);
  const auto& unvalidated = run.iop["spec"]["unvalidatedValues"];
  if (unvalidated.is_map())
    run.iop.edit("spec").set("values", helm::merge_maps(run.iop["spec"]["values"], unvalidated));
  std::vector<ComponentManifest> out;
  for (const auto& component : operator_components()) {
    if (!has_component(release.version(), component)) continue;
    for (const auto& spec : enabled_specs(run, component))
      out.push_back(render_component(run, component, spec));
  }
  if (options.warnings) *options.warnings = std::move(run.warnings);
  return out;
}

}  // namespace jibe::istio
