#include "twin/mesh/helm_reconciler.h"

#include <fmt/core.h>

#include <set>

#include "base/coroutine.h"
#include "base/strings.h"
#include "istio/manifest.h"
#include "istio/names.h"
#include "istio/proxy_status.h"
#include "kube/discovery.h"
#include "kube/wait.h"
#include "twin/controllers/kinds.h"

namespace jibe::twin {

namespace {

constexpr std::string_view kNetworkLabel = "topology.istio.io/network";
constexpr const char* kFieldOwner = "istio-operator";

bool daemon_set_complete(const data::Value& object) {
  const auto& status = object["status"];
  int64_t wanted = status["desiredNumberScheduled"].int_or(0);
  return status["observedGeneration"].int_or(0) >= object["metadata"]["generation"].int_or(0) &&
         status["updatedNumberScheduled"].int_or(0) >= wanted &&
         status["numberAvailable"].int_or(0) >= wanted;
}

// Null where an object of the kind is not waited for.
kube::Predicate readiness_of(const data::Value& object) {
  const auto& kind = object["kind"].text();
  if (kind == "Deployment") return kube::deployment_complete;
  if (kind == "DaemonSet") return daemon_set_complete;
  if (kind == "CustomResourceDefinition")
    return [](const data::Value& live) { return kube::condition_true(live, "Established"); };
  return nullptr;
}

data::Value install_status(const std::map<std::string, std::string>& errors) {
  data::Value out = data::Value::map({{"status", "HEALTHY"}});
  out.set("componentStatus", data::Value::map());
  for (const auto& [component, error] : errors) {
    auto status = data::Value::map({{"status", error.empty() ? "HEALTHY" : "ERROR"}});
    if (!error.empty()) {
      status.set("error", error);
      out.set("status", "ERROR");
    }
    out.edit("componentStatus").set(component, status);
  }
  return out;
}

}  // namespace

HelmReconciler::HelmReconciler(kube::Client& client, istio::ReleasePtr release,
                               base::Duration patience)
    : client_(client), release_(std::move(release)), patience_(patience) {}

HelmReconciler::Key HelmReconciler::key_of(const data::Value& object) {
  auto gvk = kube::gvk_of(object);
  auto name = kube::name_of(object);
  return {gvk.group, gvk.kind, name.ns, name.name};
}

Task<std::vector<istio::ComponentManifest>> HelmReconciler::render(data::Value iop) {
  const data::Value version = co_await client_.discovery().server_version();
  istio::GenerateOptions options;
  options.kube_version = version["gitVersion"].text();
  options.random = &client_.runtime().random();
  options.clock = &client_.runtime();
  co_return istio::generate_manifests({iop}, *release_, options);
}

// Components depend on each other (Base, then Pilot, then the rest); the order in which they are
// rendered is one that satisfies it. What depends on a failed one is tried nevertheless.
Task<data::Value> HelmReconciler::reconcile(data::Value iop, istio::Owner owner) {
  co_await ensure_istio_namespace(iop);
  auto components = co_await render(iop);
  std::map<std::string, std::string> errors;
  for (const auto& component : components) {
    if (component.objects.empty()) continue;
    auto& error = errors[component.component];
    try {
      co_await apply_component(component, owner);
    } catch (const base::Cancelled&) {
      throw;
    } catch (const base::Error& failure) {
      error = failure.what();
    }
  }
  co_await prune(components, owner);
  co_return install_status(errors);
}

// Only Istio's own namespace is created, with the network that its proxies are in; the namespaces
// of gateways must be there.
Task<void> HelmReconciler::ensure_istio_namespace(data::Value iop) {
  auto merged = istio::merged_operator(iop, *release_);
  const auto& global = merged.spec["values"]["global"];
  auto name = global["istioNamespace"].string_or(merged.ns);
  auto live = co_await client_.try_get(kNamespaces, {"", name});
  if (live) co_return;
  auto metadata = data::Value::map({{"name", name}});
  if (!global["network"].text().empty())
    metadata.set("labels", data::Value::map({{kNetworkLabel, global["network"]}}));
  auto object =
      data::Value::map({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", metadata}});
  co_await client_.create(kNamespaces, object);
}

Task<void> HelmReconciler::apply_component(istio::ComponentManifest component, istio::Owner owner) {
  std::vector<data::Value> changed;
  for (const auto& object : component.objects) {
    auto labelled = istio::with_owner_labels(object, owner, component.component);
    auto known = applied_.find(key_of(object));
    if (known == applied_.end() || !(known->second == labelled)) changed.push_back(labelled);
  }
  istio::sort_as_operator(changed);
  kube::WriteOptions options;
  options.field_manager = kFieldOwner;
  options.force = true;
  std::string first_error;
  for (const auto& object : changed) {
    try {
      co_await client_.apply_object(object, options);
      applied_[key_of(object)] = object;
    } catch (const base::Cancelled&) {
      throw;
    } catch (const base::Error& error) {
      if (first_error.empty())
        first_error = fmt::format("{}: {}", kube::describe(object), error.what());
    }
  }
  if (!first_error.empty()) throw base::Error(first_error);
  co_await wait_for(changed);
}

Task<void> HelmReconciler::wait_for(std::vector<data::Value> objects) {
  auto deadline = client_.runtime().now() + patience_;
  for (const auto& object : objects) {
    auto ready = readiness_of(object);
    if (!ready) continue;
    auto resource = co_await client_.discovery().for_kind(kube::gvk_of(object));
    co_await kube::wait_until(client_, resource.gvr, kube::name_of(object), ready,
                              deadline - client_.runtime().now(), kube::describe(object));
  }
}

Task<std::vector<data::Value>> HelmReconciler::list(kube::Gvr gvr, std::string labels) {
  kube::ListOptions which;
  which.labels = std::move(labels);
  try {
    auto found = co_await client_.list(gvr, "", which);
    co_return found.items;
  } catch (const kube::StatusError& error) {
    // Istio's own kinds are not served everywhere.
    if (!error.is_not_found()) throw;
  }
  co_return std::vector<data::Value>();
}

Task<void> HelmReconciler::prune(std::vector<istio::ComponentManifest> wanted, istio::Owner owner) {
  std::set<std::pair<std::string, Key>> keep;
  for (const auto& component : wanted)
    for (const auto& object : component.objects) keep.emplace(component.component, key_of(object));
  kube::DeleteOptions options;
  options.propagation = kube::Propagation::kBackground;
  for (const auto& gvr : istio::owned_resources(release_->version())) {
    auto live = co_await list(gvr, istio::owner_selector(owner));
    for (const auto& object : live) {
      if (keep.contains({kube::label_of(object, istio::kComponentLabel), key_of(object)})) continue;
      if (kube::label_of(object, istio::kNotPrunedLabel) == "true") continue;
      co_await client_.remove_if_exists(gvr, kube::name_of(object), options);
      forget(object);
    }
  }
}

Task<void> HelmReconciler::remove_matching(std::string labels) {
  kube::DeleteOptions options;
  options.propagation = kube::Propagation::kBackground;
  for (const auto& gvr : istio::owned_resources(release_->version())) {
    auto live = co_await list(gvr, labels);
    for (const auto& object : live)
      co_await client_.remove_if_exists(gvr, kube::name_of(object), options);
  }
}

Task<void> HelmReconciler::refuse_while_connected(istio::Owner owner) {
  auto pods =
      co_await list(kPods, fmt::format("app=istiod,{}={}", istio::kRevLabel, owner.revision));
  std::set<std::string> mine;
  for (const auto& pod : pods) mine.insert(kube::name_of(pod).name);
  auto status = co_await istio::proxy_status(client_);
  std::vector<std::string> proxies;
  for (const auto& connection : status.connections)
    if (mine.contains(connection.istiod)) proxies.push_back(connection.proxy);
  if (!proxies.empty())
    throw base::Error(fmt::format(
        "action is required before deleting the iop instance: there are proxies still pointing to "
        "the pruned control plane: {}.",
        base::join(proxies, " ")));
}

Task<void> HelmReconciler::remove(data::Value iop, istio::Owner owner) {
  applied_.clear();
  if (iop["spec"]["revision"].text().empty()) {
    co_await remove_matching(istio::owner_selector(owner));
    co_return;
  }
  std::set<std::string> components;
  for (const auto& component : co_await render(iop))
    if (component.component != "Base") components.insert(component.component);
  bool asks = !(release_->version() < istio::Version{1, 16, 0, ""});
  if (asks && components.contains("Pilot")) co_await refuse_while_connected(owner);
  for (const auto& component : components)
    co_await remove_matching(istio::revision_selector(owner, component, release_->version()));
}

void HelmReconciler::forget(const data::Value& object) {
  applied_.erase(key_of(object));
}

}  // namespace jibe::twin
