#include "istio/installation.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace jibe::istio {
namespace {

data::Value istiod(const std::string& name, const std::string& labels, const std::string& image) {
  return data::parse_json(R"({"metadata":{"name":")" + name +
                          R"(","namespace":"istio-system","labels":)" + labels +
                          R"(},"spec":{"replicas":2,"template":{"metadata":{"labels":
      {"app":"istiod"}},"spec":{"containers":[{"name":"discovery","image":")" +
                          image + R"("}]}}},"status":{"readyReplicas":1}})");
}

data::Value gateway(const std::string& labels) {
  return data::parse_json(R"({"metadata":{"name":"gw","namespace":"gws","labels":)" + labels +
                          R"(},"spec":{"template":{"metadata":{"labels":
      {"istio":"ingressgateway","istio.io/rev":"default"}},"spec":{"containers":[
      {"name":"istio-proxy","image":"hub/proxyv2:1.14.5","args":["proxy","router"]}]}}}})");
}

data::Value injector(const std::string& name, const std::string& rev, const std::string& service,
                     const std::string& ns_label_key, const std::string& ns_label_value,
                     const std::string& extra_label = "") {
  return data::parse_json(
      R"({"metadata":{"name":")" + name + R"(","labels":{"istio.io/rev":")" + rev + "\"" +
      extra_label + R"(}},"webhooks":[{"name":"x.sidecar-injector.istio.io","clientConfig":
      {"service":{"name":")" +
      service + R"(","namespace":"istio-system"}},"rules":[{"operations":["CREATE"],
      "apiGroups":[""],"apiVersions":["v1"],"resources":["pods"]}],"namespaceSelector":
      {"matchLabels":{")" +
      ns_label_key + R"(":")" + ns_label_value + R"("}}}]})");
}

constexpr auto kByOperator =
    R"({"app":"istiod","istio.io/rev":"default","install.operator.istio.io/owning-resource":"prod",
    "install.operator.istio.io/owning-resource-namespace":"istio-system"})";

MeshObjects guide() {
  MeshObjects out;
  out.deployments = {gateway(kByOperator),
                     istiod("istiod-1-15", R"({"app":"istiod","istio.io/rev":"1-15"})",
                            "localhost:5000/solo/pilot:1.15.3-solo"),
                     istiod("istiod", kByOperator, "docker.io/istio/pilot:1.14.5")};
  out.services = {
      data::parse_json(R"({"metadata":{"name":"lb","namespace":"gws"},"spec":
      {"selector":{"istio":"ingressgateway"}}})"),
      data::parse_json(R"({"metadata":{"name":"lb","namespace":"elsewhere"},"spec":
      {"selector":{"istio":"ingressgateway"}}})"),
      data::parse_json(R"({"metadata":{"name":"headless","namespace":"gws"},"spec":{}})")};
  out.mutating_webhooks = {
      injector("istio-sidecar-injector", "default", "istiod", "istio-injection", "enabled"),
      injector("istio-sidecar-injector-1-15", "1-15", "istiod-1-15", "istio.io/rev", "1-15"),
      injector("istio-revision-tag-canary", "1-15", "istiod-1-15", "istio.io/rev", "canary",
               R"(,"istio.io/tag":"canary")")};
  out.istio_operators = {
      data::parse_json(R"({"metadata":{"name":"prod","namespace":"istio-system"}})")};
  return out;
}

TEST(Discovery, FindsEveryControlPlaneAndTheDefaultOne) {
  auto found = discover(guide());
  ASSERT_EQ(found.control_planes.size(), 2u);
  const auto& old = found.control_planes[0];
  EXPECT_EQ(old.deployment, "istiod");
  EXPECT_TRUE(old.revision.empty());
  EXPECT_EQ(old.tag, "1.14.5");
  EXPECT_EQ(old.hub, "docker.io/istio");
  EXPECT_EQ(old.injector, "istio-sidecar-injector");
  EXPECT_EQ(old.replicas, 2);
  EXPECT_EQ(old.ready_replicas, 1);
  EXPECT_EQ(found.default_control_plane(), &old);
  const auto* fresh = found.find(base::Revision("1-15"));
  ASSERT_NE(fresh, nullptr);
  EXPECT_FALSE(fresh->is_default);
  EXPECT_EQ(fresh->hub, "localhost:5000/solo");
  EXPECT_EQ(fresh->tags, (std::vector<std::string>{"canary"}));
}

