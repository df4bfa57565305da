#include "istio/operator_overlay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "data/json.h"
#include "data/path.h"
#include "data/yaml.h"
#include "istio/cpu_quantity.h"

namespace jibe::istio {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::ThrowsMessage;

constexpr const char* kObjects = R"(
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec:
  replicas: 1
  strategy: {rollingUpdate: {maxSurge: 100%}}
  template:
    metadata: {annotations: {a: one}}
    spec:
      tolerations: [{key: old}]
      containers:
      - name: discovery
        env: [{name: A, value: one}, {name: B, value: two}]
        resources: {requests: {cpu: 500m, memory: 2Gi}}
      - name: other
---
kind: Service
metadata: {name: istiod, namespace: istio-system}
spec:
  ports:
  - {port: 53, name: tcp-dns}
  - {port: 53, name: dns, protocol: UDP}
  - {port: 443, targetPort: 8443}
---
kind: PodDisruptionBudget
metadata: {name: istiod, namespace: istio-system}
spec: {minAvailable: 1, selector: {matchLabels: {app: istiod}}}
---
kind: HorizontalPodAutoscaler
metadata: {name: istiod, namespace: istio-system}
spec: {maxReplicas: 5, minReplicas: 1, metrics: [{type: Resource}]}
---
kind: ClusterRole
metadata: {name: reader}
)";

std::vector<data::Value> objects() {
  std::vector<data::Value> out;
  for (auto& document : data::parse_yaml_documents(kObjects)) out.push_back(document.value);
  return out;
}

OverlayTarget istiod() {
  return {"Deployment", "istiod", "discovery", "istio-system"};
}

std::string json_at(const data::Value& object, const char* path) {
  return data::to_json(data::get_path(object, path));
}

std::vector<data::Value> with_k8s(const char* k8s, const OverlayTarget& target = istiod()) {
  auto out = objects();
  apply_k8s_settings(out, data::parse_yaml(k8s), target);
  return out;
}

std::vector<data::Value> with_legacy_k8s(const char* k8s, const OverlayTarget& target = istiod()) {
  auto out = objects();
  apply_legacy_k8s_settings(out, data::parse_yaml(k8s), target);
  return out;
}

TEST(K8sSettings, MergeListsAsTheApiDoes) {
  auto out = with_k8s(R"(
env: [{name: B, value: three}, {name: C, value: four}]
tolerations: [{key: new}]
resources: {requests: {memory: 1Gi}}
podAnnotations: {b: two}
)");
  const char* container = "spec.template.spec.containers[0]";
  auto merged = data::get_path(out[0], container);
  EXPECT_EQ(json_at(merged, "resources.requests"), R"({"cpu":"500m","memory":"1Gi"})");
  EXPECT_THAT(merged["env"].items(), SizeIs(3));
  EXPECT_EQ(merged["env"][1]["value"].text(), "three");
  EXPECT_EQ(json_at(out[0], "spec.template.spec.tolerations"), R"([{"key":"new"}])");
  EXPECT_EQ(json_at(out[0], "spec.template.metadata.annotations"), R"({"a":"one","b":"two"})");
  EXPECT_FALSE(data::has_path(out[0], "spec.template.spec.containers[1].env"));
}

TEST(K8sSettings, ReachEveryKindThatTheyName) {
  auto out = with_k8s(R"(
replicaCount: 3
hpaSpec: {maxReplicas: 9}
serviceAnnotations: {a: b}
service: {type: NodePort, ports: [{port: 443, targetPort: 9443}]}
)");
  EXPECT_EQ(json_at(out[0], "spec.replicas"), "3");
  EXPECT_EQ(json_at(out[3], "spec.maxReplicas"), "9");
  EXPECT_EQ(json_at(out[3], "spec.minReplicas"), "1");
  EXPECT_EQ(json_at(out[1], "metadata.annotations"), R"({"a":"b"})");
  EXPECT_EQ(json_at(out[1], "spec.type"), R"("NodePort")");
  EXPECT_EQ(json_at(out[1], "spec.ports[2].targetPort"), "9443");
}

TEST(K8sSettings, OfAGatewayLeaveItsPortsToTheChart) {
  auto target = istiod();
  target.gateway = true;
  auto out = with_k8s("{service: {type: NodePort, ports: [{port: 1}]}}", target);
  EXPECT_EQ(json_at(out[1], "spec.type"), R"("NodePort")");
  EXPECT_THAT(out[1]["spec"]["ports"].items(), SizeIs(3));
}

TEST(K8sSettings, ABudgetKeepsOneOfItsTwoNumbers) {
  auto out = with_k8s("{podDisruptionBudget: {maxUnavailable: 2}}");
  EXPECT_EQ(json_at(out[2], "spec.maxUnavailable"), "2");
  // Istio writes the null.
  EXPECT_TRUE(out[2]["spec"].has("minAvailable"));
  EXPECT_TRUE(out[2]["spec"]["minAvailable"].is_null());
  out = with_k8s("{podDisruptionBudget: {minAvailable: 3}}");
  EXPECT_EQ(json_at(out[2], "spec.minAvailable"), "3");
  EXPECT_FALSE(out[2]["spec"].has("maxUnavailable"));
}

TEST(K8sSettings, ASelectorOfABudgetReplaces) {
  auto out = with_k8s("{podDisruptionBudget: {selector: {matchLabels: {b: c}}}}");
  EXPECT_EQ(json_at(out[2], "spec.selector"), R"({"matchLabels":{"b":"c"}})");
}

