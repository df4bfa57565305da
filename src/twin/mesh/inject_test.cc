// Injection by the templates of real charts, without a cluster.
#include "twin/mesh/inject.h"

#include <gtest/gtest.h>

#include "base/strings.h"
#include "data/json.h"
#include "data/patch.h"
#include "data/yaml.h"
#include "kube/object.h"
#include "twin/mesh/inject_data.h"
#include "twin/mesh/mesh_config.h"
#include "twin/mesh/test_mesh.h"
#include "twin/server/server.h"

namespace jibe::twin {
namespace {

using data::Value;
using testing::ElementsAre;
using testing::HasSubstr;

class Inject : public testing::Test {
 protected:
  void use(const std::string& version, const std::string& spec = "{}") {
    version_ = *istio::parse_version(version);
    for (const Value& object : istio_objects({.version = version, .spec = spec})) {
      if (object["kind"].text() != "ConfigMap") continue;
      if (object["metadata"]["name"].text() == "istio-sidecar-injector")
        injector_ = read_injector_config(object);
      if (object["metadata"]["name"].text() == "istio")
        mesh_ = read_mesh_config(object["data"]["mesh"].text(), version_);
    }
  }
  Value inject(const std::string& pod_yaml, bool native = false, const std::string& path = "") {
    Value pod = data::parse_yaml(pod_yaml);
    pod.edit("metadata").set("namespace", "books");
    const PodEnvironment environment(*server_, Value::map(), "discovery");
    return inject_pod({pod, *injector_, mesh_, version_, "canary", native,
                       proxy_environment_of(path), environment},
                      *runtime_, runtime_->random());
  }
  static std::vector<std::string> names(const Value& list) {
    std::vector<std::string> out;
    for (const Value& item : list.items()) out.push_back(item["name"].text());
    return out;
  }
  static std::string variable(const Value& pod, const std::string& name) {
    for (const Value& entry : container_of(pod, "istio-proxy")["env"].items())
      if (entry["name"].text() == name) return entry["value"].text();
    return "absent";
  }

