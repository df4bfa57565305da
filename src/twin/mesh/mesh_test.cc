// Istiods and proxies together, over the cluster's own admission, Services and network.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/strings.h"
#include "data/json.h"
#include "data/yaml.h"
#include "kube/object.h"
#include "twin/mesh/pod_environment.h"
#include "twin/mesh/test_mesh.h"
#include "twin/test_programs.h"

namespace jibe::twin {
namespace {

using data::Value;
using testing::HasSubstr;

const kube::Gvr kMutating{"admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations"};
const kube::Gvr kValidating{"admissionregistration.k8s.io", "v1",
                            "validatingwebhookconfigurations"};

// What test bodies, which are plain functions, take from their test.
std::string g_version;

Task<bool> wait_ready(TestWorld world, std::string ns, size_t count) {
  co_return co_await eventually(world.runtime, [&world, ns, count] {
    size_t ready = 0;
    for (const Value& pod : live_pods(world, ns)) ready += is_pod_ready(pod) ? 1 : 0;
    return ready == count;
  });
}

Value pod_with(const std::string& ns, const std::string& name, const std::string& metadata) {
  Value pod = data::parse_yaml("{apiVersion: v1, kind: Pod, metadata: " + metadata +
                               ", spec: {containers: [{name: app, image: example.org/app:1}]}}");
  pod.edit("metadata").set("name", name);
  pod.edit("metadata").set("namespace", ns);
  return pod;
}

// Who injected it: "" for nobody.
std::string injected_by(const Value& pod) {
  const std::string& status = kube::annotation_of(pod, "sidecar.istio.io/status");
  return status.empty() ? "" : data::parse_json(status)["revision"].text();
}

std::string proxy_place(const Value& pod) {
  for (const char* list : {"containers", "initContainers"})
    for (const Value& container : pod["spec"][list].items())
      if (container["name"].text() == "istio-proxy") return list;
  return "";
}

class Mesh : public testing::TestWithParam<std::string> {};
// The oldest and the newest release.
class MeshEnds : public testing::TestWithParam<std::string> {};

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  return base::replace_all(info.param, ".", "_");
}

Task<void> inject_and_connect(TestWorld world) {
  add_mesh(world.cluster);
  co_await install_istio(world, {.version = g_version});
  co_await world.client.create(kNamespaces,
                               labelled_namespace("books", "istio-injection", "enabled"));
  co_await world.client.create(
      kDeployments, test_deployment("books", "reviews", 1, "docker.io/example/reviews:1"));
  EXPECT_TRUE(co_await wait_ready(world, "books", 1));
  const Value pod = live_pods(world, "books").at(0);
  EXPECT_EQ(injected_by(pod), "default");
  const bool native = *istio::parse_version(g_version) >= *istio::parse_version("1.27.0");
  EXPECT_EQ(proxy_place(pod), native ? "initContainers" : "containers");
  EXPECT_EQ(container_of(pod, "istio-proxy")["image"].text(),
            "docker.io/istio/proxyv2:" + g_version);
  EXPECT_EQ(pod["status"]["initContainerStatuses"][0]["name"].text(), "istio-init");
  EXPECT_EQ(pod["status"]["initContainerStatuses"][0]["state"]["terminated"]["exitCode"], 0);
  EXPECT_EQ(kube::label_of(pod, "service.istio.io/canonical-name"), "reviews");
  const Value proxies = co_await syncz_of(world, "default");
  EXPECT_EQ(proxies.size(), 1u);
  EXPECT_EQ(proxies[0]["proxy"].text(), object_name(pod) + ".books");
  EXPECT_EQ(proxies[0]["istio_version"].text(), g_version);
  for (const char* type : {"cluster", "listener", "endpoint", "route"}) {
    const std::string& sent = proxies[0][std::string(type) + "_sent"].text();
    EXPECT_NE(sent, "") << type;
    EXPECT_EQ(proxies[0][std::string(type) + "_acked"].text(), sent) << type;
  }
  co_await world.client.remove(kPods, pod);
  co_await world.client.remove(kDeployments, *world.client.get(kDeployments, "books", "reviews"));
  EXPECT_TRUE(co_await wait_ready(world, "books", 0));
  EXPECT_TRUE(co_await eventually(world.runtime,
                                  [&] { return world.client.items(kPods, "books").empty(); }));
  const Value left = co_await syncz_of(world, "default");
  EXPECT_EQ(left.size(), 0u);
}

TEST_P(Mesh, InjectsAndConnects) {
  JIBE_NEEDS_RELEASE(GetParam());
  g_version = GetParam();
  in_cluster(inject_and_connect);
}

INSTANTIATE_TEST_SUITE_P(Releases, Mesh, testing::Values("1.14.5", "1.20.8", "1.27.9", "1.31.0"),
                         test_name);
INSTANTIATE_TEST_SUITE_P(Releases, MeshEnds, testing::Values("1.14.5", "1.31.0"), test_name);

bool all_webhooks(const Value& configuration, const std::function<bool(const Value&)>& holds) {
  const auto webhooks = configuration["webhooks"].items();
  return !webhooks.empty() && std::all_of(webhooks.begin(), webhooks.end(), holds);
}

Task<void> keep_right(TestWorld world) {
  add_mesh(world.cluster);
  co_await install_istio(world, {});
  const auto root_of = [&world](const std::string& ns) {
    const auto map = world.client.get(kConfigMaps, ns, "istio-ca-root-cert");
    return map ? (*map)["data"]["root-cert.pem"].text() : std::string();
  };
  co_await world.client.create(kNamespaces, test_namespace("late"));
  EXPECT_TRUE(co_await eventually(world.runtime, [&] { return !root_of("late").empty(); }));
  const auto secret = world.client.get(kSecrets, "istio-system", "istio-ca-secret");
  EXPECT_EQ(base::base64_encode(root_of("late")), (*secret)["data"]["ca-cert.pem"].text());
  EXPECT_EQ(root_of("kube-system"), "");
  const std::string bundle = (*secret)["data"]["ca-cert.pem"].text();
  const auto trusted = [&](const Value& webhook) {
    return webhook["clientConfig"]["caBundle"].text() == bundle;
  };
  EXPECT_TRUE(co_await eventually(world.runtime, [&] {
    return all_webhooks(*world.client.get(kMutating, "", "istio-sidecar-injector"), trusted);
  }));
  EXPECT_TRUE(co_await eventually(world.runtime, [&] {
    return all_webhooks(*world.client.get(kValidating, "", "istio-validator-istio-system"),
                        [&](const Value& webhook) {
                          return trusted(webhook) && webhook["failurePolicy"].text() == "Fail";
                        });
  }));
  co_await world.client.remove(kConfigMaps,
                               *world.client.get(kConfigMaps, "late", "istio-ca-root-cert"));
  EXPECT_TRUE(co_await eventually(world.runtime, [&] { return !root_of("late").empty(); }));
  // A second revision trusts the same root.
  co_await install_istio(world, {.revision = "next"});
  EXPECT_TRUE(co_await eventually(world.runtime, [&] {
    return all_webhooks(*world.client.get(kMutating, "", "istio-sidecar-injector-next"), trusted);
  }));
}

TEST(MeshUpkeep, KeepsWebhooksAndRootCertificatesRight) {
  JIBE_NEEDS_RELEASE("1.31.0");
  in_cluster(keep_right);
}

struct Choice {
  const char* ns;
  const char* metadata;
  const char* revision;
};

Task<void> choose_injector(TestWorld world) {
  add_mesh(world.cluster);
  co_await install_istio(world, {.version = g_version});
  co_await install_istio(world, {.version = g_version, .revision = "canary"});
  co_await world.client.create(kNamespaces,
                               labelled_namespace("old", "istio-injection", "enabled"));
  co_await world.client.create(kNamespaces, labelled_namespace("new", "istio.io/rev", "canary"));
  co_await world.client.create(kNamespaces, test_namespace("none"));
  Value both = labelled_namespace("both", "istio-injection", "enabled");
  both.edit("metadata").edit("labels").set("istio.io/rev", "canary");
  co_await world.client.create(kNamespaces, both);
  const Choice choices[] = {
      {"old", "{}", "default"},
      {"new", "{}", "canary"},
      {"none", "{}", ""},
      {"both", "{}", "default"},
      {"old", "{labels: {sidecar.istio.io/inject: 'false'}}", ""},
      {"new", "{labels: {sidecar.istio.io/inject: 'false'}}", ""},
      {"new", "{annotations: {sidecar.istio.io/inject: 'false'}}", ""},
      {"none", "{labels: {sidecar.istio.io/inject: 'true'}}", "default"},
      {"none", "{labels: {istio.io/rev: canary}}", "canary"},
      {"none", "{labels: {istio.io/rev: canary, sidecar.istio.io/inject: 'true'}}", "canary"},
      {"none", "{labels: {istio.io/rev: unknown}}", ""},
  };
  int number = 0;
  for (const Choice& choice : choices) {
    const std::string name = "pod-" + std::to_string(++number);
    const Value made =
        co_await world.client.create(kPods, pod_with(choice.ns, name, choice.metadata));
    EXPECT_EQ(injected_by(made), choice.revision) << choice.ns << " " << choice.metadata;
  }
  Value host = pod_with("old", "host", "{}");
  host.edit("spec").set("hostNetwork", true);
  const Value made = co_await world.client.create(kPods, host);
  EXPECT_EQ(injected_by(made), "");
  EXPECT_TRUE(co_await wait_ready(world, "new", 3));
  const Value canaries = co_await syncz_of(world, "canary");
  std::vector<std::string> ids;
  for (const Value& entry : canaries.items()) ids.push_back(entry["proxy"].text());
  EXPECT_THAT(ids, testing::ElementsAre("pod-10.none", "pod-2.new", "pod-9.none"));
}

TEST_P(MeshEnds, LabelsDecideWhoInjects) {
  JIBE_NEEDS_RELEASE(GetParam());
  g_version = GetParam();
  in_cluster(choose_injector);
}

Task<void> reconnect(TestWorld world) {
  add_mesh(world.cluster);
  co_await install_istio(world, {});
  co_await world.client.create(kNamespaces,
                               labelled_namespace("books", "istio-injection", "enabled"));
  co_await world.client.create(
      kDeployments, test_deployment("books", "reviews", 3, "docker.io/example/reviews:1"));
  EXPECT_TRUE(co_await wait_ready(world, "books", 3));
  for (const Value& pod : live_pods(world, "istio-system"))
    co_await world.client.remove(kPods, pod, 0);
  co_await world.runtime.sleep(std::chrono::milliseconds(100));
  // Nobody injects meanwhile, and the policy is Fail.
  std::string refused;
  try {
    co_await world.client.create(kPods, pod_with("books", "late", "{}"));
  } catch (const kube::StatusError& error) {
    refused = error.what();
  }
  EXPECT_THAT(refused, HasSubstr("failed calling webhook"));
  EXPECT_TRUE(co_await wait_ready(world, "istio-system", 1));
  EXPECT_TRUE(co_await wait_ready(world, "books", 3));
  co_await world.runtime.sleep(std::chrono::seconds(60));
  const Value proxies = co_await syncz_of(world, "default");
  EXPECT_EQ(proxies.size(), 3u);
  for (const Value& pod : live_pods(world, "books"))
    EXPECT_EQ(container_of(pod, "istio-proxy").is_null(), false);
  for (const Value& pod : live_pods(world, "books"))
    EXPECT_TRUE(is_pod_ready(pod)) << "a proxy goes on with what it knows";
}

TEST(MeshConnections, ProxiesFollowTheirService) {
  JIBE_NEEDS_RELEASE("1.31.0");
  in_cluster(reconnect);
}

constexpr const char* kGatewayObjects = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress, namespace: gateways}
spec:
  selector: {matchLabels: {istio: ingress}}
  template:
    metadata:
      labels: {istio: ingress, sidecar.istio.io/inject: 'true'}
      annotations: {inject.istio.io/templates: gateway}
    spec: {containers: [{name: istio-proxy, image: auto}]}
