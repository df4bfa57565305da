// From an IstioOperator to the objects of an installation, with the charts of the build.
#include "lifecycle/installer_objects.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "data/json.h"
#include "istio/chart_store.h"
#include "kube/object.h"
#include "lifecycle/contract.h"
#include "lifecycle/workload_objects.h"
#include "rt/runtime.h"

namespace jibe::lifecycle {
namespace {

InstallationObjects objects_of(const data::Value& iop) {
  istio::ChartStore charts({JIBE_BUILD_CHARTS});
  auto version = istio::default_version(charts.versions());
  auto release = istio::Release::load_directory(version, charts.manifests(version));
  auto runtime = rt::make_simulated_runtime();
  return installation_objects(iop, *release, "v1.36.3", runtime->random(), *runtime);
}

data::Value gateway(bool active) {
  OperatorMeta meta;
  meta.name = "istio-ingressgateway";
  meta.revision = base::Revision("1-31");
  meta.role = "gateway";
  meta.manager = {"gloo-mesh", "istio-ingressgateway"};
  meta.active_gateway = active;
  return operator_object(meta, data::parse_json(R"({"profile":"empty","revision":"1-31",
      "components":{"ingressGateways":[{"name":"istio-ingressgateway","enabled":true,
      "namespace":"gloo-mesh-gateways","label":{"istio":"ingressgateway"},
      "k8s":{"service":{"selector":{"istio":"ingressgateway"},
        "ports":[{"name":"http2","port":80,"targetPort":8080}]}}}]}})"));
}

data::Value control_plane() {
  OperatorMeta meta;
  meta.name = "istiod-control-plane";
  meta.revision = base::Revision("1-31");
  meta.role = "control-plane";
  meta.manager = {"gloo-mesh", "istiod-control-plane"};
  return operator_object(meta, data::parse_json(R"({"profile":"minimal","revision":"1-31",
      "namespace":"istio-system"})"));
}

const data::Value* find(const std::vector<data::Value>& objects, const std::string& kind,
                        const std::string& name) {
  for (const auto& object : objects)
    if (object["kind"].text() == kind && kube::name_of(object).name == name) return &object;
  return nullptr;
}

TEST(InstallationObjects, GatewaysCarryTheirRevisionButNotTheirService) {
  auto objects = objects_of(gateway(true));
  const auto* deployment = find(objects.own, "Deployment", "istio-ingressgateway-1-31");
  const auto* service = find(objects.own, "Service", "istio-ingressgateway");
  const auto* scaler = find(objects.own, "HorizontalPodAutoscaler", "istio-ingressgateway-1-31");
  ASSERT_TRUE(deployment && service && scaler);
  EXPECT_EQ((*service)["spec"]["selector"]["istio.io/rev"].text(), "1-31");
  EXPECT_EQ((*service)["spec"]["selector"]["istio"].text(), "ingressgateway");
  EXPECT_EQ((*scaler)["spec"]["scaleTargetRef"]["name"].text(), "istio-ingressgateway-1-31");
  const auto& labels = (*deployment)["spec"]["template"]["metadata"]["labels"];
  for (const auto& wanted : (*service)["spec"]["selector"].entries())
    EXPECT_EQ(labels[wanted.key], wanted.value) << wanted.key;
}

TEST(InstallationObjects, OnlyTheActiveGatewayHasTheService) {
  auto objects = objects_of(gateway(false));
  EXPECT_NE(find(objects.own, "Deployment", "istio-ingressgateway-1-31"), nullptr);
  EXPECT_EQ(find(objects.own, "Service", "istio-ingressgateway"), nullptr);
}

TEST(InstallationObjects, SharedObjectsAreNobodysOwn) {
  auto objects = objects_of(control_plane());
  EXPECT_TRUE(std::any_of(objects.shared.begin(), objects.shared.end(), [](const auto& object) {
    return object["kind"].text() == "CustomResourceDefinition";
  }));
  for (const auto& object : objects.shared)
    EXPECT_EQ(kube::label_of(object, kInstallationLabel), "") << kube::describe(object);
  for (const auto& object : objects.own) {
    EXPECT_EQ(kube::label_of(object, kInstallationLabel), "gm-iop-1-31.istiod-control-plane");
    EXPECT_NE(object["kind"].text(), "CustomResourceDefinition");
  }
}

TEST(InstallationObjects, TheDefaultMovesWithTheActivationAlone) {
  auto objects = objects_of(control_plane());
  for (const auto* list : {&objects.own, &objects.shared}) {
    EXPECT_EQ(find(*list, "ValidatingWebhookConfiguration", "istiod-default-validator"), nullptr);
    EXPECT_EQ(find(*list, "MutatingWebhookConfiguration", "istio-revision-tag-default"), nullptr);
  }
}

TEST(InstallationObjects, WebhooksComeLast) {
  auto objects = objects_of(control_plane());
  ASSERT_FALSE(objects.own.empty());
  EXPECT_EQ(objects.own.back()["kind"].text(), "MutatingWebhookConfiguration");
  auto at = [&](const char* kind) {
    return std::find_if(objects.own.begin(), objects.own.end(),
                        [&](const data::Value& object) { return object["kind"].text() == kind; });
  };
  EXPECT_LT(at("ConfigMap"), at("Deployment"));
  EXPECT_LT(at("ServiceAccount"), at("Deployment"));
}

TEST(InstallationLabel, FitsIntoALabelAndStaysDistinct) {
  auto named = [](const std::string& name) {
    return data::Value::map(
        {{"metadata", data::Value::map({{"namespace", "gm-iop-1-15"}, {"name", name}})}});
  };
  EXPECT_EQ(installation_label(named("x")), "gm-iop-1-15.x");
  std::string longest(60, 'a');
  auto a = installation_label(named(longest + "a"));
  auto b = installation_label(named(longest + "b"));
  EXPECT_LE(a.size(), 63u);
  EXPECT_NE(a, b);
}

}  // namespace
}  // namespace jibe::lifecycle
