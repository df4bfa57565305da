// The state that users see, and the objects that the server puts into a cluster.
#include "lifecycle/workload_cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "data/json.h"
#include "lifecycle/apply_set.h"
#include "lifecycle/contract.h"
#include "lifecycle/manager_reconciler.h"
#include "lifecycle/workload_objects.h"

namespace jibe::lifecycle {
namespace {

using api::State;

data::Value iop(const std::string& status, const std::string& role = "control-plane") {
  auto out = data::parse_json(R"({"metadata":{"generation":2},"spec":{"revision":"1-15"}})");
  out.edit("metadata").set("labels", data::Value::map({{kRoleLabel, role}}));
  if (!status.empty()) out.set("status", data::parse_json(status));
  return out;
}

const std::string kRuns;
const std::string kStarts = "0 of 1 replicas are available";

std::string status(const std::string& state, int generation = 2) {
  return R"({"state":")" + state + R"(","observedGeneration":)" + std::to_string(generation) +
         R"(,"message":"m"})";
}

TEST(SameContent, LeavesOutWhatTheServerWritesWithEveryRequest) {
  auto object = data::parse_json(R"({"metadata":{"name":"a","resourceVersion":"1","generation":1,
      "managedFields":[{"manager":"istiod"}]},"spec":{"x":1}})");
  auto other = object;
  other.edit("metadata").set("resourceVersion", "2");
  other.edit("metadata").set("generation", 2);
  other.edit("metadata").erase("managedFields");
  EXPECT_TRUE(same_content(object, other));
  other.edit("metadata").edit("labels").set("a", "b");
  EXPECT_FALSE(same_content(object, other));
}

TEST(StateOf, FollowsTheInstallerThenTheInstallation) {
  EXPECT_EQ(state_of(kStarts, iop("")).state, State::kInstallingController);
  EXPECT_EQ(state_of(kStarts, iop("")).message, kStarts);
  EXPECT_EQ(state_of(kRuns, iop("")).state, State::kInstallingControlPlane);
  EXPECT_EQ(state_of(kRuns, iop("", "gateway")).state, State::kInstallingGateway);
  // What the installer says of an earlier spec is no longer true.
  EXPECT_EQ(state_of(kRuns, iop(status("HEALTHY", 1))).state, State::kUpdatingControlPlane);
  EXPECT_EQ(state_of(kRuns, iop(status("HEALTHY", 1), "gateway")).state, State::kUpdatingGateway);
}

TEST(StateOf, TranslatesWhatTheInstallerReports) {
  const std::vector<std::tuple<std::string_view, State, State>> kTable = {
      {kStateInstalling, State::kInstallingControlPlane, State::kInstallingGateway},
      {kStateUpdating, State::kUpdatingControlPlane, State::kUpdatingGateway},
      {kStateReconciling, State::kReconcilingControlPlane, State::kReconcilingGateway},
      {kStateHealthy, State::kHealthy, State::kHealthy},
      {kStateUnhealthy, State::kUnhealthy, State::kUnhealthy},
      {kStateFailed, State::kControlPlaneInstallFailed, State::kFailed},
      {kStateUninstalling, State::kUninstallingControlPlane, State::kUninstallingGateway}};
  for (const auto& [reported, control_plane, gateway] : kTable) {
    auto text = status(std::string(reported));
    EXPECT_EQ(state_of(kRuns, iop(text)).state, control_plane) << reported;
    EXPECT_EQ(state_of(kRuns, iop(text, "gateway")).state, gateway) << reported;
    EXPECT_EQ(state_of(kRuns, iop(text)).message, "m");
  }
}

TEST(InstallerManifests, AreTheGuidesNames) {
  std::set<std::string> names;
  for (const auto& object : installer_manifests(base::Revision("1-15"), "hub/jibe:1"))
    names.insert(object["kind"].text() + " " + kube::name_of(object).str());
  EXPECT_TRUE(names.contains("Namespace gm-iop-1-15"));
  EXPECT_TRUE(names.contains("Deployment gm-iop-1-15/istio-operator-1-15"));
  EXPECT_TRUE(names.contains("Service gm-iop-1-15/istio-operator-1-15"));
  for (const auto& object : installer_manifests(base::Revision("1-15"), "hub/jibe:1")) {
    if (object["kind"].text() != "Deployment") continue;
    const auto& container = object["spec"]["template"]["spec"]["containers"][0];
    EXPECT_EQ(container["image"].text(), "hub/jibe:1");
    EXPECT_EQ(container["env"][0]["value"].text(), "1-15");
    EXPECT_EQ(container["env"][1]["name"].text(), "POD_NAMESPACE");
  }
}