---
apiVersion: v1
kind: Service
metadata: {name: ingress, namespace: gateways}
spec:
  type: LoadBalancer
  selector: {istio: ingress}
  ports: [{name: http2, port: 80, targetPort: 8080}, {name: status, port: 15021}]
---
apiVersion: networking.istio.io/v1beta1
kind: Gateway
metadata: {name: web, namespace: books}
spec:
  selector: {istio: ingress}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}]
---
apiVersion: networking.istio.io/v1beta1
kind: VirtualService
metadata: {name: web, namespace: books}
spec:
  hosts: ['*']
  gateways: [web]
  http: [{match: [{uri: {prefix: /page}}], route: [{destination: {host: page, port: {number: 9080}}}]}]
)";

Task<void> carry_requests(TestWorld world) {
  add_mesh(world.cluster);
  world.cluster.add_behaviour("*/page:*", echo("says hello"));
  co_await install_istio(world, {.version = g_version});
  co_await world.client.create(kNamespaces,
                               labelled_namespace("books", "istio-injection", "enabled"));
  co_await world.client.create(kDeployments,
                               test_deployment("books", "page", 1, "docker.io/example/page:1"));
  co_await world.client.create(kServices, test_service("books", "page", 9080, "ClusterIP"));
  co_await apply_yaml(world, kGatewayObjects);
  EXPECT_TRUE(co_await wait_ready(world, "gateways", 1));
  EXPECT_TRUE(co_await wait_ready(world, "books", 1));
  const Value gateway = live_pods(world, "gateways").at(0);
  EXPECT_EQ(container_of(gateway, "istio-proxy")["args"][1].text(), "router");
  EXPECT_EQ(proxy_place(gateway), "containers");
  const Value service = *world.client.get(kServices, "gateways", "ingress");
  const std::string ip = service["status"]["loadBalancer"]["ingress"][0]["ip"].text();
  const std::string page = object_name(live_pods(world, "books").at(0)) + " says hello";
  co_await world.runtime.sleep(std::chrono::seconds(1));
  EXPECT_EQ(co_await get_from(world, ip, 80, "/page/1"), "200 " + page);
  EXPECT_EQ(co_await get_from(world, ip, 80, "/other"), "404 ");
  EXPECT_EQ(co_await get_from(world, ip, 15021, "/healthz/ready"), "200 ");
  Value routes =
      *world.client.get({"networking.istio.io", "v1beta1", "virtualservices"}, "books", "web");
  routes.edit("spec").edit("http").edit(size_t{0}).erase("match");
  co_await world.client.update({"networking.istio.io", "v1beta1", "virtualservices"}, routes);
  co_await world.runtime.sleep(std::chrono::seconds(1));
  EXPECT_EQ(co_await get_from(world, ip, 80, "/other"), "200 " + page);
  const Value page_service = *world.client.get(kServices, "books", "page");
  co_await world.client.remove(kServices, page_service);
  co_await world.runtime.sleep(std::chrono::seconds(1));
  EXPECT_EQ(co_await get_from(world, ip, 80, "/page"), "503 no healthy upstream");
}

