#include "istio/manifest.h"

#include <fmt/core.h>

#include "base/error.h"
#include "data/path.h"
#include "data/yaml.h"
#include "helm/coalesce.h"
#include "helm/dependencies.h"
#include "helm/engine.h"
#include "helm/manifest.h"
#include "helm/values.h"
#include "istio/operator_overlay.h"
#include "istio/operator_values.h"

namespace jibe::istio {

namespace {

// operator/pkg/component AllComponents; the order is that of istioctl.
struct Component {
  const char* name;
  const char* spec_key;
  bool is_list;
  const char* kind;
  const char* resource;
  const char* container;
  const char* chart;
  const char* values_root;
  bool flatten = false;
};

constexpr Component kComponents[] = {
    {"Base", "base", false, "", "", "", "base", "global"},
    {"Pilot", "pilot", false, "Deployment", "istiod", "discovery", "istio-control/istio-discovery",
     "pilot"},
    {"IngressGateways", "ingressGateways", true, "Deployment", "istio-ingressgateway",
     "istio-proxy", "gateways/istio-ingress", "gateways.istio-ingressgateway"},
    {"EgressGateways", "egressGateways", true, "Deployment", "istio-egressgateway", "istio-proxy",
     "gateways/istio-egress", "gateways.istio-egressgateway"},
    {"Cni", "cni", false, "DaemonSet", "istio-cni-node", "install-cni", "istio-cni", "cni"},
    {"Ztunnel", "ztunnel", false, "DaemonSet", "ztunnel", "istio-proxy", "ztunnel", "ztunnel",
     true},
};

// Kubernetes' version where the caller gives none: istioctl's minimum (k8sversion.MinK8SVersion).
constexpr const char* kDefaultKubeVersion = "v1.32.0";

data::Value path_value(const data::Value& values, const std::string& path) {
  return data::get_path(values, data::Path::parse(path));
}

void set_gateway_values(data::Value& values, const Component& component,
                        const data::Value& gateway) {
  std::string root = component.values_root;
  data::set_path(values, root + ".name", gateway["name"]);
  data::set_path(values, root + ".labels",
                 gateway["label"].is_map() ? gateway["label"] : data::Value::map());
  const auto& ports = gateway["k8s"]["service"]["ports"];
  if (!ports.empty()) data::set_path(values, root + ".ports", ports);
}

// Guards in the charts look at these (a PodDisruptionBudget needs autoscaleMin > 1).
void set_scaling_values(data::Value& values, const Component& component, const data::Value& k8s) {
  std::string root = component.values_root;
  if (k8s["hpaSpec"]["minReplicas"].is_number())
    data::set_path(values, root + ".autoscaleMin", k8s["hpaSpec"]["minReplicas"]);
  if (k8s["hpaSpec"]["maxReplicas"].is_number())
    data::set_path(values, root + ".autoscaleMax", k8s["hpaSpec"]["maxReplicas"]);
  if (k8s["replicaCount"].is_number())
    data::set_path(values, root + ".replicaCount", k8s["replicaCount"]);
}

// The charts derive environment variables from these.
void set_cpu_values(data::Value& values, const Component& component, const data::Value& k8s) {
  for (auto kind : {"limits", "requests"}) {
    const auto& cpu = k8s["resources"][kind]["cpu"];
    if (!cpu.is_null())
      data::set_path(values, fmt::format("{}.resources.{}.cpu", component.values_root, kind), cpu);
  }
}

// ztunnel's chart expects its values at the top.
data::Value flattened(const data::Value& values, const std::string& root) {
  auto own = path_value(values, root);
  if (!own.is_map()) return values;
  data::Value out = data::Value::map({{"global", values["global"]}});
  for (const auto& entry : values.entries())
    if (!entry.value.is_map()) out.set(entry.key, entry.value);
  for (const auto& entry : own.entries()) out.set(entry.key, entry.value);
  return out;
}

data::Value component_values(const MergedOperator& merged, const Component& component,
                             const data::Value& spec, bool newer) {
  data::Value values = merged.spec["values"];
  std::string root = component.values_root;
  if (component.is_list) set_gateway_values(values, component, spec);
  if (newer && std::string_view(component.kind) == "Deployment")
    set_scaling_values(values, component, spec["k8s"]);
  if (newer) set_cpu_values(values, component, spec["k8s"]);
  for (auto key : {"hub", "tag"})
    if (!spec[key].is_null()) data::set_path(values, root + "." + key, spec[key]);
  return component.flatten ? flattened(values, root) : values;
}

std::vector<data::Value> parse_files(const std::map<std::string, std::string>& files) {
  std::vector<data::Value> out;
  for (const auto& [name, text] : files) {
    if (name.ends_with("NOTES.txt")) continue;
    for (const auto& document : helm::split_documents(text)) {
      auto object = data::parse_yaml(document, name);
      if (object.is_map() && object.has("kind")) out.push_back(std::move(object));
    }
  }
  return out;
}

void add_crds(const helm::Chart& chart, const data::Value& values, std::vector<data::Value>& out) {
  if (chart.name() == "base" && !values["base"]["enableIstioConfigCRDs"].bool_or(true)) return;
  std::map<std::string, std::string> files;
  for (const auto& file : chart.files)
    if (file.name.starts_with("crds/")) files[file.name] = file.data;
  for (auto& object : parse_files(files)) out.push_back(std::move(object));
}

std::vector<data::Value> render_chart(const helm::Chart& chart, const data::Value& values,
                                      const std::string& ns, const GenerateOptions& options) {
  helm::RenderOptions render;
  render.release.name = "istio";
  render.release.release_namespace = ns;
  render.capabilities.kube_version = helm::parse_kube_version(
      options.kube_version.empty() ? kDefaultKubeVersion : options.kube_version);
  std::vector<std::string> warnings;
  auto user = helm::as_json_numbers(values);
  auto resolved = helm::resolve_dependencies(chart, user, warnings);
  auto table = helm::coalesce_values(resolved, user, helm::NullRule::kCoalesce, warnings);
  auto out =
      parse_files(helm::render_templates(resolved, table, render, *options.random, *options.clock));
  add_crds(chart, values, out);
  return out;
}

std::string workload_name(const Component& component, const data::Value& spec,
                          const data::Value& values) {
  std::string name = spec["name"].string_or(component.resource);
  const auto& revision = values["revision"].text();
  bool revised = !revision.empty() && revision != "default";
  return std::string_view(component.name) == "Pilot" && revised ? name + "-" + revision : name;
}

ComponentManifest render_component(const MergedOperator& merged, const Component& component,
                                   const data::Value& spec, const Release& release,
                                   const GenerateOptions& options) {
  bool newer = !(release.version() < Version{1, 24, 0, ""});
  auto values = component_values(merged, component, spec, newer);
  ComponentManifest out;
  out.component = component.name;
  out.name = spec["name"].string_or(component.spec_key);
  out.ns = spec["namespace"].string_or(merged.ns.empty() ? "istio-system" : merged.ns);
  out.objects = render_chart(*release.chart(component.chart), values, out.ns, options);
  if (spec["k8s"].is_map())
    apply_k8s_settings(out.objects, spec["k8s"],
                       {component.kind, workload_name(component, spec, merged.spec["values"]),
                        component.container, component.is_list});
  return out;
}

// Gateways may also be switched on by values.gateways.<default name>.enabled.
bool is_enabled(const MergedOperator& merged, const Component& component, const data::Value& spec) {
  if (component.is_list &&
      path_value(merged.spec["values"], std::string(component.values_root) + ".enabled")
          .bool_or(false))
    return true;
  return spec["enabled"].bool_or(true);
}

}  // namespace

std::vector<ComponentManifest> generate_manifests(const data::Value& iop, const Release& release,
                                                  const GenerateOptions& options) {
  auto merged = merge_operator(iop, options.set, release);
  std::vector<ComponentManifest> out;
  for (const auto& component : kComponents) {
    const auto& spec = merged.spec["components"][component.spec_key];
    auto render = [&](const data::Value& one) {
      if (is_enabled(merged, component, one))
        out.push_back(render_component(merged, component, one, release, options));
    };
    if (component.is_list)
      for (const auto& item : spec.items()) render(item);
    else if (spec.is_map())
      render(spec);
  }
  return out;
}

std::string manifest_text(const std::vector<ComponentManifest>& components) {
  std::string out;
  for (const auto& component : components)
    for (const auto& object : component.objects) out += data::to_yaml(object) + "---\n";
  return out;
}

}  // namespace jibe::istio