TEST(K8sSettings, NullDeletes) {
  auto out = with_k8s("{resources: null, tolerations: null}");
  EXPECT_FALSE(data::has_path(out[0], "spec.template.spec.tolerations"));
  EXPECT_FALSE(data::has_path(out[0], "spec.template.spec.containers[0].resources"));
}

TEST(LegacyK8sSettings, MergePortsByPortAndProtocol) {
  auto out = with_legacy_k8s(
      "{service: {ports: [{port: 53, protocol: udp, targetPort: 5353}, "
      "{port: 80, name: http}]}}");
  const auto& ports = out[1]["spec"]["ports"];
  ASSERT_THAT(ports.items(), SizeIs(4));
  EXPECT_EQ(data::to_json(ports[0]),
            R"({"name":"tcp-dns","port":53,"protocol":"TCP","targetPort":0})");
  EXPECT_EQ(data::to_json(ports[1]), R"({"port":53,"protocol":"UDP","targetPort":5353})");
  EXPECT_EQ(data::to_json(ports[3]),
            R"({"name":"http","port":80,"protocol":"TCP","targetPort":0})");
}

TEST(LegacyK8sSettings, LeaveReplicasToTheAutoscaler) {
  auto target = istiod();
  target.autoscaled = true;
  EXPECT_EQ(json_at(with_legacy_k8s("{replicaCount: 3}", target)[0], "spec.replicas"), "1");
  EXPECT_EQ(json_at(with_legacy_k8s("{replicaCount: 3}")[0], "spec.replicas"), "3");
}

TEST(LegacyK8sSettings, ABudgetDropsTheOtherNumberUnlessItIsZero) {
  auto out = with_legacy_k8s("{podDisruptionBudget: {maxUnavailable: 50%}}");
  EXPECT_FALSE(out[2]["spec"].has("minAvailable"));
  out = with_legacy_k8s("{podDisruptionBudget: {maxUnavailable: 0}}");
  EXPECT_EQ(json_at(out[2], "spec.minAvailable"), "1");
}

TEST(LegacyK8sSettings, AreNotForTheBase) {
  EXPECT_THAT(
      [] {
        with_legacy_k8s("{replicaCount: 3}", {"", "", "", "istio-system"});
      },
      ThrowsMessage<base::InvalidInput>(HasSubstr("base component can only have")));
}

constexpr const char* kOverlays = R"(
- kind: Deployment
  name: istiod
  patches:
  - {path: "spec.template.spec.containers.[name:discovery].env.[name:A].value", value: changed}
  - {path: "spec.template.spec.containers.[name:nobody].image", value: x}
- kind: ClusterRole
  name: reader
  patches: [{path: metadata.labels.a, value: b}]
)";

TEST(Overlays, ApplyWhatFitsAndNameTheRest) {
  auto out = objects();
  std::vector<std::string> warnings;
  apply_overlays(out, data::parse_yaml(kOverlays), warnings);
  EXPECT_EQ(json_at(out[0], "spec.template.spec.containers[0].env[0].value"), R"("changed")");
  EXPECT_EQ(json_at(out[4], "metadata.labels.a"), R"("b")");
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_THAT(warnings[0], HasSubstr("element [name:nobody] not found"));
}

TEST(Overlays, UsedToFailWhereTheyDidNotFit) {
  auto apply = [](const char* overlays) {
    return [=] {
      auto out = objects();
      apply_legacy_overlays(out, data::parse_yaml(overlays), "istio-system");
    };
  };
  EXPECT_THAT(apply(kOverlays),
              ThrowsMessage<base::InvalidInput>(HasSubstr("element [name:nobody] not found")));
  EXPECT_THAT(apply("[{kind: Deployment, name: nobody, patches: [{path: a, value: 1}]}]"),
              ThrowsMessage<base::InvalidInput>(
                  HasSubstr("overlay for Deployment:nobody does not match any object in output "
                            "manifest. Available objects are:\nDeployment:istio-system:istiod")));
}

TEST(Overlays, UsedToMindTheNamespace) {
  auto out = objects();
  const char* overlay = "[{kind: Service, name: istiod, patches: [{path: spec.type, value: X}]}]";
  EXPECT_THROW(apply_legacy_overlays(out, data::parse_yaml(overlay), "elsewhere"),
               base::InvalidInput);
  apply_legacy_overlays(out, data::parse_yaml(overlay), "istio-system");
  EXPECT_EQ(json_at(out[1], "spec.type"), R"("X")");
}

TEST(Overlays, TheLastForAnObjectUsedToCountAlone) {
  auto out = objects();
  apply_legacy_overlays(out, data::parse_yaml(R"(
- {kind: Service, name: istiod, patches: [{path: spec.type, value: X}]}
- {kind: Service, name: istiod, patches: [{path: spec.clusterIP, value: None}]}
)"),
                        "istio-system");
  EXPECT_FALSE(out[1]["spec"].has("type"));
  EXPECT_EQ(json_at(out[1], "spec.clusterIP"), R"("None")");
}

TEST(CpuQuantity, IsCanonical) {
  EXPECT_EQ(canonical_cpu("0.5"), "500m");
  EXPECT_EQ(canonical_cpu("1000m"), "1");
  EXPECT_EQ(canonical_cpu("1500m"), "1500m");
  EXPECT_EQ(canonical_cpu(2), "2");
  EXPECT_EQ(canonical_cpu(0.1), "100m");
  EXPECT_EQ(canonical_cpu("2000"), "2k");
  EXPECT_EQ(canonical_cpu("100u"), "100u");
  EXPECT_EQ(canonical_cpu("0"), "");
  EXPECT_EQ(canonical_cpu("much"), "");
  EXPECT_EQ(canonical_cpu(nullptr), "");
}

}  // namespace
}  // namespace jibe::istio