TEST_P(MeshEnds, GatewaysCarryRequests) {
  JIBE_NEEDS_RELEASE(GetParam());
  g_version = GetParam();
  in_cluster(carry_requests);
}

Task<void> refuse(TestWorld world) {
  add_mesh(world.cluster);
  co_await install_istio(world, {});
  co_await world.client.create(kNamespaces,
                               labelled_namespace("books", "istio-injection", "enabled"));
  std::string refused;
  try {
    co_await world.client.create(
        kPods, pod_with("books", "odd", "{annotations: {inject.istio.io/templates: nope}}"));
  } catch (const kube::StatusError& error) {
    refused = error.what();
  }
  EXPECT_THAT(refused, HasSubstr("denied the request: failed to run injection template: requested "
                                 "template \"nope\" not found"));
  refused.clear();
  try {
    co_await apply_yaml(
        world,
        "{apiVersion: networking.istio.io/v1beta1, kind: VirtualService, metadata: "
        "{name: v, namespace: books, labels: {istio.io/rev: default}}, spec: {hosts: [a]}}");
  } catch (const kube::StatusError& error) {
    refused = error.what();
  }
  EXPECT_THAT(refused, HasSubstr("http, tcp or tls must be provided in virtual service"));
}

TEST(MeshAdmission, RefusesWithASentence) {
  JIBE_NEEDS_RELEASE("1.31.0");
  in_cluster(refuse);
}

}  // namespace
}  // namespace jibe::twin
