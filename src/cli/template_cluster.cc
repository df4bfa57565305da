#include "cli/template_cluster.h"

#include <fmt/core.h>

#include "base/coroutine.h"
#include "kube/discovery.h"
#include "kube/status.h"

namespace jibe::cli {

namespace {

using data::Value;

kube::Gvk gvk_from(const std::string& api_version, const std::string& kind) {
  size_t slash = api_version.find('/');
  if (slash == std::string::npos) return {"", api_version, kind};
  return {api_version.substr(0, slash), api_version.substr(slash + 1), kind};
}

Task<void> ask_capabilities(kube::Client& client, helm::Capabilities& out) {
  Value version = co_await client.discovery().server_version();
  const std::string& git = version["gitVersion"].text();
  out.kube_version = {git, git, version["major"].text(), version["minor"].text()};
  auto resources = co_await client.discovery().all();
  out.api_versions.clear();
  for (const kube::ApiResource& resource : resources) {
    out.api_versions.push_back(resource.gvr.api_version());
    out.api_versions.push_back(resource.gvk.api_version() + "/" + resource.gvk.kind);
  }
  std::sort(out.api_versions.begin(), out.api_versions.end());
  out.api_versions.erase(std::unique(out.api_versions.begin(), out.api_versions.end()),
                         out.api_versions.end());
}

Task<void> ask_object(kube::Client& client, kube::Gvk gvk, kube::ObjectName name, Value& out) {
  out = Value::map();
  kube::ApiResource resource = co_await client.discovery().for_kind(gvk);
  if (!resource.namespaced) name.ns.clear();
  if (!name.name.empty()) {
    std::optional<Value> found = co_await client.try_get(resource.gvr, name);
    if (found) out = std::move(*found);
    co_return;
  }
  kube::ObjectList list = co_await client.list(resource.gvr, name.ns);
  out = Value::map({{"apiVersion", gvk.api_version()},
                    {"kind", gvk.kind + "List"},
                    {"metadata", Value::map({{"resourceVersion", list.resource_version}})},
                    {"items", Value::list(std::move(list.items))}});
}

void require_value(const Value& map, const std::string& key, const std::string& wanted,
                   const char* what, std::string& problems) {
  const std::string* actual = map[key].is_string() ? &map[key].as_string() : nullptr;
  if (actual != nullptr && *actual == wanted) return;
  if (!problems.empty()) problems += "; ";
  problems += fmt::format("{} validation error: ", what);
  problems +=
      actual == nullptr
          ? fmt::format(R"(missing key "{}": must be set to "{}")", key, wanted)
          : fmt::format(R"(key "{}" must equal "{}": current value is "{}")", key, wanted, *actual);
}

// Helm takes what exists only where these marks say that it is this release's.
void check_owner(const Value& existing, const helm::Release& release) {
  const Value& metadata = existing["metadata"];
  std::string problems;
  require_value(metadata["labels"], "app.kubernetes.io/managed-by", "Helm", "label", problems);
  require_value(metadata["annotations"], "meta.helm.sh/release-name", release.name, "annotation",
                problems);
  require_value(metadata["annotations"], "meta.helm.sh/release-namespace",
                release.release_namespace, "annotation", problems);
  if (problems.empty()) return;
  kube::ObjectName name = kube::name_of(existing);
  throw helm::ChartError(
      fmt::format("unable to continue with install: {} \"{}\" in namespace \"{}\" exists and "
                  "cannot be imported into the current release: invalid ownership metadata; {}",
                  existing["kind"].text(), name.name, name.ns, problems));
}

Task<kube::ApiResource> resource_of(kube::Client& client, const Value& object) {
  std::string problem;
  try {
    kube::ApiResource found = co_await client.discovery().for_kind(kube::gvk_of(object));
    co_return found;
  } catch (const kube::NoKindMatch& error) {
    problem = error.what();
  }
  kube::ObjectName name = kube::name_of(object);
  throw helm::ChartError(fmt::format(
      "unable to build kubernetes objects from release manifest: resource mapping not found for "
      "name: \"{}\" namespace: \"{}\" from \"\": {}\nensure CRDs are installed first",
      name.name, name.ns, problem));
}

Task<void> check_all(kube::Client& client, const std::vector<helm::Manifest>& manifests,
                     const helm::Release& release, bool owner_matters) {
  std::vector<std::pair<kube::Gvr, kube::ObjectName>> objects;
  for (const helm::Manifest& manifest : manifests) {
    Value object = manifest.document();
    if (object.is_null()) continue;
    kube::ApiResource resource = co_await resource_of(client, object);
    kube::ObjectName name = kube::name_of(object);
    if (!resource.namespaced) name.ns.clear();
    if (resource.namespaced && name.ns.empty()) name.ns = release.release_namespace;
    if (!name.name.empty()) objects.emplace_back(resource.gvr, name);
  }
  if (!owner_matters) co_return;
  for (const auto& [gvr, name] : objects) {
    std::optional<Value> existing = co_await client.try_get(gvr, name);
    if (existing) check_owner(*existing, release);
  }
}

}  // namespace

helm::Capabilities TemplateCluster::capabilities() {
  helm::Capabilities out;
  try {
    runtime_.run(ask_capabilities(client_, out));
  } catch (const base::Cancelled&) {
    throw;
  } catch (const base::Error& error) {
    throw helm::ChartError(fmt::format(
        "cluster reachability check failed: Kubernetes cluster unreachable: {}", error.what()));
  }
  return out;
}

Value TemplateCluster::lookup(const std::string& api_version, const std::string& kind,
                              const std::string& object_namespace, const std::string& name) {
  Value out;
  runtime_.run(ask_object(client_, gvk_from(api_version, kind), {object_namespace, name}, out));
  return out;
}

void TemplateCluster::check(const helm::RenderResult& result, const helm::Release& release,
                            bool take_ownership) {
  runtime_.run(
      check_all(client_, result.manifests, release, !take_ownership && !release.is_upgrade));
}

}  // namespace jibe::cli
