#include "twin/mesh/inject_finish.h"

#include "base/strings.h"
#include "data/json.h"
#include "data/yaml.h"
#include "istio/names.h"
#include "kube/object.h"
#include "twin/mesh/inject_merge.h"
#include "twin/mesh/inject_probes.h"
#include "twin/mesh/mesh_config.h"
#include "twin/mesh/ordered_json.h"

namespace jibe::twin {

using data::Value;

namespace {

// strconv.ParseBool; nullopt for anything else.
std::optional<bool> parse_bool(const std::string& text) {
  for (const char* yes : {"1", "t", "T", "true", "TRUE", "True"})
    if (text == yes) return true;
  for (const char* no : {"0", "f", "F", "false", "FALSE", "False"})
    if (text == no) return false;
  return std::nullopt;
}

std::string with_underscores(std::string name) {
  for (char& c : name) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!word) c = '_';
  }
  return name;
}

const std::string& prometheus_text(const Value& pod, std::string_view name) {
  static const std::string kEmpty;
  const Value* value = find_prometheus_annotation(pod, name);
  return value == nullptr ? kEmpty : value->text();
}

// The settings that reach the proxy's container: those of the URL and of the values win over the
// template's and stand at the end.
void set_proxy_environment(Value& pod, const std::map<std::string, std::string>& variables) {
  Value* proxy = edit_container(pod, kProxyContainer);
  if (proxy == nullptr || variables.empty()) return;
  Value list = Value::list();
  const Value& before = (*proxy)["env"];
  for (const Value& entry : before.items())
    if (!variables.contains(entry["name"].text())) list.push_back(entry);
  for (const auto& [name, value] : variables)
    list.push_back(Value::map({{"name", name}, {"value", value}}));
  proxy->set("env", std::move(list));
}

bool merges_metrics(const Value& pod, const Value& mesh) {
  const auto own = parse_bool(kube::annotation_of(pod, "prometheus.istio.io/merge-metrics"));
  return own.value_or(mesh["enablePrometheusMerge"].bool_or(true));
}

// "8080:/metrics,9100" of prometheus.istio.io/scrape-targets, since 1.31; null where there is none.
Value scrape_targets(const Value& pod, const istio::Version& version) {
  Value out;
  if (version < istio::Version{1, 31, 0, ""}) return out;
  const std::string& text = prometheus_text(pod, "prometheus_istio_io_scrape_targets");
  for (std::string_view entry : base::split(text, ',')) {
    const auto [port, path, found] = base::cut(base::trim(entry), ":");
    if (base::trim(port).empty()) continue;
    const std::string_view own = base::trim(path);
    out.push_back(
        Value::map({{"port", base::trim(port)}, {"path", own.empty() ? "/metrics" : own}}));
  }
  return out;
}

// {"scrape":…,"path":…,"port":…,"targets":[…]} as the agent reads it; "" where the pod says
// nothing.
std::string scrape_configuration(const Value& pod, const istio::Version& version) {
  Value out = Value::map({{"scrape", prometheus_text(pod, "prometheus_io_scrape")},
                          {"path", prometheus_text(pod, "prometheus_io_path")},
                          {"port", prometheus_text(pod, "prometheus_io_port")}});
  const Value targets = scrape_targets(pod, version);
  // Agents that know one target alone take the first.
  if (!targets.empty()) {
    out.set("path", targets[0]["path"]);
    out.set("port", targets[0]["port"]);
  }
  bool any = false;
  for (const data::Entry& entry : out.entries()) any = any || !entry.value.text().empty();
  if (!any) return "";
  std::string text = ordered_json(out, {"scrape", "path", "port"});
  if (targets.empty()) return text;
  text.back() = ',';
  text += "\"targets\":[";
  for (size_t i = 0; i < targets.size(); ++i)
    text += (i > 0 ? "," : "") + ordered_json(targets[i], {"port", "path"});
  return text + "]}";
}

// The agent scrapes the application and gives both metrics together: Prometheus is sent to it, and
// it learns where the application's are.
void merge_metrics(Value& pod, const Value& mesh, const istio::Version& version) {
  const Value* scrape = find_prometheus_annotation(pod, "prometheus_io_scrape");
  if (scrape != nullptr && !parse_bool(scrape->text()).value_or(true)) return;
  if (!merges_metrics(pod, mesh)) return;
  const std::string port = std::to_string(mesh["defaultConfig"]["statusPort"].int_or(15020));
  if (prometheus_text(pod, "prometheus_io_port") == port) return;
  const std::string wanted = scrape_configuration(pod, version);
  Value* proxy = edit_container(pod, kProxyContainer);
  if (proxy != nullptr && !wanted.empty())
    proxy->edit("env").push_back(
        Value::map({{"name", "ISTIO_PROMETHEUS_ANNOTATIONS"}, {"value", wanted}}));
  clear_prometheus_annotations(pod);
  Value& annotations = pod.edit("metadata").edit("annotations");
  annotations.set("prometheus.io/port", port);
  annotations.set("prometheus.io/path", "/stats/prometheus");
  annotations.set("prometheus.io/scrape", "true");
}

