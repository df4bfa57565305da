// Namespaces that end (pkg/controller/namespace/deletion, 1.36), and what every namespace gets: a
// service account and the root certificate.
#include <fmt/core.h>

#include <map>

#include "base/coroutine.h"
#include "base/strings.h"
#include "twin/controllers/controllers.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/resources.h"

namespace jibe::twin {

namespace {

struct Remaining {
  // By "pods." or "widgets.example.com", and by finalizer.
  std::map<std::string, size_t> resources;
  std::map<std::string, size_t> finalizers;
  std::vector<std::string> failures;
};

std::string counts(const std::map<std::string, size_t>& by_name, std::string_view verb) {
  std::vector<std::string> parts;
  for (const auto& [name, count] : by_name)
    parts.push_back(fmt::format("{} {} {} resource instances", name, verb, count));
  return base::join(parts, ", ");
}

class NamespaceController : public Controller {
 public:
  explicit NamespaceController(Context context) : Controller(context, "namespace-controller", 3) {}

 protected:
  void watch() override;
  Task<void> sync(std::string key) override;

 private:
  Task<void> clear(kube::Gvr gvr, std::string ns, Remaining& remaining);
  Task<Remaining> clear_all(std::string ns);
  data::Value conditions(const data::Value& ns, const Remaining& remaining) const;
  Task<void> finalize(data::Value ns);
};

void NamespaceController::watch() {
  on(kNamespaces, [this](const WatchEvent& event) {
    if (event.type != "DELETED" && kube::is_terminating(event.object))
      queue_.add(object_name(event.object));
  });
  // What holds up the end of most namespaces.
  on(kPods, [this](const WatchEvent& event) {
    if (event.type == "DELETED") queue_.add(object_namespace(event.object));
  });
}

Task<void> NamespaceController::clear(kube::Gvr gvr, std::string ns, Remaining& remaining) {
  for (const data::Value& object : client_.items(gvr, ns)) {
    if (kube::is_terminating(object)) continue;
    try {
      co_await client_.remove(gvr, object);
    } catch (const kube::StatusError& error) {
      remaining.failures.push_back(error.what());
    }
  }
  const std::string resource = gvr.resource + "." + gvr.group;
  for (const data::Value& object : client_.items(gvr, ns)) {
    ++remaining.resources[resource];
    for (const data::Value& finalizer : object["metadata"]["finalizers"].items())
      ++remaining.finalizers[finalizer.text()];
  }
}

// Pods first: what they use (secrets, policies) must not go under their feet (KEP-5080).
Task<Remaining> NamespaceController::clear_all(std::string ns) {
  Remaining remaining;
  co_await clear(kPods, ns, remaining);
  if (!remaining.resources.empty()) co_return remaining;
  for (const kube::Gvr& gvr : stored_resources(client_.api(), Scope::kNamespaced))
    co_await clear(gvr, ns, remaining);
  co_return remaining;
}

data::Value NamespaceController::conditions(const data::Value& ns,
                                            const Remaining& remaining) const {
  data::Value conditions = ns["status"]["conditions"];
  const auto put = [&](std::string_view type, bool bad, std::string_view reason,
                       const std::string& message) {
    put_condition(conditions,
                  make_condition(type, bad ? "True" : "False", reason, message, timestamp()));
  };
  put("NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered",
      "All resources successfully discovered");
  put("NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions",
      "All legacy kube types successfully parsed");
  if (remaining.failures.empty()) {
    put("NamespaceDeletionContentFailure", false, "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization");
  } else {
    put("NamespaceDeletionContentFailure", true, "ContentDeletionFailed",
        "Failed to delete all resource types, " + std::to_string(remaining.failures.size()) +
            " remaining: " + base::join(remaining.failures, ", "));
  }
  if (remaining.resources.empty()) {
    put("NamespaceContentRemaining", false, "ContentRemoved", "All content successfully removed");
  } else {
    put("NamespaceContentRemaining", true, "SomeResourcesRemain",
        "Some resources are remaining: " + counts(remaining.resources, "has"));
  }
  if (remaining.finalizers.empty()) {
    put("NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers",
        "All content-preserving finalizers finished");
  } else {
    put("NamespaceFinalizersRemaining", true, "SomeFinalizersRemain",
        "Some content in the namespace has finalizers remaining: " +
            counts(remaining.finalizers, "in"));
  }
  return conditions;
}

Task<void> NamespaceController::finalize(data::Value ns) {
  data::Value left = data::Value::list();
  for (const data::Value& finalizer : ns["spec"]["finalizers"].items())
    if (finalizer.text() != "kubernetes") left.push_back(finalizer);
  if (left.size() == ns["spec"]["finalizers"].size()) co_return;
  data::Value spec = ns["spec"];
  spec.set("finalizers", left);
  ns.set("spec", spec);
  co_await client_.update_sub(kNamespaces, ns, "finalize");
}

Task<void> NamespaceController::sync(std::string key) {
  const auto found = client_.get(kNamespaces, "", key);
  if (!found || !kube::is_terminating(*found)) co_return;
  data::Value ns = *found;
  if (ns["status"]["phase"].text() != "Terminating") {
    data::Value status = ns["status"];
    status.set("phase", "Terminating");
    ns.set("status", status);
    ns = co_await client_.update_status(kNamespaces, ns);
  }
  const Remaining remaining = co_await clear_all(key);
  const auto fresh = client_.get(kNamespaces, "", key);
  if (!fresh) co_return;
  ns = *fresh;
  data::Value status = ns["status"];
  status.set("conditions", conditions(ns, remaining));
  if (status != ns["status"]) {
    ns.set("status", status);
    ns = co_await client_.update_status(kNamespaces, ns);
  }
  if (remaining.resources.empty() && remaining.failures.empty()) {
    co_await finalize(ns);
  } else {
    queue_.add_after(key, std::chrono::milliseconds(500));
  }
}

bool is_alive(const data::Value& ns) {
  return !kube::is_terminating(ns) && ns["status"]["phase"].text() != "Terminating";
}

class ServiceAccountController : public Controller {
 public:
  explicit ServiceAccountController(Context context)
      : Controller(context, "service-account-controller") {}

