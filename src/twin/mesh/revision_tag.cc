#include "twin/mesh/revision_tag.h"

#include <fmt/core.h>

#include "base/coroutine.h"
#include "base/strings.h"
#include "helm/render.h"
#include "istio/activation.h"
#include "istio/injection.h"
#include "istio/names.h"
#include "istio/ownership.h"

namespace jibe::twin {

namespace {

const kube::Gvr kMutating{"admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations"};
const kube::Gvr kValidating{"admissionregistration.k8s.io", "v1",
                            "validatingwebhookconfigurations"};

Task<std::vector<data::Value>> labelled(kube::Client& client, kube::Gvr gvr, std::string labels) {
  kube::ListOptions which;
  which.labels = std::move(labels);
  auto found = co_await client.list(gvr, "", which);
  co_return found.items;
}

// The injector that came with the revision, not one of its tags.
Task<std::vector<data::Value>> own_injectors(kube::Client& client, std::string revision) {
  return labelled(client, kMutating,
                  fmt::format("{}={},!{}", istio::kRevLabel, revision, istio::kTagLabel));
}

std::vector<data::Value> render(kube::Client& client, const DefaultTag& tag,
                                const std::string& chart, const data::Value& values,
                                const std::string& kind) {
  helm::RenderOptions options;
  options.release.name = "istio";
  options.release.release_namespace = tag.istio_namespace;
  options.skip_schema_validation = true;
  auto& runtime = client.runtime();
  auto rendered =
      helm::render(*tag.release->chart(chart), values, options, runtime.random(), runtime);
  std::vector<data::Value> out;
  for (const auto& manifest : rendered.manifests)
    if (manifest.kind == kind) out.push_back(manifest.document());
  return out;
}

data::Value tag_values(const DefaultTag& tag) {
  auto global = data::Value::map({{"istioNamespace", tag.istio_namespace}});
  auto selector = data::Value::map({{"enabled", true}, {"autoInject", true}});
  return data::Value::map(
      {{"revision", tag.revision.str()},
       {"revisionTags", data::Value::list({std::string(istio::kDefaultTag)})},
       {"global", global},
       {"sidecarInjectorWebhook",
        data::Value::map({{"enableNamespacesByDefault", false}, {"objectSelector", selector}})},
       {"base", data::Value::map({{"validationURL", ""}})},
       {"istiodRemote", data::Value::map({{"injectionURL", ""}})}});
}

// The tag trusts and calls the same istiod, on the same path, as the revision's own injector.
void follow(data::Value& configuration, const data::Value& injector) {
  const auto& from = injector["webhooks"][0]["clientConfig"];
  for (auto& webhook : configuration.edit("webhooks").edit_items()) {
    auto& to = webhook.edit("clientConfig");
    if (from.has("caBundle")) to.set("caBundle", from["caBundle"]);
    if (istio::is_sidecar_injector(webhook) && from["service"]["path"].is_string())
      to.edit("service").set("path", from["service"]["path"]);
  }
}

Task<void> deactivate_revisionless(kube::Client& client) {
  auto injectors = co_await own_injectors(client, std::string(istio::kDefaultRevision));
  for (auto& injector : injectors)
    co_await client.update(kMutating, istio::deactivate_injector(injector));
}

// Validators that came with istiod before there was one for the default revision.
Task<void> remove_old_validators(kube::Client& client) {
  auto validators = co_await labelled(client, kValidating, "app=istiod");
  for (const auto& validator : validators)
    if (!base::contains(kube::name_of(validator).name, "validator"))
      co_await client.remove_if_exists(kValidating, kube::name_of(validator));
}

}  // namespace

Task<bool> is_first_installation(kube::Client& client) {
  auto injectors = co_await labelled(client, kMutating, "app=sidecar-injector");
  co_return injectors.empty();
}

Task<void> remove_default_tag(kube::Client& client) {
  auto tags = co_await labelled(client, kMutating,
                                fmt::format("{}={}", istio::kTagLabel, istio::kDefaultTag));
  for (const auto& tag : tags) co_await client.remove_if_exists(kMutating, kube::name_of(tag));
}

Task<void> set_default_tag(kube::Client& client, DefaultTag tag) {
  auto injectors = co_await own_injectors(client, istio::rev_label(tag.revision));
  if (injectors.size() != 1) co_return;
  auto values = tag_values(tag);
  auto configurations =
      render(client, tag, "istio-control/istio-discovery", values, "MutatingWebhookConfiguration");
  std::erase_if(configurations,
                [](const data::Value& c) { return kube::label_of(c, istio::kTagLabel).empty(); });
  co_await deactivate_revisionless(client);
  co_await remove_old_validators(client);
  for (auto& validator : render(client, tag, "default", values, "ValidatingWebhookConfiguration"))
    configurations.push_back(validator);
  kube::WriteOptions options;
  options.field_manager = "istio-operator";
  options.force = true;
  bool prunable = tag.release->version() < istio::Version{1, 19, 0, ""};
  for (auto& configuration : configurations) {
    follow(configuration, injectors[0]);
    if (!prunable)
      configuration.edit("metadata").edit("labels").set(istio::kNotPrunedLabel, "true");
    co_await client.apply_object(configuration, options);
  }
}

}  // namespace jibe::twin