Value names_in(const Value& list) {
  if (list.empty()) return nullptr;
  Value out = Value::list();
  for (const Value& item : list.items()) out.push_back(item["name"]);
  return out;
}

std::string injection_status(const Value& rendered, const std::string& revision) {
  const Value& spec = rendered["spec"];
  Value status = Value::map({{"revision", revision.empty() ? "default" : revision}});
  const FieldOrder lists = {"initContainers", "containers", "volumes", "imagePullSecrets"};
  FieldOrder order = lists;
  order.push_back("revision");
  for (std::string_view list : lists) status.set(list, names_in(spec[list]));
  return ordered_json(status, order);
}

bool holds_application(const Injection& injection) {
  Value config = injection.mesh_config["defaultConfig"];
  const std::string& own = kube::annotation_of(injection.pod, "proxy.istio.io/config");
  if (!own.empty()) config = overlay_proxy_config(config, data::parse_yaml(own));
  const Value& values = injection.injector.values["global"]["proxy"];
  return config["holdApplicationUntilProxyStarts"].bool_or(false) ||
         values["holdApplicationUntilProxyStarts"].bool_or(false);
}

// The proxy is last, so that kubectl exec means the application, or first where the application
// waits for it. A native sidecar comes right after what sets up its traffic, before all other init
// containers; otherwise those run before the traffic is redirected.
void reorder(Value& pod, const Injection& injection) {
  move_container(pod, "containers", kProxyContainer,
                 holds_application(injection) ? Place::kFirst : Place::kLast);
  const char* list = "initContainers";
  const bool native = find_container(pod["spec"][list], kProxyContainer) != std::string::npos;
  if (native) {
    for (const char* name :
         {kCoreDumpContainer, kProxyContainer, kValidationContainer, kInitContainer})
      move_container(pod, list, name, Place::kFirst);
    return;
  }
  move_container(pod, list, kValidationContainer, Place::kFirst);
  move_container(pod, list, kInitContainer, Place::kLast);
  move_container(pod, list, kCoreDumpContainer, Place::kLast);
}

bool rewrites_probes(const Value& pod, const Value& values) {
  const auto own = parse_bool(kube::annotation_of(pod, "sidecar.istio.io/rewriteAppHTTPProbers"));
  return own.value_or(values["sidecarInjectorWebhook"]["rewriteAppHTTPProbe"].bool_or(false));
}

}  // namespace

const Value* find_prometheus_annotation(const Value& pod, std::string_view name) {
  for (const data::Entry& entry : pod["metadata"]["annotations"].entries())
    if (with_underscores(entry.key) == name) return &entry.value;
  return nullptr;
}

void clear_prometheus_annotations(Value& pod) {
  if (pod["metadata"]["annotations"].empty()) return;
  Value& annotations = pod.edit("metadata").edit("annotations");
  const Value before = annotations;
  for (const data::Entry& entry : before.entries()) {
    const std::string plain = with_underscores(entry.key);
    if (plain == "prometheus_io_path" || plain == "prometheus_io_port" ||
        plain == "prometheus_io_scrape" || plain == "prometheus_istio_io_scrape_targets")
      annotations.erase(entry.key);
  }
}

void finish_pod(Value& pod, const Value& rendered, const Injection& injection) {
  set_proxy_environment(pod, injection.proxy_environment);
  merge_metrics(pod, injection.mesh_config, injection.version);
  if (edit_container(pod, kProxyContainer) != nullptr &&
      rewrites_probes(pod, injection.injector.values))
    rewrite_probes(pod, injection.mesh_config, injection.version);
  const auto network = injection.proxy_environment.find("ISTIO_META_NETWORK");
  if (network != injection.proxy_environment.end())
    pod.edit("metadata").edit("labels").set("topology.istio.io/network", network->second);
  Value& annotations = pod.edit("metadata").edit("annotations");
  annotations.set(istio::kStatusAnnotation, injection_status(rendered, injection.revision));
  const Value& more = injection.injector.config["injectedAnnotations"];
  for (const data::Entry& entry : more.entries()) annotations.set(entry.key, entry.value);
  reorder(pod, injection);
}

}  // namespace jibe::twin