 protected:
  void watch() override {
    on_objects(kNamespaces);
    on(kServiceAccounts, [this](const WatchEvent& event) {
      if (event.type == "DELETED") queue_.add(object_namespace(event.object));
    });
  }
  Task<void> sync(std::string key) override;
};

Task<void> ServiceAccountController::sync(std::string key) {
  const auto ns = client_.get(kNamespaces, "", key);
  if (!ns || !is_alive(*ns) || client_.get(kServiceAccounts, key, "default")) co_return;
  const data::Value account =
      data::Value::map({{"apiVersion", "v1"},
                        {"kind", "ServiceAccount"},
                        {"metadata", data::Value::map({{"name", "default"}, {"namespace", key}})}});
  const Outcome outcome = co_await client_.try_create(kServiceAccounts, account);
  if (!outcome.ok() && !outcome.error->is_already_exists()) throw *outcome.error;
}

constexpr std::string_view kRootCa = "kube-root-ca.crt";

class RootCaController : public Controller {
 public:
  RootCaController(Context context, std::string ca_pem)
      : Controller(context, "root-ca-cert-publisher"), ca_pem_(std::move(ca_pem)) {}

 protected:
  void watch() override {
    on_objects(kNamespaces);
    on(kConfigMaps, [this](const WatchEvent& event) {
      if (event.type != "ADDED" && object_name(event.object) == kRootCa)
        queue_.add(object_namespace(event.object));
    });
  }
  Task<void> sync(std::string key) override;

 private:
  std::string ca_pem_;
};

Task<void> RootCaController::sync(std::string key) {
  const auto ns = client_.get(kNamespaces, "", key);
  if (!ns || !is_alive(*ns)) co_return;
  const data::Value content = data::Value::map({{"ca.crt", ca_pem_}});
  const auto known = client_.get(kConfigMaps, key, std::string(kRootCa));
  if (known && (*known)["data"] == content) co_return;
  data::Value map =
      known ? *known : data::Value::map({{"apiVersion", "v1"}, {"kind", "ConfigMap"}});
  data::Value& metadata = map.edit("metadata");
  metadata.set("name", kRootCa);
  metadata.set("namespace", key);
  metadata.edit("annotations")
      .set("kubernetes.io/description",
           "Contains a CA bundle that can be used to verify the kube-apiserver when using internal "
           "endpoints such as the internal service IP or kubernetes.default.svc. No other usage is "
           "guaranteed across distributions of Kubernetes clusters.");
  map.set("data", content);
  if (known) {
    co_await client_.update(kConfigMaps, map);
  } else {
    co_await client_.create(kConfigMaps, map);
  }
}

constexpr base::Duration kEventTtl = std::chrono::hours(1);

class EventTtlController : public Controller {
 public:
  explicit EventTtlController(Context context) : Controller(context, "event-ttl-controller") {}

 protected:
  void watch() override {
    on(kEvents, [this](const WatchEvent& event) {
      if (event.type != "DELETED") queue_.add_after(key_of(event.object), kEventTtl);
    });
  }
  Task<void> sync(std::string key) override {
    const auto event = client_.get(kEvents, key);
    if (event) co_await client_.remove(kEvents, *event);
  }
};

}  // namespace

std::unique_ptr<Controller> make_namespace_controller(Context context) {
  return std::make_unique<NamespaceController>(context);
}

std::unique_ptr<Controller> make_service_account_controller(Context context) {
  return std::make_unique<ServiceAccountController>(context);
}

std::unique_ptr<Controller> make_root_ca_controller(Context context, std::string ca_pem) {
  return std::make_unique<RootCaController>(context, std::move(ca_pem));
}

std::unique_ptr<Controller> make_event_ttl_controller(Context context) {
  return std::make_unique<EventTtlController>(context);
}

}  // namespace jibe::twin
