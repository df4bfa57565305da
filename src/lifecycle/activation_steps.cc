#include "lifecycle/activation_steps.h"

#include <fmt/core.h>

#include "base/coroutine.h"
#include "data/json.h"
#include "helm/render.h"
#include "istio/activation.h"
#include "istio/injection.h"
#include "istio/names.h"
#include "lifecycle/contract.h"

namespace jibe::lifecycle {

namespace {

const kube::Gvr kMutating{"admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations"};
const kube::Gvr kValidating{"admissionregistration.k8s.io", "v1",
                            "validatingwebhookconfigurations"};
const kube::Gvr kConfigMaps{"", "v1", "configmaps"};
constexpr std::string_view kTag = "istio-revision-tag-default";
constexpr std::string_view kValidator = "istiod-default-validator";

struct Webhooks {
  std::vector<data::Value> mutating;
  std::vector<data::Value> validating;

  const data::Value* find(std::string_view name) const {
    for (const auto* list : {&mutating, &validating})
      for (const auto& object : *list)
        if (kube::name_of(object).name == name) return &object;
    return nullptr;
  }
};

Task<Webhooks> read_webhooks(kube::Client& client) {
  Webhooks out;
  auto mutating = co_await client.list(kMutating);
  auto validating = co_await client.list(kValidating);
  out.mutating = std::move(mutating.items);
  out.validating = std::move(validating.items);
  co_return out;
}

std::vector<istio::InjectorMatch> default_matches(const Webhooks& webhooks) {
  return istio::injectors_of(webhooks.mutating,
                             data::Value::map({{istio::kInjectionLabel, "enabled"}}), {});
}

// The CA of the revision's own injector: the tag must trust the same istiod.
data::Value ca_bundle_of(const Webhooks& webhooks, const base::Revision& revision) {
  for (const auto& configuration : webhooks.mutating)
    if (kube::label_of(configuration, istio::kRevLabel) == istio::rev_label(revision) &&
        kube::label_of(configuration, istio::kTagLabel).empty())
      return configuration["webhooks"][0]["clientConfig"]["caBundle"];
  return {};
}

void set_ca_bundle(data::Value& configuration, const data::Value& bundle) {
  if (bundle.is_null()) return;
  for (auto& webhook : configuration.edit("webhooks").edit_items())
    webhook.edit("clientConfig").set("caBundle", bundle);
}

// The tag `default` and the default validator, as charts/default of the release renders them. What
// newer charts add for remote clusters (a Service for the tag) is no part of the default revision.
std::vector<data::Value> tag_objects(kube::Client& client, const DefaultRevision& wanted) {
  auto values =
      data::Value::map({{"revision", wanted.revision.str()},
                        {"global", data::Value::map({{"istioNamespace", wanted.istio_namespace}})},
                        {"base", data::Value::map({{"validationURL", ""}})},
                        {"istiodRemote", data::Value::map({{"injectionURL", ""}})}});
  helm::RenderOptions options;
  options.release.name = "istio";
  options.release.release_namespace = wanted.istio_namespace;
  auto& runtime = client.runtime();
  auto rendered =
      helm::render(*wanted.release->chart("default"), values, options, runtime.random(), runtime);
  std::vector<data::Value> out;
  for (const auto& manifest : rendered.manifests)
    if (manifest.kind.ends_with("WebhookConfiguration")) out.push_back(manifest.document());
  return out;
}

// Configurations that inject by default and are neither the tag nor the revision itself.
std::vector<std::string> earlier_injectors(const Webhooks& webhooks) {
  std::vector<std::string> out;
  for (const auto& match : default_matches(webhooks))
    if (match.configuration != kTag &&
        std::find(out.begin(), out.end(), match.configuration) == out.end())
      out.push_back(match.configuration);
  return out;
}

kube::ObjectName record_name(const DefaultRevision& wanted) {
  return {wanted.istio_namespace, "jibe-default-revision-" + wanted.revision.str()};
}

Task<std::optional<istio::ActivationRecord>> read_record(kube::Client& client,
                                                         DefaultRevision wanted) {
  auto found = co_await client.try_get(kConfigMaps, record_name(wanted));
  if (!found) co_return std::nullopt;
  auto value = data::parse_json((*found)["data"]["before"].text());
  co_return istio::ActivationRecord::from_value(value);
}

Task<void> write_record(kube::Client& client, DefaultRevision wanted, Webhooks webhooks) {
  istio::ActivationRecord record;
  for (const auto& name : earlier_injectors(webhooks))
    record.before.emplace_back(name, *webhooks.find(name));
  for (auto name : {kTag, kValidator}) {
    const auto* object = webhooks.find(name);
    record.before.emplace_back(std::string(name), object ? *object : data::Value());
  }
  auto place = record_name(wanted);
  auto metadata = data::Value::map({{"name", place.name}, {"namespace", place.ns}});
  auto content = data::Value::map({{"before", data::to_json(record.to_value())}});
  auto object = data::Value::map(
      {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", metadata}, {"data", content}});
  co_await client.create(kConfigMaps, object);
}

Task<void> point_earlier_injectors(kube::Client& client, DefaultRevision wanted,
                                   Webhooks webhooks) {
  auto service = istio::istiod_name(wanted.revision);
  auto bundle = ca_bundle_of(webhooks, wanted.revision);
  for (const auto& name : earlier_injectors(webhooks)) {
    auto before = *webhooks.find(name);
    auto after = istio::point_injector_to(before, wanted.istio_namespace, service);
    if (after == before) continue;
    set_ca_bundle(after, bundle);
    co_await client.update(kMutating, after);
  }
}

Task<void> apply_tag(kube::Client& client, DefaultRevision wanted, Webhooks webhooks) {
  auto bundle = ca_bundle_of(webhooks, wanted.revision);
  kube::WriteOptions options;
  options.force = true;
  for (auto& object : tag_objects(client, wanted)) {
    set_ca_bundle(object, bundle);
    const auto* live = webhooks.find(kube::name_of(object).name);
    bool validator = object["kind"].text() == "ValidatingWebhookConfiguration";
    if (validator && live)
      object.edit("webhooks")
          .edit(size_t{0})
          .set("failurePolicy", (*live)["webhooks"][0]["failurePolicy"]);
    co_await client.apply(validator ? kValidating : kMutating, object, options);
  }
}

// The earlier injectors get back the istiod that they called, and selectors that match nothing.
Task<void> switch_earlier_off(kube::Client& client, istio::ActivationRecord record) {
  auto webhooks = co_await read_webhooks(client);
  for (const auto& name : earlier_injectors(webhooks)) {
    auto now = *webhooks.find(name);
    const auto* before = record.find(name);
    auto restored = before && !before->is_null() ? istio::restore_webhooks(now, *before) : now;
    co_await client.update(kMutating, istio::deactivate_injector(restored));
  }
}

Task<std::optional<std::string>> verify(kube::Client& client, DefaultRevision wanted) {
  auto webhooks = co_await read_webhooks(client);
  auto disagreement = istio::default_disagreement(webhooks.mutating, webhooks.validating);
  if (disagreement) co_return disagreement;
  auto injectors = istio::distinct_injectors(default_matches(webhooks));
  auto mine = wanted.istio_namespace + "/" + istio::istiod_name(wanted.revision);
  if (injectors.size() == 1 && injectors[0] == mine) co_return std::nullopt;
  co_return fmt::format("namespaces labelled istio-injection=enabled are not injected by {}", mine);
}

bool settled(const Webhooks& webhooks, const DefaultRevision& wanted) {
  const auto* tag = webhooks.find(kTag);
  const auto* validator = webhooks.find(kValidator);
  auto calls_wanted = [&](const data::Value* object) {
    if (!object) return false;
    return (*object)["webhooks"][0]["clientConfig"]["service"]["name"].text() ==
           istio::istiod_name(wanted.revision);
  };
  return calls_wanted(tag) && calls_wanted(validator) && earlier_injectors(webhooks).empty();
}

}  // namespace

Task<std::optional<std::string>> activate_default(kube::Client& client, DefaultRevision wanted) {
  auto webhooks = co_await read_webhooks(client);
  if (settled(webhooks, wanted)) co_return co_await verify(client, wanted);
  auto record = co_await read_record(client, wanted);
  if (!record) {
    co_await write_record(client, wanted, webhooks);
    record = co_await read_record(client, wanted);
  }
  co_await point_earlier_injectors(client, wanted, webhooks);
  co_await apply_tag(client, wanted, webhooks);
  co_await switch_earlier_off(client, *record);
  co_return co_await verify(client, wanted);
}

Task<void> deactivate_default(kube::Client& client, DefaultRevision wanted) {
  auto record = co_await read_record(client, wanted);
  if (!record) co_return;
  auto webhooks = co_await read_webhooks(client);
  const auto* tag = webhooks.find(kTag);
  bool still_mine = tag && (*tag)["webhooks"][0]["clientConfig"]["service"]["name"].text() ==
                               istio::istiod_name(wanted.revision);
  if (still_mine) {
    // The earlier injectors match again, but still call the istiod that the tag calls …
    for (const auto& [name, before] : record->before) {
      const auto* now = webhooks.find(name);
      if (name == kTag || name == kValidator || before.is_null() || !now) continue;
      auto restored =
          istio::point_injector_to(istio::restore_webhooks(*now, before), wanted.istio_namespace,
                                   istio::istiod_name(wanted.revision));
      co_await client.update(kMutating, restored);
    }
    // … then the tag and the validator go back or away, and only then do the earlier injectors get
    // their own istiod back.
    for (auto name : {kTag, kValidator}) {
      const auto& gvr = name == kTag ? kMutating : kValidating;
      const auto* before = record->find(std::string(name));
      const auto* now = webhooks.find(name);
      if (before && !before->is_null() && now)
        co_await client.update(gvr, istio::restore_webhooks(*now, *before));
      else
        co_await client.remove_if_exists(gvr, {"", std::string(name)});
    }
    auto again = co_await read_webhooks(client);
    for (const auto& [name, before] : record->before) {
      const auto* now = again.find(name);
      if (name == kTag || name == kValidator || before.is_null() || !now) continue;
      co_await client.update(kMutating, istio::restore_webhooks(*now, before));
    }
  }
  co_await client.remove_if_exists(kConfigMaps, record_name(wanted));
}

Task<bool> is_default_revision(kube::Client& client, base::Revision revision) {
  auto webhooks = co_await read_webhooks(client);
  for (const auto& match : default_matches(webhooks))
    if (match.service == istio::istiod_name(revision)) co_return true;
  co_return false;
}

}  // namespace jibe::lifecycle
