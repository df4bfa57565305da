#include "istio/operator_legacy.h"

#include <fmt/core.h>

#include "base/error.h"
#include "base/strings.h"
#include "data/patch.h"
#include "data/path.h"
#include "istio/operator_api.h"
#include "istio/operator_legacy_check.h"
#include "istio/operator_legacy_merge.h"
#include "istio/operator_overlay.h"
#include "istio/operator_render.h"
#include "istio/operator_rules.h"
#include "istio/operator_step.h"

namespace jibe::istio {

namespace {

struct Run {
  const Release& release;
  const GenerateOptions& options;
  data::Value spec;    // merged, as its protobuf message gives it back
  data::Value values;  // what all charts get
  std::vector<std::string> warnings;
};

std::string default_namespace(const data::Value& spec) {
  const auto& own = spec["namespace"].text();
  return own.empty() ? spec["values"]["global"]["istioNamespace"].text() : own;
}

std::string namespace_of(const data::Value& spec, const data::Value& component) {
  const auto& own = component["namespace"].text();
  return own.empty() ? default_namespace(spec) : own;
}

bool is_enabled(const data::Value& component) {
  return component["enabled"].bool_or(false);
}

// Deprecated metrics of autoscaling/v2beta1 make the charts use that version (up to 1.21).
bool has_old_metrics(const data::Value& hpa) {
  struct Source {
    const char* name;
    std::initializer_list<const char*> fields;
  };
  static const Source kSources[] = {
      {"object", {"metricName", "averageValue", "selector", "targetValue"}},
      {"pods", {"metricName", "selector", "targetAverageValue"}},
      {"resource", {"targetAverageValue", "targetAverageUtilization"}},
      {"external", {"targetAverageValue", "targetValue", "metricName", "metricSelector"}}};
  for (const auto& metric : hpa["metrics"].items())
    for (const auto& source : kSources)
      for (auto field : source.fields)
        if (metric[source.name].has(field)) return true;
  return false;
}

bool uses_old_metrics(const data::Value& components) {
  if (has_old_metrics(components["pilot"]["k8s"]["hpaSpec"])) return true;
  for (const auto& [list, name] : std::initializer_list<std::pair<const char*, const char*>>{
           {"ingressGateways", "istio-ingressgateway"}, {"egressGateways", "istio-egressgateway"}})
    for (const auto& gateway : components[list].items())
      if (gateway["name"].text() == name && has_old_metrics(gateway["k8s"]["hpaSpec"])) return true;
  return false;
}

// What the charts are told of one component (translate.go setComponentProperties).
void set_component_values(data::Value& values, const data::Value& spec,
                          const OperatorComponent& component) {
  const auto& own = spec["components"][component.spec_key];
  std::string root = component.values_root;
  bool is_cni = std::string_view(component.name) == "Cni";
  data::set_path(values, (is_cni ? "istio_cni" : root) + ".enabled", is_enabled(own));
  data::set_path(values, root + ".namespace", namespace_of(spec, own));
  if (!own["hub"].text().empty()) data::set_path(values, root + ".hub", own["hub"]);
  auto tag = own["tag"].is_null() ? "" : display(own["tag"]);
  if (!tag.empty()) data::set_path(values, root + ".tag", tag);
}

// The operator's own fields as chart values.
data::Value api_values(const data::Value& spec, const Version& version) {
  data::Value out = data::Value::map();
  for (const auto& [from, to] : kFieldsAsValues) {
    bool known = std::string_view(from) != "compatibilityVersion" || since(version, 21);
    const auto& value = spec[from];
    if (known && !value.is_null() && !(value == data::Value(""))) data::set_path(out, to, value);
  }
  auto components = operator_components();
  for (auto component = components.rbegin(); component != components.rend(); ++component)
    if (!component->is_gateway && has_component(version, *component))
      set_component_values(out, spec, *component);
  data::set_path(out, "global.istioNamespace", namespace_of(spec, spec["components"]["pilot"]));
  if (!since(version, 22) && uses_old_metrics(spec["components"]))
    data::set_path(out, "global.autoscalingv2API", false);
  return out;
}

data::Value all_values(const data::Value& spec, const Version& version) {
  data::Value out = api_values(spec, version);
  for (auto over : {"values", "unvalidatedValues"})
    if (spec[over].is_map()) out = data::merge_patch(out, spec[over]);
  return out;
}

// A chart that expects its values at the top gets them there, with the globals: up to 1.21 at the
// top, too.
data::Value flattened(const Run& run, const std::string& root) {
  data::Value out = data::Value::map();
  bool nested = since(run.release.version(), 22);
  if (nested) out.set("global", run.values["global"]);
  const data::Value from_api = api_values(run.spec, run.release.version());
  for (const auto& entry : from_api.entries())
    if (!entry.value.is_map()) out.set(entry.key, entry.value);
  if (nested)
    for (auto key : {"ownerName", "revision", "compatibilityVersion", "profile"})
      if (run.values.has(key)) out.set(key, run.values[key]);
  if (!nested)
    for (const auto& entry : run.values["global"].entries()) out.set(entry.key, entry.value);
  for (const auto& entry : run.values[root].entries()) out.set(entry.key, entry.value);
  return out;
}

data::Value component_values(const Run& run, const OperatorComponent& component,
                             const data::Value& spec) {
  std::string root = component.values_root;
  if (component.flatten) return flattened(run, root);
  data::Value values = run.values;
  if (!component.is_gateway || !data::get_path(values, root).is_map()) return values;
  data::set_path(values, root + ".name", spec["name"].is_null() ? "" : spec["name"]);
  if (!spec["label"].empty()) data::set_path(values, root + ".labels", spec["label"]);
  const auto& ports = spec["k8s"]["service"]["ports"];
  if (!ports.empty()) data::set_path(values, root + ".ports", ports);
  return values;
}

std::string workload_name(const Run& run, const OperatorComponent& component,
                          const data::Value& spec) {
  std::string name = spec["name"].text().empty() ? component.resource : spec["name"].text();
  const auto& revision = run.spec["revision"].text();
  return name == "istiod" && !revision.empty() ? name + "-" + revision : name;
}

bool is_autoscaled(const Run& run, const OperatorComponent& component) {
  bool scales = component.is_gateway || std::string_view(component.name) == "Pilot";
  std::string path = std::string(component.values_root) + ".autoscaleEnabled";
  return scales && data::get_path(run.spec["values"], path).bool_or(false);
}

ComponentManifest render_component(Run& run, const OperatorComponent& component,
                                   const data::Value& spec) {
  ComponentManifest out;
  out.component = component.name;
  out.name = spec["name"].string_or(component.spec_key);
  out.ns = namespace_of(run.spec, spec);
  out.objects =
      render_component_chart(run.release, component.chart, component_values(run, component, spec),
                             out.ns, run.options, run.warnings);
  OverlayTarget target;
  target.kind = component.kind;
  target.name = workload_name(run, component, spec);
  target.container = component.container;
  target.ns = out.ns;
  target.gateway = component.is_gateway;
  target.autoscaled = is_autoscaled(run, component);
  apply_legacy_k8s_settings(out.objects, spec["k8s"], target);
  const auto& overlays = spec["k8s"]["overlays"];
  if (!overlays.empty()) apply_legacy_overlays(out.objects, overlays, out.ns);
  return out;
}

std::vector<data::Value> enabled_specs(const Run& run, const OperatorComponent& component) {
  const auto& named = run.spec["components"][component.spec_key];
  std::vector<data::Value> out;
  if (!component.is_gateway && is_enabled(named)) out.push_back(named);
  if (component.is_gateway)
    for (const auto& spec : named.items())
      if (is_enabled(spec)) out.push_back(spec);
  return out;
}

}  // namespace

std::vector<ComponentManifest> generate_legacy(const std::vector<data::Value>& iops,
                                               const Release& release,
                                               const GenerateOptions& options) {
  const auto& version = release.version();
  auto iop = merge_legacy_operator(iops, options.set, release);
  Run run{release, options, normalized_operator_spec(iop["spec"], version), {}, {}};
  check_legacy_files(normalized_operator_spec(merge_legacy_files(iops)["spec"], version), version,
                     options.force, run.warnings);
  check_legacy_operator(run.spec, version, options.force, run.warnings);
  run.values = all_values(run.spec, version);
  std::vector<ComponentManifest> out;
  for (const auto& component : operator_components()) {
    if (!has_component(version, component)) continue;
    for (const auto& spec : enabled_specs(run, component))
      out.push_back(render_component(run, component, spec));
  }
  if (options.warnings) *options.warnings = std::move(run.warnings);
  return out;
}

}  // namespace jibe::istio
