#include "twin/mesh/inject.h"

#include <fmt/core.h>

#include <cmath>

#include "base/strings.h"
#include "data/yaml.h"
#include "kube/object.h"
#include "kube/quantity.h"
#include "tmpl/format.h"
#include "tmpl/template.h"
#include "twin/mesh/inject_data.h"
#include "twin/mesh/inject_finish.h"
#include "twin/mesh/inject_functions.h"
#include "twin/mesh/inject_merge.h"
#include "twin/mesh/inject_validate.h"
#include "twin/mesh/mesh_config.h"

namespace jibe::twin {

using data::Value;

namespace {

constexpr std::string_view kProxyConfigAnnotation = "proxy.istio.io/config";
constexpr std::string_view kNetworkLabel = "topology.istio.io/network";
constexpr std::string_view kNativeAnnotation = "sidecar.istio.io/nativeSidecar";

std::string with_type(std::string tag, const std::string& type) {
  if (type.empty()) return tag;
  for (std::string_view known : {"-distroless", "-debug"}) {
    if (!tag.ends_with(known)) continue;
    tag.resize(tag.size() - known.size());
    break;
  }
  return type == "default" ? tag : tag + "-" + type;
}

// "hub/proxyv2:tag", with the kind of image that annotation, ProxyConfig or values ask for.
std::string image_of(const Value& values, const Value& pod, const std::string& name,
                     std::string type) {
  const Value& global = values["global"];
  const Value& tag = global["tag"];
  if (type.empty()) type = global["variant"].text();
  if (const Value* own = pod["metadata"]["annotations"].find("sidecar.istio.io/proxyImageType"))
    type = own->text();
  const std::string text = tag.is_string() ? tag.text() : tmpl::to_text(tmpl::Any::from(tag));
  return fmt::format("{}/{}:{}", global["hub"].text(), name.empty() ? "proxyv2" : name,
                     with_type(text, type));
}

// Up to 1.17: worker threads, 2 unless the configuration says another number; 0 asks for what the
// CPU settings give.
int64_t estimated_concurrency(const Injection& injection, const Value& proxy_config) {
  const Value& wanted = proxy_config["concurrency"];
  if (wanted.int_or(0) > 0) return wanted.as_int();
  if (!wanted.is_int()) return 2;
  const Value& annotations = injection.pod["metadata"]["annotations"];
  const Value& resources = injection.injector.values["global"]["proxy"]["resources"];
  for (const Value& cpu :
       {annotations["sidecar.istio.io/proxyCPULimit"], annotations["sidecar.istio.io/proxyCPU"],
        resources["limits"]["cpu"], resources["requests"]["cpu"]}) {
    if (const auto quantity = kube::Quantity::of_value(cpu); !cpu.is_null() && quantity)
      return quantity->value();
  }
  return 2;
}

// Container.restartPolicy came with Kubernetes 1.28; istiods built before 1.19 do not know it and
// drop it from what their templates give.
void drop_unknown(Value& overlay, const istio::Version& version) {
  if (!(version < istio::Version{1, 19, 0, ""})) return;
  for (const char* list : {"containers", "initContainers"}) {
    if (overlay["spec"][list].empty()) continue;
    for (Value& container : overlay.edit("spec").edit(list).edit_items())
      if (container.is_map()) container.erase("restartPolicy");
  }
}

bool wants_native(const Injection& injection) {
  const std::string& own = kube::annotation_of(injection.pod, kNativeAnnotation);
  return own == "true" || (own != "false" && injection.native_sidecars);
}

// A user's customization stands among the containers, where the template has a native sidecar.
void follow_native(Value& pod, const Value& rendered) {
  const size_t at = find_container(pod["spec"]["containers"], kProxyContainer);
  const Value& init = rendered["spec"]["initContainers"];
  if (at == std::string::npos || find_container(init, kProxyContainer) == std::string::npos) return;
  const Value container = pod["spec"]["containers"][at];
  move_container(pod, "containers", kProxyContainer, Place::kGone);
  pod.edit("spec").edit("initContainers").push_back(container);
}

Value overlay_of(const Injection& injection, const std::string& name, const tmpl::Any& data,
                 base::Clock& clock, base::Random& random) {
  InjectionScope scope{injection.environment, injection.version};
  tmpl::ExecOptions options;
  options.clock = &clock;
  options.random = &random;
  options.user = &scope;
  const auto& set = injection.injector.templates.at(name);
  Value overlay = data::parse_yaml(tmpl::execute(set, "inject", data, options));
  drop_unknown(overlay, injection.version);
  return overlay;
}

// Cluster and network of the proxy: of the values, of the URL's path, the network also of a label.
void complete_environment(Injection& injection) {
  const Value& global = injection.injector.values["global"];
  const auto set_default = [&](const char* name, const std::string& value) {
    std::string& known = injection.proxy_environment[name];
    if (known.empty()) known = value;
  };
  set_default("ISTIO_META_CLUSTER_ID", global["multiCluster"]["clusterName"].text());
  set_default("ISTIO_META_NETWORK", global["network"].text());
  if (const Value* label = injection.pod["metadata"]["labels"].find(kNetworkLabel))
    injection.proxy_environment["ISTIO_META_NETWORK"] = label->text();
  std::erase_if(injection.proxy_environment, [](const auto& entry) {
    return entry.second.empty() && entry.first.starts_with("ISTIO_META_");
  });
}

Value proxy_config_of(const Injection& injection) {
  const std::string& own = kube::annotation_of(injection.pod, kProxyConfigAnnotation);
  Value config = injection.mesh_config["defaultConfig"];
  return own.empty() ? config
                     : overlay_proxy_config(config, data::parse_yaml(own, "proxy.istio.io/config"));
}

tmpl::Any data_of(const Injection& injection, const Value& proxy_config) {
  const Value& values = injection.injector.values;
  const Value& port = injection.mesh_config["defaultConfig"]["statusPort"];
  TemplateData data;
  data.pod = strip_pod(injection.pod, std::to_string(port.int_or(15020)));
  data.workload = workload_of(injection.pod);
  data.proxy_config = proxy_config;
  data.mesh_config = injection.mesh_config;
  data.values = values;
  data.revision = injection.revision;
  data.native_sidecars = injection.native_sidecars;
  data.proxy_image = image_of(values, data.pod, values["global"]["proxy"]["image"].text(),
                              proxy_config["image"]["imageType"].text());
  data.proxy_init_image =
      image_of(values, data.pod, values["global"]["proxy_init"]["image"].text(), "");
  if (injection.version < istio::Version{1, 18, 0, ""})
    data.estimated_concurrency = estimated_concurrency(injection, proxy_config);
  data.compliance_policy = injection.environment.get("COMPLIANCE_POLICY");
  return template_data(data);
}

}  // namespace

Value inject_pod(const Injection& wanted, base::Clock& clock, base::Random& random) {
  Injection injection = wanted;
  complete_environment(injection);
  Value merged = injection.pod;
  Value rendered = Value::map();
  try {
    validate_annotations(injection.pod);
    const Value proxy_config = proxy_config_of(injection);
    const tmpl::Any data = data_of(injection, proxy_config);
    for (const std::string& name : injection.injector.templates_for(injection.pod)) {
      const Value overlay = overlay_of(injection, name, data, clock, random);
      rendered = merge_pod(rendered, overlay);
      if (wants_native(injection)) follow_native(merged, rendered);
      merged = merge_pod(merged, overlay);
    }
  } catch (const base::Error& error) {
    throw base::Error(std::string("failed to run injection template: ") + error.what());
  }
  merged = reapply_overrides(std::move(merged), injection.pod, rendered);
  if (!(injection.version < istio::Version{1, 20, 0, ""}))
    follow_proxy_user(merged, injection.pod, proxy_config_of(injection));
  finish_pod(merged, rendered, injection);
  return merged;
}

std::map<std::string, std::string> proxy_environment_of(std::string_view path) {
  static const std::map<std::string, std::string, std::less<>> kNames = {
      {"cluster", "ISTIO_META_CLUSTER_ID"}, {"net", "ISTIO_META_NETWORK"}};
  std::map<std::string, std::string> out;
  if (path.ends_with('/')) path.remove_suffix(1);
  const auto pieces = base::split(path, '/');
  // "", "inject", name, value, name, value, …
  for (size_t i = 2; i + 1 < pieces.size(); i += 2) {
    const auto known = kNames.find(pieces[i]);
    std::string name = known != kNames.end() ? known->second : std::string(pieces[i]);
    if (known == kNames.end())
      for (char& c : name)
        if (c >= 'a' && c <= 'z') c -= 'a' - 'A';
    if (!name.empty()) out[name] = base::replace_all(pieces[i + 1], "--slash--", "/");
  }
  return out;
}

namespace {

std::string pointer_step(std::string_view key) {
  return "/" + base::replace_all(base::replace_all(key, "~", "~0"), "/", "~1");
}

void add_operation(Value& operations, const char* op, const std::string& path, const Value& value) {
  operations.push_back(Value::map({{"op", op}, {"path", path}, {"value", value}}));
}

void compare(Value& operations, const std::string& path, const Value& before, const Value& after) {
  if (before == after) return;
  const bool lists = before.is_list() && after.is_list() && before.size() == after.size();
  if (lists) {
    for (size_t i = 0; i < before.size(); ++i)
      compare(operations, fmt::format("{}/{}", path, i), before[i], after[i]);
    return;
  }
  if (!before.is_map() || !after.is_map()) return add_operation(operations, "replace", path, after);
  for (const data::Entry& entry : before.entries())
    if (!after.has(entry.key))
      operations.push_back(
          Value::map({{"op", "remove"}, {"path", path + pointer_step(entry.key)}}));
  for (const data::Entry& entry : after.entries()) {
    const std::string step = path + pointer_step(entry.key);
    if (const Value* old = before.find(entry.key)) {
      compare(operations, step, *old, entry.value);
    } else {
      add_operation(operations, "add", step, entry.value);
    }
  }
}

}  // namespace

Value json_patch_between(const Value& before, const Value& after) {
  Value operations = Value::list();
  compare(operations, "", before, after);
  return operations;
}

}  // namespace jibe::twin