  std::unique_ptr<rt::SimulatedRuntime> runtime_ = rt::make_simulated_runtime();
  std::unique_ptr<Server> server_ = make_server(*runtime_);
  istio::Version version_;
  std::shared_ptr<const InjectorConfig> injector_;
  Value mesh_;
};

constexpr const char* kReviews = R"(
metadata: {name: reviews, labels: {app: reviews, version: v1}}
spec:
  initContainers: [{name: setup, image: setup:1}]
  containers:
  - {name: reviews, image: reviews:1, ports: [{containerPort: 9080}]}
  volumes: [{name: tmp, emptyDir: {}}]
)";

TEST_F(Inject, PutsContainersInOrder) {
  JIBE_NEEDS_RELEASE("1.31.0");
  use("1.31.0");
  const Value classic = inject(kReviews);
  EXPECT_THAT(names(classic["spec"]["containers"]), ElementsAre("reviews", "istio-proxy"));
  EXPECT_THAT(names(classic["spec"]["initContainers"]), ElementsAre("setup", "istio-init"));
  const Value native = inject(kReviews, true);
  EXPECT_THAT(names(native["spec"]["containers"]), ElementsAre("reviews"));
  EXPECT_THAT(names(native["spec"]["initContainers"]),
              ElementsAre("istio-init", "istio-proxy", "setup"));
  EXPECT_EQ(container_of(native, "istio-proxy")["restartPolicy"].text(), "Always");
  EXPECT_EQ(classic["spec"]["volumes"][0]["name"].text(), "workload-socket");
  EXPECT_EQ(names(classic["spec"]["volumes"]).back(), "tmp");
}

TEST_F(Inject, HoldsTheApplicationWhereAsked) {
  JIBE_NEEDS_RELEASE("1.31.0");
  use("1.31.0", "{meshConfig: {defaultConfig: {holdApplicationUntilProxyStarts: true}}}");
  const Value pod = inject(kReviews);
  EXPECT_THAT(names(pod["spec"]["containers"]), ElementsAre("istio-proxy", "reviews"));
  EXPECT_EQ(container_of(pod, "istio-proxy")["lifecycle"]["postStart"]["exec"]["command"][1].text(),
            "wait");
  EXPECT_THAT(variable(pod, "PROXY_CONFIG"),
              HasSubstr(R"("holdApplicationUntilProxyStarts":true)"));
}

TEST_F(Inject, RecordsWhatItDid) {
  JIBE_NEEDS_RELEASE("1.14.5");
  use("1.14.5");
  const Value pod = inject(kReviews);
  EXPECT_EQ(kube::annotation_of(pod, "sidecar.istio.io/status"),
            R"({"initContainers":["istio-init"],"containers":["istio-proxy"],"volumes":)"
            R"(["workload-socket","workload-certs","istio-envoy","istio-data","istio-podinfo",)"
            R"("istio-token","istiod-ca-cert"],"imagePullSecrets":null,"revision":"canary"})");
  EXPECT_EQ(kube::label_of(pod, "security.istio.io/tlsMode"), "istio");
  EXPECT_EQ(kube::label_of(pod, "service.istio.io/canonical-revision"), "v1");
  EXPECT_EQ(kube::annotation_of(pod, "prometheus.io/port"), "15020");
  EXPECT_TRUE(container_of(pod, "istio-init")["restartPolicy"].is_null())
      << "istiod 1.14 was built before Kubernetes knew that field";
  EXPECT_EQ(pod["spec"]["securityContext"]["fsGroup"], 1337);
}

TEST_F(Inject, KeepsTheUsersWord) {
  JIBE_NEEDS_RELEASE("1.31.0");
  use("1.31.0");
  const char* pod_yaml = R"(
metadata: {name: a, annotations: {proxy.istio.io/config: "{concurrency: 4, proxyMetadata: {A: b}}"}}
spec:
  containers:
  - {name: app, image: app:1}
  - {name: istio-proxy, image: auto, resources: {limits: {cpu: 3}}, securityContext: {runAsUser: 7}}
)";
  for (bool native : {false, true}) {
    const Value pod = inject(pod_yaml, native);
    const Value& proxy = container_of(pod, "istio-proxy");
    EXPECT_EQ(proxy["image"].text(), "docker.io/istio/proxyv2:1.31.0");
    EXPECT_EQ(proxy["resources"]["limits"]["cpu"].text(), "3");
    EXPECT_EQ(proxy["securityContext"]["runAsUser"], 7);
    EXPECT_EQ(container_of(pod, "istio-init")["args"][6].text(), "7");
    EXPECT_EQ(variable(pod, "A"), "b");
    EXPECT_EQ(base::trim(variable(pod, "PROXY_CONFIG")),
              R"({"concurrency":4,"proxyMetadata":{"A":"b"}})");
    const std::string list = native ? "initContainers" : "containers";
    EXPECT_THAT(kube::annotation_of(pod, "proxy.istio.io/overrides"),
                HasSubstr("{\"" + list + "\":[{\"name\":\"istio-proxy\",\"resources\":"));
    EXPECT_EQ(names(pod["spec"]["containers"]).size(), native ? 1u : 2u);
  }
}

TEST_F(Inject, TakesOverProbesAndMetrics) {
  JIBE_NEEDS_RELEASE("1.31.0");
  use("1.31.0");
  const Value pod = inject(R"(
metadata:
  name: a
  annotations: {prometheus.io/port: '9090', prometheus.io/path: /m, prometheus.io/scrape: 'true'}
spec:
  containers:
  - name: app
    image: app:1
    ports: [{name: web, containerPort: 8080}]
    readinessProbe: {httpGet: {path: /r, port: web, scheme: HTTPS}, timeoutSeconds: 3}
    livenessProbe: {tcpSocket: {port: 8081}}
    startupProbe: {exec: {command: [x]}}
)");
  const Value& app = container_of(pod, "app");
  EXPECT_EQ(data::to_json(app["readinessProbe"]["httpGet"]),
            R"({"path":"/app-health/app/readyz","port":15020,"scheme":"HTTP"})");
  EXPECT_EQ(app["livenessProbe"]["httpGet"]["path"].text(), "/app-health/app/livez");
  EXPECT_TRUE(app["livenessProbe"]["tcpSocket"].is_null());
  EXPECT_EQ(app["startupProbe"]["exec"]["command"][0].text(), "x");
  EXPECT_EQ(variable(pod, "ISTIO_KUBE_APP_PROBERS"),
            R"({"/app-health/app/livez":{"tcpSocket":{"port":8081}},)"
            R"("/app-health/app/readyz":{"httpGet":{"path":"/r","port":8080,"scheme":"HTTPS"},)"
            R"("timeoutSeconds":3}})");
  EXPECT_EQ(variable(pod, "ISTIO_PROMETHEUS_ANNOTATIONS"),
            R"({"scrape":"true","path":"/m","port":"9090"})");
  EXPECT_EQ(kube::annotation_of(pod, "prometheus.io/path"), "/stats/prometheus");
}

