// What is planned for what is found.
#include "takeover/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "kube/object.h"
#include "takeover/test_state.h"

namespace jibe::takeover {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kOldGateway =
    R"({"operator.istio.io/component":"IngressGateways","istio.io/rev":"default",
    "install.operator.istio.io/owning-resource":"ingress-gateway",
    "install.operator.istio.io/owning-resource-namespace":"istio-system"})";
constexpr const char* kNewGateway = R"({"jibe.dev/installation":"gm-iop-1-15.gateway"})";

std::vector<std::string> outline(const std::vector<Step>& plan) {
  std::vector<std::string> out;
  for (const auto& step : plan)
    out.push_back(std::string(to_string(step.kind)) +
                  (step.object.name.empty() ? "" : " " + step.object.str()));
  return out;
}

void add_gateways(TestCluster& cluster) {
  cluster.add_gateway("istio-gateways", "istio-ingressgateway", "", kOldGateway);
  cluster.add_service("istio-gateways", "istio-ingressgateway", R"({"istio":"ingressgateway"})",
                      "127.21.0.1", kOldGateway);
  cluster.add_gateway("gloo-mesh-gateways", "istio-ingressgateway-1-15", "1-15", kNewGateway);
  cluster.add_service("gloo-mesh-gateways", "istio-ingressgateway",
                      R"({"istio":"ingressgateway","istio.io/rev":"1-15"})", "127.21.0.2",
                      kNewGateway);
}

TEST(Plan, TheGuidesJourneyInItsOrder) {
  TestCluster cluster;
  cluster.add_app("bookinfo", "details-v1", "");
  cluster.add_app("bookinfo", "reviews-v1", "");
  add_gateways(cluster);
  EXPECT_THAT(outline(make_plan(cluster.state(), TestCluster::goal(true))),
              ElementsAre("activate", "restart bookinfo/details-v1", "restart bookinfo/reviews-v1",
                          "delete-istiooperator istio-system/ingress-gateway",
                          "delete-istiooperator istio-system/production-istio",
                          "delete-operator istio-operator/istio-operator",
                          "delete-namespace istio-gateways", "delete-namespace istio-operator"));
}

TEST(Plan, WaitsForTheClientsOfTheOldGateways) {
  TestCluster cluster;
  cluster.activate();
  add_gateways(cluster);
  auto plan = make_plan(cluster.state(), TestCluster::goal(false));
  ASSERT_FALSE(plan.empty());
  EXPECT_EQ(plan[0].kind, StepKind::kAsk);
  EXPECT_THAT(plan[0].sentence, HasSubstr("Service istio-gateways/istio-ingressgateway "
                                          "(127.21.0.1)"));
  EXPECT_THAT(plan[0].sentence, HasSubstr("gloo-mesh-gateways/istio-ingressgateway (127.21.0.2)"));
  EXPECT_THAT(plan[0].sentence, HasSubstr("--gateways-moved"));
}

TEST(Plan, NothingIsLeftWhenEverythingIsDone) {
  TestCluster cluster;
  cluster.activate();
  cluster.add_app("bookinfo", "details-v1", "1-15");
  std::erase_if(cluster.raw.objects.deployments, [](const data::Value& d) {
    auto name = kube::name_of(d).name;
    return name == "istiod" || name == "istio-operator";
  });
  EXPECT_TRUE(make_plan(cluster.state(), TestCluster::goal()).empty());
}

TEST(Plan, AnOldGatewayWithoutSuccessorStays) {
  TestCluster cluster;
  cluster.activate();
  cluster.add_gateway("istio-gateways", "istio-ingressgateway", "", kOldGateway);
  auto plan = make_plan(cluster.state(), TestCluster::goal(true));
  EXPECT_EQ(plan[0].kind, StepKind::kAsk);
  EXPECT_THAT(plan[0].sentence, HasSubstr("no managed successor labelled istio=ingressgateway"));
}

TEST(Plan, ANewGatewayThatIsNotConnectedIsNotInService) {
  TestCluster cluster;
  cluster.activate();
  add_gateways(cluster);
  auto state = cluster.state();
  std::erase_if(state.proxies.connections, [](const istio::ProxyConnection& c) {
    return c.proxy.ends_with(".gloo-mesh-gateways");
  });
  auto plan = make_plan(state, TestCluster::goal(true));
  EXPECT_EQ(plan[0].kind, StepKind::kAsk);
  EXPECT_THAT(plan[0].sentence, HasSubstr("is not in service"));
}

TEST(Plan, TheUsersOwnServiceIsSwitchedWithinItsNamespace) {
  TestCluster cluster;
  cluster.activate();
  cluster.add_gateway("edge", "istio-ingressgateway", "", kOldGateway);
  cluster.add_gateway("edge", "istio-ingressgateway-1-15", "1-15", kNewGateway);
  cluster.add_service("edge", "my-lb", R"({"istio":"ingressgateway","istio.io/rev":"default"})",
                      "127.21.0.9");
  cluster.add_service("edge", "istio-ingressgateway",
                      R"({"istio":"ingressgateway","istio.io/rev":"1-15"})", "127.21.0.2",
                      kNewGateway);
  auto plan = make_plan(cluster.state(), TestCluster::goal(true));
  EXPECT_EQ(outline(plan)[0], "switch-service edge/my-lb");
}

