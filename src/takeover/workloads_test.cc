// Which workloads are behind proxies, and what forbids to restart them.
#include "takeover/workloads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "takeover/test_state.h"

namespace jibe::takeover {
namespace {

using testing::HasSubstr;

Workload only(const ClusterState& state) {
  auto found = workloads_of(state);
  EXPECT_EQ(found.size(), 1u);
  return found.at(0);
}

TEST(Workloads, AreFoundThroughTheirReplicaSets) {
  TestCluster cluster;
  cluster.add_app("bookinfo", "details-v1", "");
  auto workload = only(cluster.state());
  EXPECT_EQ(workload.str(), "Deployment bookinfo/details-v1");
  EXPECT_TRUE(workload.restartable());
  EXPECT_EQ(workload.proxies.size(), 1u);
  EXPECT_TRUE(workload.proxies[0].revision.empty());
}

TEST(Workloads, BarePodsAndJobsCannotBeRestarted) {
  TestCluster cluster;
  cluster.add_app("bookinfo", "details-v1", "");
  auto& pod = cluster.raw.objects.pods.back();
  pod.edit("metadata").erase("ownerReferences");
  auto workload = only(cluster.state());
  EXPECT_EQ(workload.kind, "Pod");
  EXPECT_THAT(restart_obstacle(cluster.state(), workload), HasSubstr("cannot be restarted"));
  pod.edit("metadata")
      .set("ownerReferences", data::parse_json(R"([{"kind":"Job","name":"j","controller":true}])"));
  EXPECT_EQ(only(cluster.state()).str(), "Job bookinfo/j");
}

TEST(Workloads, PausedOnesDoNotRoll) {
  TestCluster cluster;
  cluster.add_app("bookinfo", "details-v1", "");
  cluster.deployment("details-v1").edit("spec").set("paused", true);
  auto state = cluster.state();
  EXPECT_THAT(restart_obstacle(state, only(state)), HasSubstr("kubectl rollout resume"));
}

TEST(Workloads, AProxyInTheTemplateStaysWhatItIs) {
  TestCluster cluster;
  cluster.add_app("bookinfo", "details-v1", "");
  auto& pod = cluster.deployment("details-v1").edit("spec").edit("template").edit("spec");
  pod.edit("containers")
      .push_back(data::parse_json(R"({"name":"istio-proxy","image":"hub/proxyv2:1.14.5"})"));
  auto state = cluster.state();
  EXPECT_THAT(restart_obstacle(state, only(state)), HasSubstr("in its own pod template"));
  pod.edit("containers").edit_items()[1].set("image", "auto");
  state = cluster.state();
  EXPECT_EQ(restart_obstacle(state, only(state)), "");
}

TEST(Workloads, ABudgetForbidsWhatTakesPodsAway) {
  TestCluster cluster;
  cluster.add_app("bookinfo", "details-v1", "");
  auto budget = data::parse_json(
      R"({"kind":"PodDisruptionBudget","metadata":{"name":"b","namespace":"bookinfo"},
      "spec":{"selector":{"matchLabels":{"app":"details-v1"}}},
      "status":{"disruptionsAllowed":0}})");
  cluster.raw.budgets = {budget};
  auto state = cluster.state();
  // One replica: 25 % of it may be missing, which rounds down to none.
  EXPECT_EQ(restart_obstacle(state, only(state)), "");
  cluster.deployment("details-v1").edit("spec").set("replicas", 4);
  state = cluster.state();
  EXPECT_THAT(restart_obstacle(state, only(state)), HasSubstr("PodDisruptionBudget bookinfo/b"));
  cluster.deployment("details-v1")
      .edit("spec")
      .set("strategy", data::parse_json(R"({"rollingUpdate":{"maxUnavailable":0}})"));
  state = cluster.state();
  EXPECT_EQ(restart_obstacle(state, only(state)), "");
  cluster.deployment("details-v1")
      .edit("spec")
      .set("strategy", data::parse_json(R"({"type":"Recreate"})"));
  state = cluster.state();
  EXPECT_NE(restart_obstacle(state, only(state)), "");
  cluster.raw.budgets[0].edit("status").set("disruptionsAllowed", 1);
  state = cluster.state();
  EXPECT_EQ(restart_obstacle(state, only(state)), "");
}

TEST(Workloads, AreMovedWhenEveryProxyIsConnectedAndInSync) {
  TestCluster cluster;
  cluster.add_app("bookinfo", "details-v1", "1-15");
  const base::Revision to("1-15");
  auto state = cluster.state();
  EXPECT_EQ(not_moved_yet(state, only(state), to), "");
  state.proxies.connections[0].lds = istio::SyncState::kStale;
  EXPECT_THAT(not_moved_yet(state, only(state), to), HasSubstr("not connected and in sync"));
  state.proxies.connections.clear();
  EXPECT_THAT(not_moved_yet(state, only(state), to), HasSubstr("not connected and in sync"));
  EXPECT_THAT(not_moved_yet(cluster.state(), only(state), base::Revision("1-16")),
              HasSubstr("another revision"));
  cluster.deployment("details-v1").edit("status").set("updatedReplicas", 0);
  state = cluster.state();
  EXPECT_THAT(not_moved_yet(state, only(state), to), HasSubstr("Deployment bookinfo/details-v1"));
}

TEST(Workloads, AConnectionAloneMakesAUser) {
  TestCluster cluster;
  cluster.add_app("bookinfo", "details-v1", "1-15");
  auto state = cluster.state();
  EXPECT_TRUE(proxies_using(state, base::Revision()).empty());
  // Injected by the new one, but connected to the old one: both are in use.
  state.proxies.connections[0].istiod = "istiod-abc-x";
  EXPECT_EQ(proxies_using(state, base::Revision()).size(), 1u);
  EXPECT_EQ(proxies_using(state, base::Revision("1-15")).size(), 1u);
}

}  // namespace
}  // namespace jibe::takeover
