#include "istio/activation.h"

#include <fmt/core.h>

#include "istio/injection.h"
#include "istio/names.h"
#include "kube/object.h"

namespace jibe::istio {

namespace {

constexpr std::string_view kDefaultTagWebhook = "istio-revision-tag-default";
constexpr std::string_view kDefaultValidator = "istiod-default-validator";

bool is_revisionless(const data::Value& configuration) {
  return kube::label_of(configuration, kRevLabel) == kDefaultRevision &&
         kube::label_of(configuration, kTagLabel).empty();
}

bool names_a_revision(const data::Value& webhook) {
  return webhook["name"].text().substr(0, 4) == "rev.";
}

// Runs `change` on every sidecar-injector webhook.
template <class Change>
data::Value with_webhooks(data::Value configuration, Change change) {
  if (!configuration["webhooks"].is_list()) return configuration;
  for (auto& webhook : configuration.edit("webhooks").edit_items())
    if (is_sidecar_injector(webhook)) change(webhook);
  return configuration;
}

const data::Value* find_named(std::span<const data::Value> objects, std::string_view name) {
  for (const auto& object : objects)
    if (kube::name_of(object).name == name) return &object;
  return nullptr;
}

std::string service_of(const data::Value& webhook) {
  const auto& service = webhook["clientConfig"]["service"];
  if (service.is_null()) return webhook["clientConfig"]["url"].text();
  return service["namespace"].text() + "/" + service["name"].text();
}

}  // namespace

data::Value never_match_selector() {
  return data::Value::map(
      {{"matchLabels", data::Value::map({{"istio.io/deactivated", "never-match"}})}});
}

bool is_deactivated(const data::Value& configuration) {
  bool any = false;
  for (const auto& webhook : configuration["webhooks"].items()) {
    if (!is_sidecar_injector(webhook)) continue;
    any = true;
    if (!(webhook["namespaceSelector"] == never_match_selector()) ||
        !(webhook["objectSelector"] == never_match_selector()))
      return false;
  }
  return any;
}

data::Value point_injector_to(data::Value configuration, const std::string& ns,
                              const std::string& service) {
  bool revisionless = is_revisionless(configuration);
  return with_webhooks(std::move(configuration), [&](data::Value& webhook) {
    if (names_a_revision(webhook) && !revisionless) return;
    auto& client = webhook.edit("clientConfig");
    client.erase("url");
    client.edit("service").set("namespace", ns);
    client.edit("service").set("name", service);
  });
}

data::Value deactivate_injector(data::Value configuration) {
  return with_webhooks(std::move(configuration), [](data::Value& webhook) {
    webhook.set("namespaceSelector", never_match_selector());
    webhook.set("objectSelector", never_match_selector());
  });
}

data::Value ActivationRecord::to_value() const {
  data::Value out = data::Value::map();
  for (const auto& [name, object] : before) out.set(name, object);
  return out;
}

ActivationRecord ActivationRecord::from_value(const data::Value& value) {
  ActivationRecord out;
  for (const auto& entry : value.entries()) out.before.emplace_back(entry.key, entry.value);
  return out;
}

const data::Value* ActivationRecord::find(const std::string& name) const {
  for (const auto& [known, object] : before)
    if (known == name) return &object;
  return nullptr;
}

data::Value restore_webhooks(data::Value now, const data::Value& before) {
  data::Value webhooks = before["webhooks"];
  if (webhooks.is_list()) {
    for (auto& webhook : webhooks.edit_items()) {
      for (const auto& current : now["webhooks"].items()) {
        if (current["name"] == webhook["name"] && current["clientConfig"].has("caBundle"))
          webhook.edit("clientConfig").set("caBundle", current["clientConfig"]["caBundle"]);
      }
    }
  }
  now.set("webhooks", std::move(webhooks));
  return now;
}

std::optional<std::string> default_disagreement(std::span<const data::Value> mutating,
                                                std::span<const data::Value> validating) {
  auto matches =
      injectors_of(mutating, data::Value::map({{kInjectionLabel, "enabled"}}), data::Value());
  auto injectors = distinct_injectors(matches);
  if (injectors.size() > 1)
    return fmt::format("namespaces labelled istio-injection=enabled have two injectors: {} and {}",
                       injectors[0], injectors[1]);
  const auto* tag = find_named(mutating, kDefaultTagWebhook);
  const auto* validator = find_named(validating, kDefaultValidator);
  if (tag && injectors.empty())
    return "the revision tag default exists but no injector matches istio-injection=enabled";
  if (tag && service_of((*tag)["webhooks"][0]) != injectors[0])
    return fmt::format("the revision tag default calls {}, but the default injector is {}",
                       service_of((*tag)["webhooks"][0]), injectors[0]);
  if (validator && !injectors.empty() && service_of((*validator)["webhooks"][0]) != injectors[0])
    return fmt::format("the default validator calls {}, but the default injector is {}",
                       service_of((*validator)["webhooks"][0]), injectors[0]);
  return std::nullopt;
}

}  // namespace jibe::istio
