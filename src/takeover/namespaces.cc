// Deleting a namespace only where nobody can miss it.
#include <fmt/core.h>

#include "base/coroutine.h"
#include "kube/discovery.h"
#include "kube/wait.h"
#include "takeover/actions.h"

namespace jibe::takeover {

namespace {

const kube::Gvr kNamespaces{"", "v1", "namespaces"};

// What every namespace has, and what controllers leave in it that means nothing without them.
bool is_nobodys(const data::Value& object) {
  const auto& kind = object["kind"].text();
  const auto& name = kube::name_of(object).name;
  if (kind == "Event" || kind == "Endpoints" || kind == "EndpointSlice" || kind == "Lease" ||
      kind == "PodMetrics")
    return true;
  if (kind == "ConfigMap")
    return name == "kube-root-ca.crt" || name == "istio-ca-root-cert" ||
           name == "istio-operator-lock";
  if (kind == "ServiceAccount") return name == "default";
  return kind == "Secret" && object["type"].text() == "kubernetes.io/service-account-token";
}

// What has an owner goes with it; what is on its way out does not count.
bool counts(const data::Value& object) {
  return !is_nobodys(object) && !kube::is_terminating(object) &&
         object["metadata"]["ownerReferences"].empty();
}

// The first object that somebody may need, or nothing.
Task<std::string> content_of(kube::Client& client, std::string ns) {
  auto resources = co_await client.discovery().all();
  for (const auto& resource : resources) {
    if (!resource.namespaced || !resource.has_verb("list") || !resource.has_verb("delete"))
      continue;
    auto found = co_await client.list(resource.gvr, ns);
    for (const auto& object : found.items)
      if (counts(object)) co_return kube::describe(object);
  }
  co_return std::string();
}

}  // namespace

Task<Removed> delete_namespace(Site site, Step step, std::string& kept) {
  auto live = co_await site.client.try_get(kNamespaces, step.object);
  if (!live) co_return Removed{};
  auto content = co_await content_of(site.client, step.object.name);
  if (content.empty()) {
    kube::DeleteOptions options;
    options.uid = kube::uid_of(*live);
    co_await site.client.remove_if_exists(kNamespaces, step.object, options);
    co_await kube::wait_gone(site.client, kNamespaces, step.object, site.patience);
    co_return Removed{"Namespace " + step.object.name};
  }
  kept = fmt::format("namespace {} stays: {} is in it", step.object.name, content);
  auto annotations = data::Value::map({{kLeftBehindAnnotation, nullptr}});
  co_await site.client.patch(
      kNamespaces, step.object, kube::PatchType::kMerge,
      data::Value::map({{"metadata", data::Value::map({{"annotations", annotations}})}}));
  co_return Removed{};
}

}  // namespace jibe::takeover
