#include "twin/mesh/upkeep.h"

#include <algorithm>

#include "base/coroutine.h"
#include "base/strings.h"
#include "istio/injection.h"
#include "istio/names.h"
#include "kube/object.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"

namespace jibe::twin {

using data::Value;

namespace {

const kube::Gvr kMutating{"admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations"};
const kube::Gvr kValidating{"admissionregistration.k8s.io", "v1",
                            "validatingwebhookconfigurations"};
const kube::Gvr kGateways{"networking.istio.io", "v1beta1", "gateways"};
constexpr const char* kRootMap = "istio-ca-root-cert";
constexpr base::Duration kSyncDeadline = std::chrono::seconds(30);
constexpr base::Duration kRetry = std::chrono::seconds(1);

kube::CacheOptions cache_of(const kube::Gvr& gvr, kube::ListOptions selection = {}) {
  kube::CacheOptions out;
  out.reflect.gvr = gvr;
  out.reflect.selection = std::move(selection);
  return out;
}

// pkg/kube/inject IgnoredNamespaces.
bool is_ignored(const std::string& ns) {
  return ns == "kube-system" || ns == "kube-public" || ns == "kube-node-lease" ||
         ns == "local-path-storage";
}

}  // namespace

Upkeep::Upkeep(kube::Client& client, const IstiodIdentity& identity)
    : client_(client),
      identity_(identity),
      changed_(client.runtime()),
      namespaces_(client, cache_of(kNamespaces)),
      root_maps_(client, cache_of(kConfigMaps, {"", std::string("metadata.name=") + kRootMap, ""})),
      injectors_(
          client,
          cache_of(kMutating, {std::string(istio::kRevLabel) + "=" + identity.revision, "", ""})),
      validators_(client,
                  cache_of(kValidating,
                           {std::string(istio::kRevLabel) + "=" + identity.revision, "", ""})) {
  for (kube::Cache* cache : {&namespaces_, &root_maps_, &injectors_, &validators_})
    cache->on_change([this](const kube::Change&) { changed_.set(); });
}

Task<void> Upkeep::start(rt::TaskGroup& group) {
  for (kube::Cache* cache : {&namespaces_, &root_maps_, &injectors_, &validators_})
    group.spawn("istiod " + identity_.revision + " watches " + cache->gvr().resource, cache->run());
  for (kube::Cache* cache : {&namespaces_, &root_maps_, &injectors_, &validators_})
    co_await cache->wait_synced(kSyncDeadline);
}

Task<void> Upkeep::run(std::string root_pem) {
  root_pem_ = std::move(root_pem);
  ca_bundle_ = base::base64_encode(root_pem_);
  while (true) {
    changed_.reset();
    const bool done = co_await reconcile();
    if (done) {
      co_await changed_.wait();
    } else {
      co_await client_.runtime().sleep(kRetry);
    }
  }
}

Task<bool> Upkeep::attempt(std::string what, Task<void> step) {
  try {
    co_await std::move(step);
    co_return true;
  } catch (const base::Cancelled&) {
    throw;
  } catch (const base::Error& error) {
    client_.runtime().log().info(
        "istiod will try again",
        {{"revision", identity_.revision}, {"what", what}, {"error", error.what()}});
  }
  co_return false;
}

Task<bool> Upkeep::reconcile() {
  bool done = true;
  for (const Value& configuration : injectors_.list()) {
    const bool ok = co_await attempt(object_name(configuration), patch_injector(configuration));
    done = done && ok;
  }
  for (const Value& configuration : validators_.list()) {
    const bool ok = co_await attempt(object_name(configuration), patch_validator(configuration));
    done = done && ok;
  }
  for (const Value& ns : namespaces_.list()) {
    const std::string name = object_name(ns);
    if (is_ignored(name) || kube::is_terminating(ns)) continue;
    const bool ok = co_await attempt(name + "/" + kRootMap, distribute_root(name));
    done = done && ok;
  }
  co_return done;
}

Task<void> Upkeep::distribute_root(std::string ns) {
  const Value* known = root_maps_.find({ns, kRootMap});
  if (known != nullptr && (*known)["data"]["root-cert.pem"].text() == root_pem_) co_return;
  Value map = known != nullptr
                  ? *known
                  : Value::map({{"apiVersion", "v1"},
                                {"kind", "ConfigMap"},
                                {"metadata", Value::map({{"name", kRootMap}, {"namespace", ns}})}});
  map.edit("metadata").edit("labels").set("istio.io/config", "true");
  map.edit("data").set("root-cert.pem", root_pem_);
  if (known != nullptr) {
    co_await client_.update(kConfigMaps, map);
    co_return;
  }
  try {
    co_await client_.create(kConfigMaps, map);
  } catch (const kube::StatusError& error) {
    // Of another istiod, or the namespace has begun to go.
    if (!error.is_already_exists() && !is_namespace_terminating(error)) throw;
  }
}

Task<void> Upkeep::patch_injector(Value configuration) {
  bool changed = false;
  for (Value& webhook : configuration.edit("webhooks").edit_items()) {
    if (!istio::is_sidecar_injector(webhook)) continue;
    if (webhook["clientConfig"]["caBundle"].text() == ca_bundle_) continue;
    webhook.edit("clientConfig").set("caBundle", ca_bundle_);
    changed = true;
  }
  if (changed) co_await client_.update(kMutating, configuration);
}

Task<bool> Upkeep::rejects_bad_config() {
  if (validates_) co_return true;
  const Value bad = Value::map(
      {{"apiVersion", kGateways.api_version()},
       {"kind", "Gateway"},
       {"metadata",
        Value::map(
            {{"name", "invalid-gateway"},
             {"namespace", identity_.ns},
             {"labels", Value::map({{istio::kRevLabel, identity_.revision}})},
             {"annotations", Value::map({{"internal.istio.io/webhook-always-reject", "true"}})}})},
       {"spec", Value::map()}});
  kube::WriteOptions dry_run;
  dry_run.dry_run = true;
  try {
    co_await client_.create(kGateways, bad, dry_run);
  } catch (const kube::StatusError& error) {
    // Without Gateways there is nothing to refuse.
    validates_ = error.is_not_found() || base::contains(error.what(), "denied the request") ||
                 base::contains(error.what(), "does not support dry run");
  }
  co_return validates_;
}

Task<void> Upkeep::patch_validator(Value configuration) {
  const auto webhooks = configuration["webhooks"].items();
  const bool fails = std::all_of(webhooks.begin(), webhooks.end(), [](const Value& webhook) {
    return webhook["failurePolicy"].text() == "Fail";
  });
  const bool trusted = std::all_of(webhooks.begin(), webhooks.end(), [this](const Value& webhook) {
    return webhook["clientConfig"]["caBundle"].text() == ca_bundle_;
  });
  if (fails && trusted) co_return;
  const bool ready = fails || co_await rejects_bad_config();
  if (!ready && trusted) throw base::Error("the validation webhook does not answer yet");
  for (Value& webhook : configuration.edit("webhooks").edit_items()) {
    webhook.edit("clientConfig").set("caBundle", ca_bundle_);
    if (ready) webhook.set("failurePolicy", "Fail");
  }
  co_await client_.update(kValidating, configuration);
}

}  // namespace jibe::twin