TEST_F(Inject, PassesClusterAndNetworkOn) {
  JIBE_NEEDS_RELEASE("1.31.0");
  use("1.31.0", "{values: {global: {network: n1, multiCluster: {clusterName: c1}}}}");
  const Value pod = inject(kReviews);
  EXPECT_EQ(variable(pod, "ISTIO_META_CLUSTER_ID"), "c1");
  EXPECT_EQ(variable(pod, "ISTIO_META_NETWORK"), "n1");
  EXPECT_EQ(kube::label_of(pod, "topology.istio.io/network"), "n1");
  const Value other = inject(kReviews, false, "/inject/cluster/c2/net/n--slash--2/FOO/bar");
  EXPECT_EQ(variable(other, "ISTIO_META_CLUSTER_ID"), "c2");
  EXPECT_EQ(variable(other, "ISTIO_META_NETWORK"), "n/2");
  EXPECT_EQ(variable(other, "FOO"), "bar");
}

TEST_F(Inject, InjectingTwiceChangesNothing) {
  for (const char* version : {"1.14.5", "1.31.0"}) {
    JIBE_NEEDS_RELEASE(version);
    use(version);
    const Value once = inject(kReviews);
    const Value twice = inject(data::to_json(once));
    EXPECT_EQ(data::to_json(twice), data::to_json(once)) << version;
  }
}

TEST_F(Inject, RefusesWrongAnnotations) {
  JIBE_NEEDS_RELEASE("1.31.0");
  use("1.31.0");
  try {
    inject(
        "{metadata: {annotations: {sidecar.istio.io/interceptionMode: X,"
        " traffic.sidecar.istio.io/includeInboundPorts: '80,x', sidecar.istio.io/proxyCPU: 1m}},"
        " spec: {containers: [{name: a, image: a}]}}");
    ADD_FAILURE() << "nothing was thrown";
  } catch (const base::Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("2 errors occurred"));
    EXPECT_THAT(error.what(), HasSubstr("use REDIRECT,TPROXY,NONE: X"));
    EXPECT_THAT(error.what(), HasSubstr("failed parsing port 'x'"));
  }
}

TEST(InjectWorkload, IsFoundByOwnersAndNames) {
  const auto found = [](const std::string& owner, const std::string& labels) {
    const WorkloadMeta meta = workload_of(data::parse_yaml(
        "{metadata: {generateName: x-, namespace: n, labels: " + labels +
        ", ownerReferences: [{controller: true, apiVersion: apps/v1, " + owner + "}]}}"));
    return meta.kind + " " + meta.name;
  };
  EXPECT_EQ(found("kind: ReplicaSet, name: web-5d4", "{pod-template-hash: 5d4}"), "Deployment web");
  EXPECT_EQ(found("kind: ReplicaSet, name: web", "{}"), "ReplicaSet web");
  EXPECT_EQ(found("kind: StatefulSet, name: db", "{}"), "StatefulSet db");
  EXPECT_EQ(found("kind: Job, name: run-28463520", "{}"), "CronJob run");
  EXPECT_EQ(found("kind: Job, name: run-1", "{}"), "Job run-1");
}

TEST(InjectPatch, TurnsOneIntoTheOther) {
  const Value before = data::parse_yaml("{a: {b/c: 1, d~: 2}, l: [1, {x: 1}], m: [1], n: null}");
  const Value after = data::parse_yaml("{a: {b/c: 3, e: 1}, l: [1, {x: 2}], m: [1, 2], o: {}}");
  const Value patch = json_patch_between(before, after);
  EXPECT_EQ(data::json_patch(before, patch), after);
  EXPECT_TRUE(json_patch_between(before, before).empty());
}

}  // namespace
}  // namespace jibe::twin
