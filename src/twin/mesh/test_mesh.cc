#include "twin/mesh/test_mesh.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "base/strings.h"
#include "data/json.h"
#include "data/yaml.h"
#include "istio/chart_store.h"
#include "istio/manifest.h"
#include "kube/object.h"
#include "twin/server/server.h"

namespace jibe::twin {

using data::Value;

namespace {

istio::ChartStore chart_store() {
  std::vector<std::filesystem::path> path;
  if (const char* listed = std::getenv("JIBE_CHARTS"))
    for (std::string_view folder : base::split(listed, ':')) path.emplace_back(folder);
  path.emplace_back(JIBE_BUILD_CHARTS);
  return istio::ChartStore(path);
}

Task<void> apply_one(TestWorld world, Value object) {
  const ResourcePtr resource = world.cluster.api().find_kind(kube::gvk_of(object));
  if (!resource) throw base::Error("nobody serves " + kube::describe(object));
  const auto name = kube::name_of(object);
  if (!name.ns.empty() && !world.client.get(kNamespaces, "", name.ns))
    co_await world.client.create(kNamespaces, test_namespace(name.ns));
  WriteOptions options;
  options.field_manager = "istioctl";
  options.force = true;
  co_await world.cluster.api().patch({resource->gvr, name.ns, name.name, ""}, PatchType::kApply,
                                     object, options);
}

bool available(const TestWorld& world, const std::string& name) {
  const auto deployment = world.client.get(kDeployments, "istio-system", name);
  return deployment && (*deployment)["status"]["availableReplicas"].int_or(0) > 0;
}

}  // namespace

istio::ReleasePtr find_release(const std::string& version) {
  static std::map<std::string, istio::ReleasePtr> known;
  const auto wanted = *istio::parse_version(version);
  const istio::ChartStore store = chart_store();
  const auto versions = store.versions();
  if (std::find(versions.begin(), versions.end(), wanted) == versions.end()) return nullptr;
  istio::ReleasePtr& release = known[version];
  if (!release) release = istio::Release::load_directory(wanted, store.manifests(wanted));
  return release;
}

std::vector<Value> istio_objects(const TestIstio& options) {
  auto runtime = rt::make_simulated_runtime();
  Value spec = data::parse_yaml(options.spec);
  const Value defaults = Value::map({{"profile", "minimal"},
                                     {"hub", "docker.io/istio"},
                                     {"tag", options.version},
                                     {"revision", options.revision}});
  for (const data::Entry& entry : defaults.entries())
    if (!spec.has(entry.key)) spec.set(entry.key, entry.value);
  if (spec["revision"].text().empty()) spec.erase("revision");
  istio::GenerateOptions generate;
  generate.kube_version = ClusterOptions().kubernetes_version;
  generate.random = &runtime->random();
  generate.clock = runtime.get();
  std::vector<Value> out;
  const Value iop = Value::map(
      {{"apiVersion", "install.istio.io/v1alpha1"}, {"kind", "IstioOperator"}, {"spec", spec}});
  for (auto& component : istio::generate_manifests({iop}, *find_release(options.version), generate))
    out.insert(out.end(), component.objects.begin(), component.objects.end());
  // Definitions first.
  std::stable_partition(out.begin(), out.end(), [](const Value& object) {
    return object["kind"].text() == "CustomResourceDefinition";
  });
  return out;
}

Task<void> apply_all(TestWorld world, std::vector<Value> objects) {
  for (const Value& object : objects) co_await apply_one(world, object);
}

Task<void> apply_yaml(TestWorld world, std::string yaml) {
  for (const auto& document : data::parse_yaml_documents(yaml))
    co_await apply_one(world, document.value);
}

Task<void> install_istio(TestWorld world, TestIstio options) {
  co_await apply_all(world, istio_objects(options));
  const std::string name = options.revision.empty() ? "istiod" : "istiod-" + options.revision;
  const bool up =
      co_await eventually(world.runtime, [&world, name] { return available(world, name); });
  if (!up) throw base::Error(name + " did not become available");
}

Value labelled_namespace(const std::string& name, const std::string& key,
                         const std::string& value) {
  Value out = test_namespace(name);
  if (!key.empty()) out.edit("metadata").edit("labels").set(key, value);
  return out;
}

std::vector<Value> live_pods(const TestWorld& world, const std::string& ns) {
  std::vector<Value> out;
  for (const Value& pod : world.client.items(kPods, ns)) {
    const std::string& phase = pod["status"]["phase"].text();
    if (!kube::is_terminating(pod) && phase != "Succeeded" && phase != "Failed") out.push_back(pod);
  }
  return out;
}

Task<Value> syncz_of(TestWorld world, std::string revision) {
  Value out = Value::list();
  for (const Value& pod : live_pods(world, "istio-system")) {
    if (kube::label_of(pod, "app") != "istiod" || kube::label_of(pod, "istio.io/rev") != revision)
      continue;
    http::Handler* port = world.cluster.connect(pod["status"]["podIP"].text(), 15014);
    if (port == nullptr) continue;
    http::Request request;
    request.target = "/debug/syncz";
    http::Response response = co_await port->handle(std::move(request));
    const std::string text = co_await http::read_all(*response.body);
    const Value parsed = data::parse_json(text);
    for (const Value& entry : parsed.items()) out.push_back(entry);
  }
  co_return out;
}

Task<std::string> get_from(TestWorld world, std::string host, int port, std::string path,
                           std::string host_header) {
  http::Handler* handler = world.cluster.connect(host, port);
  if (handler == nullptr) co_return "refused";
  http::Request request;
  request.target = path;
  request.headers.set("Host", host_header.empty() ? host : host_header);
  try {
    http::Response response = co_await handler->handle(std::move(request));
    const std::string text = co_await http::read_all(*response.body);
    co_return std::to_string(response.status) + " " + text;
  } catch (const base::Error& error) {
    co_return std::string("broken: ") + error.what();
  }
}

}  // namespace jibe::twin