TEST(InstallerManifests, FollowIstioController) {
  api::IstioController controller;
  controller.labels = data::parse_json(R"({"team":"mesh","name":"mine"})");
  controller.annotations = data::parse_json(R"({"a":"b"})");
  controller.image_pull_secrets = data::parse_json(R"([{"name":"pull"}])");
  controller.resources = data::parse_json(R"({"limits":{"cpu":"1"}})");
  controller.env_vars = data::parse_json(R"([{"name":"A","value":"b"}])");
  for (const auto& object : installer_manifests(base::Revision("1-15"), "i", controller)) {
    if (object["kind"].text() != "Deployment") continue;
    const auto& pod = object["spec"]["template"];
    EXPECT_EQ(pod["metadata"]["labels"]["team"].text(), "mesh");
    EXPECT_EQ(pod["metadata"]["annotations"]["a"].text(), "b");
    for (const auto& wanted : object["spec"]["selector"]["matchLabels"].entries())
      EXPECT_EQ(pod["metadata"]["labels"][wanted.key], wanted.value);
    EXPECT_EQ(pod["spec"]["imagePullSecrets"], controller.image_pull_secrets);
    EXPECT_EQ(pod["spec"]["containers"][0]["resources"], controller.resources);
    EXPECT_EQ(pod["spec"]["containers"][0]["env"][2]["name"].text(), "A");
  }
}

TEST(Wish, ARepositoryThatIsNotFollowedIsNotIgnored) {
  auto object = data::parse_json(R"({"metadata":{"name":"i","namespace":"gloo-mesh"},"spec":{
      "helmGlobal":{"repo":"oci://charts.example/istio"},"installations":[{"revision":"1-31",
      "clusters":[{"name":"a"}],"istioOperatorSpec":{}}]}})");
  EXPECT_THAT(wish_of_istio(object, {}).problem, testing::HasSubstr("oci://charts.example/istio"));
}

TEST(NotWanted, ComparesGroupKindNamespaceAndName) {
  auto object = [](const char* version, const char* ns, const char* name) {
    return data::parse_json(std::string(R"({"apiVersion":")") + version +
                            R"(","kind":"Deployment","metadata":{"name":")" + name +
                            R"(","namespace":")" + ns + R"("}})");
  };
  auto left = not_wanted({object("apps/v1", "a", "x"), object("apps/v1", "b", "x"),
                          object("apps/v1", "a", "y"), object("extensions/v1", "a", "x")},
                         {object("apps/v1beta1", "a", "x")});
  ASSERT_EQ(left.size(), 3u);
  EXPECT_EQ(kube::name_of(left[0]).str(), "b/x");
  EXPECT_EQ(kube::name_of(left[1]).str(), "a/y");
  EXPECT_EQ(kube::gvk_of(left[2]).group, "extensions");
}

TEST(ServesAllVersions, LooksForEachOne) {
  auto definition = [](const std::string& versions) {
    return data::parse_json(R"({"spec":{"versions":)" + versions + "}}");
  };
  auto live = definition(R"([{"name":"v1","served":true},{"name":"v1beta1","served":false}])");
  EXPECT_TRUE(serves_all_versions(live, definition(R"([{"name":"v1","served":true}])")));
  EXPECT_FALSE(serves_all_versions(live, definition(R"([{"name":"v1beta1","served":true}])")));
  EXPECT_FALSE(serves_all_versions(live, definition(R"([{"name":"v2","served":true}])")));
}

TEST(Wish, AGatewayFollowsItsControlPlane) {
  auto spec =
      data::parse_json(R"({"components":{"ingressGateways":[{"name":"g","enabled":true}]}})");
  auto object = data::parse_json(R"({"metadata":{"name":"g","namespace":"gloo-mesh"},"spec":{
      "installations":[{"gatewayRevision":"1-15","clusters":[{"name":"a","activeGateway":true},
      {"name":"b"}]},{"gatewayRevision":"x","controlPlaneRevision":"y",
      "clusters":[{"name":"a"}]}]}})");
  for (auto& installation : object.edit("spec").edit("installations").edit_items())
    installation.set("istioOperatorSpec", spec);
  auto wish = wish_of_gateway(object, {});
  EXPECT_EQ(wish.problem, "");
  ASSERT_EQ(wish.wanted.size(), 3u);
  EXPECT_TRUE(wish.wanted[0].active);
  EXPECT_FALSE(wish.wanted[1].active);
  EXPECT_EQ(wish.wanted[0].control_plane.str(), "1-15");
  EXPECT_EQ(wish.wanted[2].control_plane.str(), "y");
}

TEST(Wish, AutoIsTheNewestRelease) {
  auto object = data::parse_json(R"({"metadata":{"name":"i","namespace":"gloo-mesh"},"spec":{
      "installations":[{"revision":"auto","clusters":[{"name":"a"}],"istioOperatorSpec":{}}]}})");
  auto wish = wish_of_istio(object, {{1, 30, 3, ""}, {1, 31, 0, ""}, {1, 32, 0, "rc.0"}});
  ASSERT_EQ(wish.wanted.size(), 1u);
  EXPECT_EQ(wish.wanted[0].revision.str(), "1-31");
}

}  // namespace
}  // namespace jibe::lifecycle