TEST(Plan, ARevisionLabelOfTheNamespaceMovesFirst) {
  TestCluster cluster;
  cluster.activate();
  auto& old = cluster.deployment("istiod");
  old.edit("metadata").edit("labels").set("istio.io/rev", "1-14");
  cluster.raw.objects.mutating_webhooks.push_back(data::parse_json(
      R"({"metadata":{"name":"istio-sidecar-injector-1-14","labels":{"istio.io/rev":"1-14"}},
      "webhooks":[{"name":"rev.namespace.sidecar-injector.istio.io","clientConfig":{"service":
      {"name":"istiod","namespace":"istio-system"}},"rules":[{"operations":["CREATE"],
      "apiGroups":[""],"apiVersions":["v1"],"resources":["pods"]}],
      "namespaceSelector":{"matchLabels":{"istio.io/rev":"1-14"}}}]})"));
  cluster.add_app("shop", "cart", "1-14", R"({"istio.io/rev":"1-14"})");
  auto plan = outline(make_plan(cluster.state(), TestCluster::goal()));
  ASSERT_GE(plan.size(), 2u);
  EXPECT_EQ(plan[0], "relabel-namespace shop");
  EXPECT_EQ(plan[1], "restart shop/cart");
}

TEST(Plan, ARestartThatWouldLoseTheProxyIsNotDone) {
  TestCluster cluster;
  cluster.activate();
  cluster.add_app("shop", "cart", "", "{}");
  auto plan = make_plan(cluster.state(), TestCluster::goal());
  EXPECT_EQ(plan[0].kind, StepKind::kAsk);
  EXPECT_THAT(plan[0].sentence, HasSubstr("would leave it without a proxy"));
}

TEST(Plan, NothingIsDoneWhileAnIstiodCannotBeAsked) {
  TestCluster cluster;
  cluster.add_app("bookinfo", "details-v1", "");
  auto state = cluster.state();
  state.proxies.unreachable = {"istiod x does not tell its proxies: refused"};
  auto plan = make_plan(state, TestCluster::goal());
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_EQ(plan[0].kind, StepKind::kAsk);
}

TEST(Plan, AManagedControlPlaneComesFirst) {
  TestCluster cluster;
  std::erase_if(cluster.raw.objects.deployments,
                [](const data::Value& d) { return kube::name_of(d).name == "istiod-1-15"; });
  auto plan = make_plan(cluster.state(), TestCluster::goal());
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_THAT(plan[0].sentence, HasSubstr("no managed control plane of revision 1-15"));
}

TEST(Plan, SeveralOldControlPlanesMustBeTold) {
  TestCluster cluster;
  auto second = cluster.deployment("istiod");
  second.edit("metadata").set("name", "istiod-1-13");
  second.edit("metadata").edit("labels").set("istio.io/rev", "1-13");
  cluster.raw.objects.deployments.push_back(second);
  auto plan = make_plan(cluster.state(), TestCluster::goal());
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_THAT(plan[0].sentence, HasSubstr("name the one to take over with --from"));
  auto goal = TestCluster::goal();
  goal.from = base::Revision("1-13");
  EXPECT_EQ(outline(make_plan(cluster.state(), goal))[0], "activate");
}

TEST(Plan, HelmReleasesAreForHelm) {
  TestCluster cluster;
  cluster.activate();
  auto& old = cluster.deployment("istiod").edit("metadata");
  old.set("labels", data::parse_json(R"({"app":"istiod","istio.io/rev":"default",
      "app.kubernetes.io/managed-by":"Helm"})"));
  old.set("annotations", data::parse_json(R"({"meta.helm.sh/release-name":"istiod",
      "meta.helm.sh/release-namespace":"istio-system"})"));
  auto plan = make_plan(cluster.state(), TestCluster::goal(true));
  EXPECT_EQ(plan[0].kind, StepKind::kAsk);
  EXPECT_THAT(plan[0].sentence, HasSubstr("helm uninstall istiod -n istio-system"));
}

TEST(Plan, IstioctlInstallationsGoByTheirLabels) {
  TestCluster cluster;
  cluster.activate();
  cluster.raw.objects.istio_operators.clear();
  cluster.deployment("istiod")
      .edit("metadata")
      .edit("labels")
      .set("install.operator.istio.io/owning-resource", "installed-state");
  std::erase_if(cluster.raw.objects.deployments,
                [](const data::Value& d) { return kube::name_of(d).name == "istio-operator"; });
  auto plan = make_plan(cluster.state(), TestCluster::goal(true));
  EXPECT_THAT(outline(plan), ElementsAre("delete-components"));
  EXPECT_THAT(plan[0].components, ElementsAre("Pilot", "IstiodRemote"));
  EXPECT_TRUE(plan[0].takes_istiod);
}

TEST(Plan, AnOperatorThatServesOthersStays) {
  TestCluster cluster;
  cluster.activate();
  auto other = cluster.raw.objects.istio_operators[0];
  other.edit("metadata").set("name", "other");
  other.set("spec", data::parse_json(R"({"revision":"blue"})"));
  cluster.raw.objects.istio_operators.push_back(other);
  for (const auto& line : outline(make_plan(cluster.state(), TestCluster::goal(true)))) {
    EXPECT_THAT(line, testing::Not(HasSubstr("other")));
    EXPECT_THAT(line, testing::Not(HasSubstr("delete-operator")));
  }
}

TEST(Plan, NamespacesOfTheMeshAreProtected) {
  TestCluster cluster;
  cluster.activate();
  for (const char* name : {"istio-system", "gloo-mesh-gateways", "gm-iop-1-15", "kube-system",
                           "default", "gloo-mesh"}) {
    auto ns = data::parse_json(R"({"kind":"Namespace","metadata":{"annotations":
        {"jibe.dev/left-by-takeover":"true"}}})");
    ns.edit("metadata").set("name", name);
    cluster.raw.objects.namespaces.push_back(ns);
  }
  for (const auto& step : make_plan(cluster.state(), TestCluster::goal(true))) {
    if (step.kind == StepKind::kDeleteNamespace) {
      EXPECT_EQ(step.object.name, "istio-operator");
    }
  }
}

}  // namespace
}  // namespace jibe::takeover
