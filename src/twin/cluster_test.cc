#include "twin/cluster.h"

#include <gtest/gtest.h>

#include <map>

#include "data/json.h"
#include "twin/controllers/pods.h"
#include "twin/snapshot.h"
#include "twin/test_cluster.h"
#include "twin/test_programs.h"

namespace jibe::twin {
namespace {

using data::Value;

const Value& status_of(const std::optional<Value>& object) {
  static const Value none;
  return object ? (*object)["status"] : none;
}

std::optional<Value> deployment(const TestWorld& world, const std::string& name) {
  return world.client.get(kDeployments, "default", name);
}

bool settled(const TestWorld& world, const std::string& name) {
  const auto found = deployment(world, name);
  const Value& status = status_of(found);
  const int64_t wanted = (*found)["spec"]["replicas"].int_or(0);
  return status["observedGeneration"].int_or(0) == generation_of(*found) &&
         status["replicas"].int_or(0) == wanted && status["updatedReplicas"].int_or(0) == wanted &&
         status["availableReplicas"].int_or(0) == wanted;
}

Value template_patch(const std::string& value) {
  const Value annotations = Value::map({{"kubectl.kubernetes.io/restartedAt", value}});
  return Value::map(
      {{"spec",
        Value::map({{"template",
                     Value::map({{"metadata", Value::map({{"annotations", annotations}})}})}})}});
}

Task<void> create_settled(TestWorld world, Value object) {
  const std::string name = object_name(object);
  co_await world.client.create(kDeployments, object);
  const bool ready = co_await eventually(world.runtime, [&] { return settled(world, name); });
  EXPECT_TRUE(ready) << name;
}

Task<void> start_deployment(TestWorld world) {
  co_await create_settled(world, test_deployment("default", "echo", 3));
  const auto found = deployment(world, "echo");
  EXPECT_EQ(kube::annotation_of(*found, "deployment.kubernetes.io/revision"), "1");
  const Value& conditions = (*found)["status"]["conditions"];
  EXPECT_TRUE(condition_is(conditions, "Available", "True"));
  EXPECT_EQ(find_condition(conditions, "Progressing")["reason"].text(), "NewReplicaSetAvailable");
  const auto sets = world.client.items(kReplicaSets, "default");
  EXPECT_EQ(sets.size(), 1U);
  if (sets.empty()) co_return;
  const std::string& hash = kube::label_of(sets[0], "pod-template-hash");
  EXPECT_EQ(object_name(sets[0]), "echo-" + hash);
  for (const Value& pod : world.client.items(kPods, "default")) {
    EXPECT_TRUE(object_name(pod).starts_with("echo-" + hash + "-"));
    EXPECT_EQ(pod["spec"]["nodeName"].text(), "c1-node-1");
    EXPECT_EQ(kube::label_of(pod, "pod-template-hash"), hash);
  }
}

TEST(Cluster, StartsADeployment) {
  in_cluster(start_deployment);
}

// What a rolling update must not violate at any instant. Pods that are wanted, not pods that are
// there: of two ReplicaSets that change together, the growing one may be faster.
struct Bounds {
  int64_t least_available = 1000;
  int64_t most_wanted = 0;
};

Task<void> roll_within_bounds(TestWorld world) {
  Value wanted = test_deployment("default", "echo", 4);
  Value rolling = Value::map({{"maxSurge", 1}, {"maxUnavailable", "25%"}});
  wanted.edit("spec").set("strategy",
                          Value::map({{"type", "RollingUpdate"}, {"rollingUpdate", rolling}}));
  co_await create_settled(world, wanted);
  Bounds bounds;
  const auto watching = world.client.api().subscribe(kPods, [&world, &bounds](const WatchEvent&) {
    int64_t available = 0;
    int64_t wanted = 0;
    for (const Value& pod : world.client.items(kPods, "default"))
      if (is_pod_active(pod) && is_pod_ready(pod)) ++available;
    for (const Value& set : world.client.items(kReplicaSets, "default"))
      wanted += set["spec"]["replicas"].int_or(0);
    bounds.least_available = std::min(bounds.least_available, available);
    bounds.most_wanted = std::max(bounds.most_wanted, wanted);
  });
  const std::string before = object_name(world.client.items(kReplicaSets, "default")[0]);
  co_await world.client.merge(kDeployments, *deployment(world, "echo"), template_patch("now"));
  co_await world.runtime.sleep(std::chrono::milliseconds(10));
  const bool done = co_await eventually(world.runtime, [&] { return settled(world, "echo"); });
  EXPECT_TRUE(done);
  EXPECT_EQ(bounds.least_available, 3);
  EXPECT_EQ(bounds.most_wanted, 5);
  const auto found = deployment(world, "echo");
  EXPECT_EQ(kube::annotation_of(*found, "deployment.kubernetes.io/revision"), "2");
  const auto sets = world.client.items(kReplicaSets, "default");
  EXPECT_EQ(sets.size(), 2U);
  for (const Value& set : sets)
    EXPECT_EQ(set["spec"]["replicas"].int_or(-1), object_name(set) == before ? 0 : 4);
}

TEST(Cluster, RollsWithinBounds) {
  for (uint64_t seed = 1; seed <= 5; ++seed)
    in_cluster(seed, {.name = base::ClusterName("c1")}, roll_within_bounds);
}

Task<void> roll_back(TestWorld world) {
  co_await create_settled(world, test_deployment("default", "echo", 2));
  const Value original = (*deployment(world, "echo"))["spec"]["template"];
  const std::string first = object_name(world.client.items(kReplicaSets, "default")[0]);
  co_await world.client.merge(kDeployments, *deployment(world, "echo"), template_patch("now"));
  co_await world.runtime.sleep(std::chrono::milliseconds(10));
  co_await eventually(world.runtime, [&] { return settled(world, "echo"); });
  Value back = *deployment(world, "echo");
  back.edit("spec").set("template", original);
  co_await world.client.update(kDeployments, back);
  co_await world.runtime.sleep(std::chrono::milliseconds(10));
  const bool done = co_await eventually(world.runtime, [&] { return settled(world, "echo"); });
  EXPECT_TRUE(done);
  const auto set = world.client.get(kReplicaSets, "default", first);
  EXPECT_EQ((*set)["spec"]["replicas"].int_or(0), 2);
  EXPECT_EQ(kube::annotation_of(*set, "deployment.kubernetes.io/revision"), "3");
  EXPECT_EQ(kube::annotation_of(*set, "deployment.kubernetes.io/revision-history"), "1");
  EXPECT_EQ(world.client.items(kReplicaSets, "default").size(), 2U);
}

TEST(Cluster, RollsBackToTheOldReplicaSet) {
  in_cluster(roll_back);
}

Task<void> scale_and_pause(TestWorld world) {
  co_await create_settled(world, test_deployment("default", "echo", 1));
  Value paused = *deployment(world, "echo");
  paused.edit("spec").set("paused", true);
  paused.edit("spec").set("replicas", 3);
  paused.edit("spec").edit("template").edit("metadata").edit("labels").set("v", "2");
  co_await world.client.update(kDeployments, paused);
  co_await world.runtime.sleep(std::chrono::seconds(5));
  // Scaled although paused, but not rolled.
  const auto sets = world.client.items(kReplicaSets, "default");
  EXPECT_EQ(sets.size(), 1U);
  EXPECT_EQ(sets[0]["spec"]["replicas"].int_or(0), 3);
  const Value& conditions = status_of(deployment(world, "echo"))["conditions"];
  EXPECT_EQ(find_condition(conditions, "Progressing")["reason"].text(), "DeploymentPaused");
}

TEST(Cluster, ScalesWhilePaused) {
  in_cluster(scale_and_pause);
}

Task<void> recreate(TestWorld world) {
  Value wanted = test_deployment("default", "echo", 2);
  wanted.edit("spec").set("strategy", Value::map({{"type", "Recreate"}}));
  co_await create_settled(world, wanted);
  bool mixed = false;
  const auto watching = world.client.api().subscribe(kPods, [&world, &mixed](const WatchEvent&) {
    std::set<std::string> hashes;
    for (const Value& pod : world.client.items(kPods, "default"))
      if (!is_pod_finished(pod)) hashes.insert(kube::label_of(pod, "pod-template-hash"));
    mixed = mixed || hashes.size() > 1;
  });
  co_await world.client.merge(kDeployments, *deployment(world, "echo"), template_patch("now"));
  co_await world.runtime.sleep(std::chrono::milliseconds(10));
  const bool done = co_await eventually(world.runtime, [&] { return settled(world, "echo"); });
  EXPECT_TRUE(done);
  EXPECT_FALSE(mixed);
}

TEST(Cluster, RecreateNeverMixes) {
  in_cluster(recreate);
}

Task<void> refuse_pods(TestWorld world) {
  const kube::Gvr webhooks{"admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations"};
  const Value pods = Value::map({{"operations", Value::list({"CREATE"})},
                                 {"apiGroups", Value::list({""})},
                                 {"apiVersions", Value::list({"v1"})},
                                 {"resources", Value::list({"pods"})}});
  const Value service = Value::map(
      {{"name", "nobody"}, {"namespace", "default"}, {"path", "/inject"}, {"port", 443}});
  const Value webhook = Value::map({{"name", "refuse.example.com"},
                                    {"clientConfig", Value::map({{"service", service}})},
                                    {"rules", Value::list({pods})},
                                    {"failurePolicy", "Fail"},
                                    {"sideEffects", "None"},
                                    {"admissionReviewVersions", Value::list({"v1"})}});
  const Value configuration = Value::map({{"apiVersion", "admissionregistration.k8s.io/v1"},
                                          {"kind", "MutatingWebhookConfiguration"},
                                          {"metadata", Value::map({{"name", "refuse"}})},
                                          {"webhooks", Value::list({webhook})}});
  co_await world.client.create(webhooks, configuration);
  co_await world.client.create(kDeployments, test_deployment("default", "echo", 2));
  co_await world.runtime.sleep(std::chrono::seconds(3));
  EXPECT_TRUE(world.client.items(kPods, "default").empty());
  const auto set = world.client.items(kReplicaSets, "default").at(0);
  const Value& failure = find_condition(set["status"]["conditions"], "ReplicaFailure");
  EXPECT_EQ(failure["reason"].text(), "FailedCreate");
  EXPECT_NE(failure["message"].text().find("refuse.example.com"), std::string::npos);
  const Value& conditions = status_of(deployment(world, "echo"))["conditions"];
  EXPECT_TRUE(condition_is(conditions, "ReplicaFailure", "True"));
  int64_t refusals = 0;
  for (const Value& event : world.client.items(kEvents, "default"))
    if (event["reason"].text() == "FailedCreate") refusals += event["count"].int_or(0);
  // Growing waits: in three seconds between a few and a dozen.
  EXPECT_GE(refusals, 3);
  EXPECT_LE(refusals, 15);
  co_await world.client.remove(webhooks, *world.client.get(webhooks, "", "refuse"));
  const bool healed = co_await eventually(world.runtime, [&] { return settled(world, "echo"); });
  EXPECT_TRUE(healed);
  EXPECT_TRUE(find_condition(status_of(deployment(world, "echo"))["conditions"], "ReplicaFailure")
                  .is_null());
}

TEST(Cluster, ReportsAndRetriesRefusedPods) {
  in_cluster(refuse_pods);
}

std::string story(uint64_t seed) {
  static std::string told;
  in_cluster(seed, {.name = base::ClusterName("c1")}, [](TestWorld world) -> Task<void> {
    co_await world.client.create(kServices, test_service("default", "echo", 80, "LoadBalancer"));
    co_await create_settled(world, test_deployment("default", "echo", 3));
    co_await world.client.merge(kDeployments, *deployment(world, "echo"), template_patch("now"));
    co_await world.runtime.sleep(std::chrono::seconds(20));
    told = data::to_json(snapshot(world.client.api(), true));
  });
  return told;
}

TEST(Cluster, SameSeedSameStory) {
  const std::string first = story(7);
  EXPECT_EQ(first, story(7));
  EXPECT_NE(first, story(8));
}

Task<void> start_many(TestWorld world) {
  for (int i = 0; i < 20; ++i) {
    const std::string name = "app-" + std::to_string(i);
    co_await world.client.create(kServices, test_service("default", name, 80));
    co_await world.client.create(kDeployments, test_deployment("default", name, 2));
  }
  const bool ready = co_await eventually(world.runtime, [&] {
    for (int i = 0; i < 20; ++i)
      if (!settled(world, "app-" + std::to_string(i))) return false;
    return true;
  });
  EXPECT_TRUE(ready);
}

TEST(Cluster, StartsTwentyDeployments) {
  in_cluster(start_many);
}

}  // namespace
}  // namespace jibe::twin
