#include "twin/mesh/istioctl.h"

#include <fmt/core.h>

#include "base/coroutine.h"
#include "base/strings.h"
#include "data/yaml.h"
#include "helm/render.h"
#include "istio/manifest.h"
#include "istio/ownership.h"
#include "kube/wait.h"
#include "twin/controllers/kinds.h"
#include "twin/mesh/helm_reconciler.h"
#include "twin/mesh/revision_tag.h"

namespace jibe::twin {

namespace {

const kube::Gvr kOperators{"install.istio.io", "v1alpha1", "istiooperators"};
constexpr base::Duration kPatience = std::chrono::seconds(300);
constexpr const char* kOperatorChart = "istio-operator";

kube::WriteOptions as_operator() {
  kube::WriteOptions out;
  out.field_manager = "istio-operator";
  out.force = true;
  return out;
}

std::string trouble_of(const data::Value& status) {
  for (const auto& component : status["componentStatus"].entries())
    if (!component.value["error"].is_null())
      return fmt::format("{}: {}", component.key, component.value["error"].text());
  return status["status"].text();
}

Task<void> save_state(kube::Client& client, data::Value iop, data::Value spec) {
  auto name = kube::name_of(iop);
  auto metadata = iop["metadata"];
  metadata.set("name", istio::saved_state_name(iop));
  metadata.set("namespace", name.ns.empty() ? "istio-system" : name.ns);
  metadata.edit("annotations").set(istio::kIgnoreReconcileAnnotation, "true");
  auto object = data::Value::map({{"apiVersion", "install.istio.io/v1alpha1"},
                                  {"kind", "IstioOperator"},
                                  {"metadata", metadata},
                                  {"spec", spec}});
  co_await client.apply(kOperators, object, as_operator());
}

// The version decides what becomes of the copy that earlier ones kept in the cluster.
Task<void> keep_state(kube::Client& client, data::Value iop, data::Value spec,
                      istio::Version version) {
  if (istio::istioctl_saves_state(version)) {
    co_await save_state(client, iop, spec);
  } else if (version < istio::Version{1, 24, 0, ""}) {
    auto owner = istio::istioctl_owner(iop, version);
    co_await client.remove_if_exists(kOperators, owner.resource);
  }
}

Task<void> ensure_namespace(kube::Client& client, std::string name) {
  auto live = co_await client.try_get(kNamespaces, {"", name});
  if (live) co_return;
  auto object = data::Value::map({{"apiVersion", "v1"},
                                  {"kind", "Namespace"},
                                  {"metadata", data::Value::map({{"name", name}})}});
  co_await client.create(kNamespaces, object);
}

std::vector<data::Value> operator_objects(kube::Client& client, const OperatorInit& init,
                                          const istio::Release& release) {
  auto version = release.version().str();
  auto values = data::Value::map({{"hub", init.hub},
                                  {"tag", init.tag.empty() ? version : init.tag},
                                  {"watchedNamespaces", init.watched_namespaces},
                                  {"revision", init.revision}});
  helm::RenderOptions options;
  options.release.name = "istio";
  options.release.release_namespace = init.operator_namespace;
  auto& runtime = client.runtime();
  auto rendered =
      helm::render(*release.chart(kOperatorChart), values, options, runtime.random(), runtime);
  std::vector<data::Value> out;
  for (const auto& crd : rendered.crds)
    for (auto& document : data::parse_yaml_documents(crd.text, crd.source))
      out.push_back(document.value);
  for (const auto& manifest : rendered.manifests) out.push_back(manifest.document());
  istio::Owner owner{{}, version, init.revision.empty() ? "default" : init.revision};
  for (auto& object : out) object = istio::with_owner_labels(object, owner, "IstioOperator");
  istio::sort_as_operator(out);
  return out;
}

}  // namespace

Task<void> istioctl_install(kube::Client& client, data::Value iop, istio::ReleasePtr release) {
  auto version = release->version();
  auto merged = istio::merged_operator(iop, *release);
  bool first = co_await is_first_installation(client);
  bool make_default = istio::wants_default_tag(merged.spec, first, version);
  if (make_default && !first && version < istio::Version{1, 16, 0, ""})
    co_await remove_default_tag(client);
  HelmReconciler reconciler(client, release, kPatience);
  auto status = co_await reconciler.reconcile(iop, istio::istioctl_owner(iop, version));
  if (status["status"].text() != "HEALTHY")
    throw base::Error(fmt::format("istioctl install of {} in {}: {}", kube::describe(iop),
                                  client.options().where, trouble_of(status)));
  co_await keep_state(client, iop, merged.spec, version);
  if (make_default)
    co_await set_default_tag(client,
                             {release, base::Revision(iop["spec"]["revision"].text()), merged.ns});
}

bool has_operator(const istio::Release& release) {
  return release.file(fmt::format("charts/{}/Chart.yaml", kOperatorChart)) != nullptr;
}

Task<void> istioctl_operator_init(kube::Client& client, OperatorInit init,
                                  istio::ReleasePtr release) {
  if (!has_operator(*release))
    throw base::InvalidInput(fmt::format(
        "Istio {} has no in-cluster operator (1.24 removed it); install it with istioctl",
        release->version().str()));
  co_await ensure_namespace(client, init.operator_namespace);
  for (auto ns : base::split(init.watched_namespaces, ','))
    if (!ns.empty()) co_await ensure_namespace(client, std::string(ns));
  for (const auto& object : operator_objects(client, init, *release)) {
    co_await client.apply_object(object, as_operator());
    if (object["kind"].text() == "Deployment")
      co_await kube::wait_until(client, kDeployments, kube::name_of(object),
                                kube::deployment_complete, kPatience, kube::describe(object));
  }
}

}  // namespace jibe::twin
