#include "lifecycle/apply_set.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/coroutine.h"
#include "base/strings.h"
#include "kube/discovery.h"
#include "kube/object.h"
#include "lifecycle/contract.h"

namespace jibe::lifecycle {

namespace {

const kube::Gvr kNamespaces{"", "v1", "namespaces"};

Task<kube::Gvr> resource_of(kube::Client& client, kube::Gvk gvk) {
  auto resource = co_await client.discovery().for_kind(std::move(gvk));
  co_return resource.gvr;
}

const data::Value* webhook_named(const data::Value& configuration, const std::string& name) {
  for (const auto& webhook : configuration["webhooks"].items())
    if (webhook["name"].text() == name) return &webhook;
  return nullptr;
}

// istiod switches its validators from Ignore to Fail once it answers; that is not drift.
data::Value keep_failure_policy(data::Value wanted, const data::Value& live) {
  if (wanted["kind"].text() != "ValidatingWebhookConfiguration") return wanted;
  for (auto& webhook : wanted.edit("webhooks").edit_items()) {
    const auto* now = webhook_named(live, webhook["name"].text());
    if (now && now->has("failurePolicy")) webhook.set("failurePolicy", (*now)["failurePolicy"]);
  }
  return wanted;
}

std::string latest_other_manager(const data::Value& live) {
  std::string manager;
  std::string time;
  for (const auto& entry : live["metadata"]["managedFields"].items()) {
    if (entry["manager"].text() == kFieldManager || entry["subresource"].is_string()) continue;
    if (entry["time"].text() >= time) {
      time = entry["time"].text();
      manager = entry["manager"].text();
    }
  }
  return manager;
}

bool same_object(const data::Value& a, const data::Value& b) {
  auto x = kube::gvk_of(a);
  auto y = kube::gvk_of(b);
  return x.group == y.group && x.kind == y.kind && kube::name_of(a) == kube::name_of(b);
}

}  // namespace

const std::vector<kube::Gvr>& installation_resources() {
  static const std::vector<kube::Gvr> kResources = {
      {"admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations"},
      {"admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations"},
      {"autoscaling", "v2", "horizontalpodautoscalers"},
      {"policy", "v1", "poddisruptionbudgets"},
      {"apps", "v1", "deployments"},
      {"apps", "v1", "daemonsets"},
      {"", "v1", "services"},
      {"networking.istio.io", "v1alpha3", "envoyfilters"},
      {"networking.k8s.io", "v1", "networkpolicies"},
      {"", "v1", "resourcequotas"},
      {"", "v1", "configmaps"},
      {"", "v1", "secrets"},
      {"rbac.authorization.k8s.io", "v1", "rolebindings"},
      {"rbac.authorization.k8s.io", "v1", "roles"},
      {"rbac.authorization.k8s.io", "v1", "clusterrolebindings"},
      {"rbac.authorization.k8s.io", "v1", "clusterroles"},
      {"", "v1", "serviceaccounts"},
  };
  return kResources;
}

bool same_content(const data::Value& a, const data::Value& b) {
  auto content = [](data::Value object) {
    for (auto field : {"resourceVersion", "generation", "managedFields"})
      object.edit("metadata").erase(field);
    return object;
  };
  return content(a) == content(b);
}

Task<Applied> apply_one(kube::Client& client, data::Value object) {
  auto gvr = co_await resource_of(client, kube::gvk_of(object));
  auto live = co_await client.try_get(gvr, kube::name_of(object));
  if (live) object = keep_failure_policy(std::move(object), *live);
  kube::WriteOptions options;
  options.force = true;
  Applied out;
  out.object = co_await client.apply(gvr, std::move(object), options);
  out.changed = !live || !same_content(*live, out.object);
  if (live && out.changed) out.other_manager = latest_other_manager(*live);
  co_return out;
}

bool serves_all_versions(const data::Value& live, const data::Value& wanted) {
  for (const auto& version : wanted["spec"]["versions"].items()) {
    auto served = live["spec"]["versions"].items();
    bool known = std::any_of(served.begin(), served.end(), [&](const data::Value& v) {
      return v["name"] == version["name"] && v["served"].bool_or(false);
    });
    if (!known && version["served"].bool_or(false)) return false;
  }
  return true;
}

Task<void> ensure_shared(kube::Client& client, data::Value object) {
  auto gvr = co_await resource_of(client, kube::gvk_of(object));
  auto live = co_await client.try_get(gvr, kube::name_of(object));
  bool definition = object["kind"].text() == "CustomResourceDefinition";
  if (live && !(definition && !serves_all_versions(*live, object))) co_return;
  kube::WriteOptions options;
  options.force = true;
  co_await client.apply(gvr, std::move(object), options);
}

Task<void> ensure_namespace(kube::Client& client, std::string name, data::Value labels) {
  auto live = co_await client.try_get(kNamespaces, {"", name});
  if (live) co_return;
  auto metadata = data::Value::map({{"name", name}});
  if (!labels.empty()) metadata.set("labels", labels);
  auto object =
      data::Value::map({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", metadata}});
  co_await client.apply(kNamespaces, std::move(object));
}

Task<std::vector<data::Value>> labelled_objects(kube::Client& client, std::string selector) {
  std::vector<data::Value> out;
  kube::ListOptions which;
  which.labels = std::move(selector);
  for (const auto& gvr : installation_resources()) {
    try {
      auto found = co_await client.list(gvr, "", which);
      out.insert(out.end(), found.items.begin(), found.items.end());
    } catch (const kube::StatusError& error) {
      // a cluster without EnvoyFilters has none
      if (!error.is_not_found()) throw;
    }
  }
  co_return out;
}

std::vector<data::Value> not_wanted(const std::vector<data::Value>& live,
                                    const std::vector<data::Value>& wanted) {
  std::vector<data::Value> out;
  for (const auto& object : live) {
    bool keep = std::any_of(wanted.begin(), wanted.end(),
                            [&](const data::Value& w) { return same_object(object, w); });
    if (!keep) out.push_back(object);
  }
  return out;
}

}  // namespace jibe::lifecycle
