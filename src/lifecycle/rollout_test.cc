#include "lifecycle/rollout.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace jibe::lifecycle {
namespace {

data::Value deployment(int available) {
  auto out = data::parse_json(R"({"kind":"Deployment","metadata":{"name":"istiod","namespace":"n",
      "generation":1},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"istiod"}}},
      "status":{"observedGeneration":1,"replicas":1,"updatedReplicas":1}})");
  out.edit("status").set("availableReplicas", available);
  return out;
}

TEST(NotReadyReason, NamesTheFailure) {
  auto object = deployment(0);
  EXPECT_EQ(not_ready_reason(object), "Deployment n/istiod: 0 of 1 replicas are available");
  object.edit("status").set("conditions", data::parse_json(R"([{"type":"ReplicaFailure",
      "status":"True","message":"quota exceeded"}])"));
  EXPECT_EQ(not_ready_reason(object), "Deployment n/istiod: quota exceeded");
  EXPECT_EQ(not_ready_reason(deployment(1)), "");
}

TEST(NotReadyReason, KnowsDaemonSetsAndStatefulSets) {
  auto set = data::parse_json(R"({"kind":"DaemonSet","metadata":{"name":"cni","namespace":"n",
      "generation":1},"status":{"observedGeneration":1,"desiredNumberScheduled":3,
      "numberAvailable":2,"updatedNumberScheduled":3}})");
  EXPECT_EQ(not_ready_reason(set), "DaemonSet n/cni: 2 of 3 pods are available");
  auto database = data::parse_json(R"({"kind":"StatefulSet","metadata":{"name":"db",
      "namespace":"n","generation":1},"spec":{"replicas":3},"status":{"observedGeneration":1,
      "readyReplicas":3,"updatedReplicas":1,"currentRevision":"a","updateRevision":"b"}})");
  EXPECT_EQ(not_ready_reason(database), "StatefulSet n/db: 1 of 3 pods are updated");
  database.edit("status").set("currentRevision", "b");
  EXPECT_EQ(not_ready_reason(database), "");
}

data::Value pod(const std::string& app, const std::string& status) {
  auto out = data::parse_json(R"({"metadata":{"name":"p","namespace":"n"}})");
  out.edit("metadata").edit("labels").set("app", app);
  out.set("status", data::parse_json(status));
  return out;
}

std::string reason_with(const data::Value& pod) {
  return not_ready_reason(deployment(0), {pod});
}

TEST(NotReadyReason, QuotesThePodInTrouble) {
  const std::string plain = "Deployment n/istiod: 0 of 1 replicas are available";
  const std::string pulls = R"({"containerStatuses":[{"name":"a","state":{"running":{}}},
      {"name":"discovery","state":{"waiting":{"reason":"ImagePullBackOff","message":"back-off"}}}]})";
  EXPECT_EQ(reason_with(pod("istiod", pulls)),
            plain + "; pod p: container discovery: ImagePullBackOff: back-off");
  const std::string crashes = R"({"initContainerStatuses":[{"name":"istio-init",
      "state":{"waiting":{"reason":"CrashLoopBackOff"}}}]})";
  EXPECT_EQ(reason_with(pod("istiod", crashes)),
            plain + "; pod p: container istio-init: CrashLoopBackOff");
  const std::string full = R"({"conditions":[{"type":"PodScheduled","status":"False",
      "message":"0/3 nodes are available: 3 Insufficient cpu."}]})";
  EXPECT_EQ(reason_with(pod("istiod", full)),
            plain + "; pod p: 0/3 nodes are available: 3 Insufficient cpu.");
}

TEST(NotReadyReason, PassesOverOtherPodsAndThoseThatStart) {
  const std::string plain = "Deployment n/istiod: 0 of 1 replicas are available";
  const std::string pulls =
      R"({"containerStatuses":[{"name":"a","state":{"waiting":{"reason":"ErrImagePull"}}}]})";
  EXPECT_EQ(reason_with(pod("other", pulls)), plain);
  auto elsewhere = pod("istiod", pulls);
  elsewhere.edit("metadata").set("namespace", "m");
  EXPECT_EQ(reason_with(elsewhere), plain);
  auto ends = pod("istiod", pulls);
  ends.edit("metadata").set("deletionTimestamp", "2026-01-01T00:00:00Z");
  EXPECT_EQ(reason_with(ends), plain);
  const std::string starts =
      R"({"containerStatuses":[{"name":"a","state":{"waiting":{"reason":"PodInitializing"}}}]})";
  EXPECT_EQ(reason_with(pod("istiod", starts)), plain);
  EXPECT_EQ(not_ready_reason(deployment(1), {pod("istiod", pulls)}), "");
}

}  // namespace
}  // namespace jibe::lifecycle