TEST(Discovery, AnOwningResourceMeansOperatorOnlyWhereOneRuns) {
  auto objects = guide();
  EXPECT_EQ(discover(objects).control_planes[0].method, InstallMethod::kIstioctl);
  objects.deployments.push_back(data::parse_json(
      R"({"metadata":{"name":"istio-operator","namespace":"istio-operator"},"spec":{"template":
      {"spec":{"containers":[{"name":"istio-operator","image":"hub/operator:1.14.5"}]}}}})"));
  auto found = discover(objects);
  EXPECT_EQ(found.control_planes[0].method, InstallMethod::kOperator);
  EXPECT_EQ(found.control_planes[0].owner.name, "prod");
  EXPECT_EQ(found.operators[0].str(), "istio-operator/istio-operator");
  // State that istioctl saved carries the name that 1.19 and 1.20 own by.
  objects.istio_operators[0]
      .edit("metadata")
      .set("annotations", data::parse_json(R"({"install.istio.io/ignoreReconcile":"true"})"));
  EXPECT_EQ(discover(objects).control_planes[0].method, InstallMethod::kIstioctl);
  objects.istio_operators.clear();
  EXPECT_EQ(discover(objects).control_planes[0].method, InstallMethod::kIstioctl);
}

TEST(Discovery, AHelmReleaseIsRecognised) {
  auto objects = guide();
  auto& metadata = objects.deployments[2].edit("metadata");
  metadata.edit("labels").set("app.kubernetes.io/managed-by", "Helm");
  metadata.edit("annotations").set("meta.helm.sh/release-name", "istiod");
  EXPECT_EQ(discover(objects).control_planes[0].method, InstallMethod::kHelm);
  EXPECT_EQ(discover(objects).control_planes[0].owner.name, "istiod");
}

TEST(Discovery, ChartsThatNameHelmAreNoRelease) {
  auto objects = guide();
  auto& labels = objects.deployments[2].edit("metadata").edit("labels");
  labels = data::parse_json(R"({"app":"istiod","istio.io/rev":"default",
      "app.kubernetes.io/managed-by":"Helm"})");
  EXPECT_EQ(discover(objects).control_planes[0].method, InstallMethod::kUnknown);
  labels.set("operator.istio.io/managed", "Reconcile");
  labels.set("install.operator.istio.io/owning-resource", "unknown");
  EXPECT_EQ(discover(objects).control_planes[0].method, InstallMethod::kIstioctl);
  labels.set("jibe.dev/installation", "gm-iop-1-31.x");
  EXPECT_EQ(discover(objects).control_planes[0].method, InstallMethod::kJibe);
}

TEST(Discovery, GatewaysKnowTheServicesThatSelectThem) {
  auto found = discover(guide());
  ASSERT_EQ(found.gateways.size(), 1u);
  EXPECT_EQ(found.gateways[0].services, (std::vector<std::string>{"lb"}));
  EXPECT_EQ(found.gateways[0].tag, "1.14.5");
  EXPECT_TRUE(found.gateways[0].revision.empty());
}

TEST(Discovery, ImagesInTheirParts) {
  EXPECT_EQ(split_image("a:5000/b/pilot").tag, "");
  EXPECT_EQ(split_image("a:5000/b/pilot").hub, "a:5000/b");
  EXPECT_EQ(split_image("pilot:1@sha256:ab").tag, "1");
  EXPECT_EQ(split_image("auto").name, "auto");
}

}  // namespace
}  // namespace jibe::istio
