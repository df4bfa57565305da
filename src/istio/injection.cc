#include "istio/injection.h"

#include <algorithm>

#include "base/strings.h"
#include "istio/names.h"
#include "kube/object.h"
#include "kube/selector.h"

namespace jibe::istio {

namespace {

constexpr std::string_view kInjectorSuffix = "sidecar-injector.istio.io";

bool lists(const data::Value& list, std::string_view wanted) {
  for (const auto& item : list.items())
    if (item.text() == "*" || item.text() == wanted) return true;
  return false;
}

bool rules_cover_pod_creation(const data::Value& webhook) {
  for (const auto& rule : webhook["rules"].items()) {
    const auto& scope = rule["scope"].text();
    bool group = lists(rule["apiGroups"], "") && lists(rule["apiVersions"], "v1");
    bool scoped = scope.empty() || scope == "*" || scope == "Namespaced";
    if (group && scoped && lists(rule["resources"], "pods") && lists(rule["operations"], "CREATE"))
      return true;
  }
  return false;
}

// An absent selector of a webhook is defaulted to {} by the API server: it matches everything.
bool selects(const data::Value& selector, const data::Value& labels) {
  return selector.is_null() || kube::LabelSelector::from_value(selector).matches(labels);
}

InjectorMatch match_of(const data::Value& configuration, const data::Value& webhook) {
  const auto& service = webhook["clientConfig"]["service"];
  InjectorMatch out;
  out.configuration = configuration["metadata"]["name"].text();
  out.webhook = webhook["name"].text();
  out.service_namespace = service["namespace"].text();
  out.service = service["name"].text();
  out.url = webhook["clientConfig"]["url"].text();
  out.revision = revision_from_label(kube::label_of(configuration, kRevLabel));
  out.tag = kube::label_of(configuration, kTagLabel);
  return out;
}

bool any_selector_matches(const data::Value& selectors, const data::Value& labels) {
  for (const auto& item : selectors.items()) {
    auto selector = kube::LabelSelector::from_value(item);
    if (!selector.empty() && selector.matches(labels)) return true;
  }
  return false;
}

bool is_system_namespace(const std::string& name) {
  for (std::string_view system :
       {"kube-system", "kube-public", "kube-node-lease", "local-path-storage"})
    if (name == system) return true;
  return false;
}

}  // namespace

bool is_sidecar_injector(const data::Value& webhook) {
  const auto& name = webhook["name"].text();
  return name.size() >= kInjectorSuffix.size() &&
         std::string_view(name).substr(name.size() - kInjectorSuffix.size()) == kInjectorSuffix;
}

bool webhook_matches_pod(const data::Value& webhook, const data::Value& namespace_labels,
                         const data::Value& pod_labels) {
  return rules_cover_pod_creation(webhook) &&
         selects(webhook["namespaceSelector"], namespace_labels) &&
         selects(webhook["objectSelector"], pod_labels);
}

std::vector<InjectorMatch> injectors_of(std::span<const data::Value> configurations,
                                        const data::Value& namespace_labels,
                                        const data::Value& pod_labels) {
  std::vector<const data::Value*> ordered;
  for (const auto& configuration : configurations) ordered.push_back(&configuration);
  std::sort(ordered.begin(), ordered.end(), [](const data::Value* a, const data::Value* b) {
    return (*a)["metadata"]["name"].text() < (*b)["metadata"]["name"].text();
  });
  std::vector<InjectorMatch> out;
  for (const auto* configuration : ordered)
    for (const auto& webhook : (*configuration)["webhooks"].items())
      if (is_sidecar_injector(webhook) &&
          webhook_matches_pod(webhook, namespace_labels, pod_labels))
        out.push_back(match_of(*configuration, webhook));
  return out;
}

std::vector<std::string> distinct_injectors(const std::vector<InjectorMatch>& matches) {
  std::vector<std::string> out;
  for (const auto& match : matches)
    if (std::find(out.begin(), out.end(), match.injector()) == out.end())
      out.push_back(match.injector());
  return out;
}

bool injection_required(const data::Value& config, const data::Value& pod,
                        const std::string& namespace_name) {
  if (pod["spec"]["hostNetwork"].bool_or(false) || is_system_namespace(namespace_name))
    return false;
  // The label is the newer interface and wins over the annotation of the same name.
  const auto& label = pod["metadata"]["labels"][kInjectLabel];
  const auto& wish = label.is_string() ? label.text() : kube::annotation_of(pod, kInjectLabel);
  bool enabled = config["policy"].text() == "enabled";
  if (!enabled && config["policy"].text() != "disabled") return false;
  if (wish == "true") return true;
  if (wish == "false") return false;
  const auto& labels = pod["metadata"]["labels"];
  if (any_selector_matches(config["neverInjectSelector"], labels)) return false;
  if (any_selector_matches(config["alwaysInjectSelector"], labels)) return true;
  return enabled;
}

}  // namespace jibe::istio
