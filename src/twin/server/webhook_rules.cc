#include "twin/server/webhook_rules.h"

#include "base/strings.h"
#include "kube/selector.h"
#include "kube/status.h"

namespace jibe::twin {

namespace {

using data::Value;

bool holds(const Value& items, std::string_view wanted) {
  for (const Value& item : items.items()) {
    if (item.text() == "*" || item.text() == wanted) return true;
  }
  return false;
}

// An absent selector is the empty one, which matches everything.
kube::LabelSelector selector_of(const Value& selector) {
  return kube::LabelSelector::from_value(selector.is_null() ? Value::map() : selector);
}

bool matches_namespace(const ServerCore& core, const Webhook& webhook, const ApiWrite& write) {
  bool is_namespace = resource_name(*write.resource) == "namespaces";
  if (write.target.ns.empty() && !is_namespace) return true;
  kube::LabelSelector selector = selector_of(webhook.spec["namespaceSelector"]);
  if (selector.empty()) return true;
  if (is_namespace && write.target.subresource.empty() && !write.object.is_null()) {
    return selector.matches(write.object["metadata"]["labels"]);
  }
  const std::string& name = is_namespace ? write.target.name : write.target.ns;
  const Value* found = core.store.find("namespaces", {"", name});
  if (!found) throw kube::not_found("namespaces", name);
  return selector.matches((*found)["metadata"]["labels"]);
}

bool matches_object(const Webhook& webhook, const ApiWrite& write) {
  kube::LabelSelector selector = selector_of(webhook.spec["objectSelector"]);
  if (selector.empty()) return true;
  auto matches = [&](const Value& object) {
    return !object.is_null() && selector.matches(object["metadata"]["labels"]);
  };
  return matches(write.object) || matches(write.old);
}

bool matches_some_rule(const Webhook& webhook, const kube::Gvr& gvr, const ApiWrite& write) {
  for (const Value& rule : webhook.spec["rules"].items()) {
    if (matches_rule(rule, gvr, write.target.subresource, write.operation,
                     !write.target.ns.empty())) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::vector<Webhook> webhooks_of(const ServerCore& core, const std::string& configurations) {
  std::vector<Webhook> webhooks;
  for (const auto& [name, configuration] : core.store.all(configurations)) {
    for (const Value& webhook : configuration["webhooks"].items()) {
      webhooks.push_back({name.name, webhook});
    }
  }
  return webhooks;
}

bool matches_rule(const Value& rule, const kube::Gvr& gvr, const std::string& subresource,
                  const std::string& operation, bool namespaced) {
  const std::string& scope = rule["scope"].text();
  if (scope == "Namespaced" && !namespaced) return false;
  if (scope == "Cluster" && namespaced) return false;
  if (!holds(rule["operations"], operation)) return false;
  if (!holds(rule["apiGroups"], gvr.group)) return false;
  if (!holds(rule["apiVersions"], gvr.version)) return false;
  for (const Value& item : rule["resources"].items()) {
    auto [resource, sub, has_sub] = base::cut(item.text(), "/");
    bool resource_matches = resource == "*" || resource == gvr.resource;
    bool sub_matches = sub == "*" || sub == subresource;
    if (resource_matches && sub_matches) return true;
  }
  return false;
}

ResourcePtr match_webhook(const ServerCore& core, const Webhook& webhook, const ApiWrite& write) {
  const kube::Gvr& own = write.resource->gvr;
  // Otherwise a broken webhook could never be mended.
  if (own.group == "admissionregistration.k8s.io") return nullptr;
  ResourcePtr as;
  if (matches_some_rule(webhook, own, write)) as = write.resource;
  if (!as && webhook.spec["matchPolicy"].text() != "Exact") {
    for (const ResourcePtr& other : core.registry.all()) {
      bool equivalent = other->gvr.group == own.group && other->gvr.resource == own.resource &&
                        other->gvr.version != own.version;
      if (equivalent && matches_some_rule(webhook, other->gvr, write)) {
        as = other;
        break;
      }
    }
  }
  if (!as || !matches_object(webhook, write)) return nullptr;
  return matches_namespace(core, webhook, write) ? as : nullptr;
}

}  // namespace jibe::twin
