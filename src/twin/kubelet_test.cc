// Pods from bound to gone.
#include <gtest/gtest.h>

#include "data/json.h"
#include "twin/cluster.h"
#include "twin/controllers/pods.h"
#include "twin/snapshot.h"
#include "twin/test_cluster.h"
#include "twin/test_programs.h"

namespace jibe::twin {
namespace {

using data::Value;
using std::chrono::milliseconds;
using std::chrono::seconds;

Value container(const std::string& name, const std::string& image) {
  return Value::map({{"name", name}, {"image", image}});
}

Value pod_of(Value spec) {
  return Value::map({{"apiVersion", "v1"},
                     {"kind", "Pod"},
                     {"metadata", Value::map({{"name", "p"}, {"namespace", "default"}})},
                     {"spec", std::move(spec)}});
}

Value status_of(const TestWorld& world) {
  const auto pod = world.client.get(kPods, "default", "p");
  return pod ? (*pod)["status"] : Value();
}

bool has_event(const TestWorld& world, const std::string& reason, const std::string& part) {
  for (const Value& event : world.client.items(kEvents, "default"))
    if (event["reason"].text() == reason && event["message"].text().find(part) != std::string::npos)
      return true;
  return false;
}

const Value& state(const Value& status, const char* list, size_t index) {
  return status[list][index]["state"];
}

Task<void> init_order(TestWorld world) {
  world.cluster.add_behaviour("first", ends_after(seconds(2)));
  world.cluster.add_behaviour("proxy", echo("proxy"));
  Value sidecar = container("sidecar", "proxy");
  sidecar.set("restartPolicy", "Always");
  const Value spec = Value::map(
      {{"initContainers",
        Value::list({container("first", "first"), sidecar, container("second", "second")})},
       {"containers", Value::list({container("main", "main")})}});
  co_await world.client.create(kPods, pod_of(spec));
  co_await world.runtime.sleep(seconds(1));
  Value status = status_of(world);
  EXPECT_EQ(status["phase"].text(), "Pending");
  EXPECT_TRUE(state(status, "initContainerStatuses", 0).has("running"));
  EXPECT_EQ(state(status, "initContainerStatuses", 1)["waiting"]["reason"].text(),
            "PodInitializing");
  EXPECT_TRUE(condition_is(status["conditions"], "Initialized", "False"));
  co_await world.runtime.sleep(seconds(3));
  status = status_of(world);
  EXPECT_EQ(status["phase"].text(), "Running");
  EXPECT_EQ(state(status, "initContainerStatuses", 0)["terminated"]["reason"].text(), "Completed");
  EXPECT_TRUE(state(status, "initContainerStatuses", 1).has("running"));
  EXPECT_TRUE(status["initContainerStatuses"][1]["ready"].bool_or(false));
  EXPECT_TRUE(condition_is(status["conditions"], "Ready", "True"));
  EXPECT_TRUE(condition_is(status["conditions"], "Initialized", "True"));
  EXPECT_EQ(status["qosClass"].text(), "BestEffort");
  EXPECT_TRUE(has_event(world, "Scheduled", "Successfully assigned default/p to c1-node-1"));
}

TEST(Kubelet, RunsInitContainersInOrder) {
  in_cluster(init_order);
}

Task<void> crash_loop(TestWorld world) {
  world.cluster.add_behaviour("bad", ends_after(milliseconds(100), "no config"));
  const Value spec = Value::map({{"containers", Value::list({container("main", "bad")})}});
  co_await world.client.create(kPods, pod_of(spec));
  co_await world.runtime.sleep(seconds(5));
  Value status = status_of(world);
  const Value& first = status["containerStatuses"][0];
  EXPECT_EQ(first["state"]["waiting"]["reason"].text(), "CrashLoopBackOff");
  EXPECT_EQ(first["lastState"]["terminated"]["exitCode"].int_or(0), 1);
  EXPECT_EQ(first["lastState"]["terminated"]["message"].text(), "no config");
  EXPECT_EQ(first["restartCount"].int_or(0), 1);
  EXPECT_EQ(status["phase"].text(), "Running");
  co_await world.runtime.sleep(seconds(60));
  // After 10 and 20 seconds more.
  status = status_of(world);
  EXPECT_EQ(status["containerStatuses"][0]["restartCount"].int_or(0), 3);
  EXPECT_TRUE(has_event(world, "BackOff", "Back-off restarting failed container main"));
}

Task<void> events_in_order(TestWorld world) {
  const Value spec = Value::map({{"containers", Value::list({container("main", "main")})}});
  co_await world.client.create(kPods, pod_of(spec));
  co_await world.runtime.sleep(seconds(5));
  std::string reasons;
  for (const Value& event : world.client.items(kEvents, "default"))
    if (event["involvedObject"]["name"].text() == "p") reasons += event["reason"].text() + " ";
  EXPECT_EQ(reasons, "Scheduled Pulling Pulled Created Started ");
}

// Lists go by name, and kubectl keeps that order among Events of one second.
TEST(Kubelet, EventsAreListedInTheirOrder) {
  in_cluster(events_in_order);
}

TEST(Kubelet, BacksOffFromCrashes) {
  in_cluster(crash_loop);
}

Task<void> run_to_end(TestWorld world) {
  world.cluster.add_behaviour("task", ends_after(seconds(1)));
  Value spec = Value::map(
      {{"containers", Value::list({container("main", "task")})}, {"restartPolicy", "Never"}});
  co_await world.client.create(kPods, pod_of(spec));
  co_await world.runtime.sleep(seconds(3));
  const Value status = status_of(world);
  EXPECT_EQ(status["phase"].text(), "Succeeded");
  EXPECT_EQ(find_condition(status["conditions"], "Ready")["reason"].text(), "PodCompleted");
}

TEST(Kubelet, EndsWhatIsMeantToEnd) {
  in_cluster(run_to_end);
}

Task<void> no_image(TestWorld world) {
  world.cluster.set_failing_images({"example.com/*"});
  const Value spec =
      Value::map({{"containers", Value::list({container("main", "example.com/x:1")})}});
  co_await world.client.create(kPods, pod_of(spec));
  co_await world.runtime.sleep(seconds(2));
  EXPECT_EQ(state(status_of(world), "containerStatuses", 0)["waiting"]["reason"].text(),
            "ImagePullBackOff");
  EXPECT_TRUE(has_event(world, "Failed", "Failed to pull image \"example.com/x:1\""));
  world.cluster.set_failing_images({});
  co_await world.runtime.sleep(seconds(30));
  EXPECT_EQ(status_of(world)["phase"].text(), "Running");
}

TEST(Kubelet, BacksOffFromMissingImages) {
  in_cluster(no_image);
}

Task<void> no_volume(TestWorld world) {
  const Value volume =
      Value::map({{"name", "certs"}, {"secret", Value::map({{"secretName", "late"}})}});
  const Value spec = Value::map({{"containers", Value::list({container("main", "main")})},
                                 {"volumes", Value::list({volume})}});
  co_await world.client.create(kPods, pod_of(spec));
  co_await world.runtime.sleep(seconds(5));
  const Value status = status_of(world);
  EXPECT_EQ(status["phase"].text(), "Pending");
  EXPECT_EQ(state(status, "containerStatuses", 0)["waiting"]["reason"].text(), "ContainerCreating");
  EXPECT_TRUE(
      has_event(world, "FailedMount",
                "MountVolume.SetUp failed for volume \"certs\" : secret \"late\" not found"));
  const Value secret =
      Value::map({{"apiVersion", "v1"},
                  {"kind", "Secret"},
                  {"metadata", Value::map({{"name", "late"}, {"namespace", "default"}})}});
  co_await world.client.create(kSecrets, secret);
  co_await world.runtime.sleep(seconds(1));
  EXPECT_EQ(status_of(world)["phase"].text(), "Running");
}

TEST(Kubelet, WaitsForVolumes) {
  in_cluster(no_volume);
}

Task<void> graceful_end(TestWorld world) {
  world.cluster.add_behaviour("*", echo("here"));
  Value main = container("main", "main");
  main.set("lifecycle",
           Value::map({{"preStop", Value::map({{"sleep", Value::map({{"seconds", 5}})}})}}));
  const Value spec = Value::map({{"containers", Value::list({main})}});
  co_await world.client.create(kPods, pod_of(spec));
  co_await world.runtime.sleep(seconds(2));
  const std::string ip = status_of(world)["podIP"].text();
  co_await world.client.remove(kPods, *world.client.get(kPods, "default", "p"));
  co_await world.runtime.sleep(seconds(4));
  const auto pod = world.client.get(kPods, "default", "p");
  EXPECT_TRUE(pod && kube::is_terminating(*pod));
  // Until the hook is through, the program answers.
  EXPECT_NE(world.cluster.connect(ip, 8080), nullptr);
  co_await world.runtime.sleep(seconds(3));
  EXPECT_EQ(world.cluster.connect(ip, 8080), nullptr);
  EXPECT_FALSE(world.client.get(kPods, "default", "p").has_value());
  EXPECT_TRUE(has_event(world, "Killing", "Stopping container main"));
}

TEST(Kubelet, EndsPodsGracefully) {
  in_cluster(graceful_end);
}

Task<void> no_room(TestWorld world) {
  Value spec = Value::map({{"containers", Value::list({container("main", "main")})},
                           {"nodeSelector", Value::map({{"disk", "fast"}})}});
  co_await world.client.create(kPods, pod_of(spec));
  co_await world.runtime.sleep(seconds(2));
  const Value condition = find_condition(status_of(world)["conditions"], "PodScheduled");
  EXPECT_EQ(condition["reason"].text(), "Unschedulable");
  EXPECT_EQ(condition["message"].text(),
            "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.");
  Value node = world.client.items(kNodes)[0];
  node.edit("metadata").edit("labels").set("disk", "fast");
  co_await world.client.update(kNodes, node);
  co_await world.runtime.sleep(seconds(2));
  EXPECT_EQ(status_of(world)["phase"].text(), "Running");
}

TEST(Kubelet, UnschedulablePodsWaitForANode) {
  in_cluster(no_room);
}

// What of a snapshot another cluster must agree on.
Value comparable(const Value& list) {
  Value objects = Value::map({});
  for (const Value& object : list["items"].items()) {
    const std::string& kind = object["kind"].text();
    if (kind == "Node" || kind == "Lease") continue;
    objects.set(kind + " " + key_of(object), object["spec"]);
  }
  return objects;
}

Task<void> load(rt::Runtime& runtime, Cluster& cluster, Value taken) {
  co_await restore(cluster.api(), taken);
  rt::TaskGroup group(runtime);
  group.spawn("cluster", cluster.run());
  co_await cluster.wait_ready();
  co_await runtime.sleep(seconds(10));
  const Value now = snapshot(cluster.api());
  EXPECT_EQ(data::to_json(comparable(now)), data::to_json(comparable(taken)));
  for (const Value& pod : cluster.api().items(kPods)) {
    EXPECT_EQ(pod_phase(pod), "Running");
    EXPECT_EQ(pod["status"]["containerStatuses"][0]["restartCount"].int_or(-1), 0);
  }
  co_await group.stop();
}

Task<void> save_and_load(TestWorld world) {
  co_await world.client.create(kServices, test_service("default", "echo", 80, "LoadBalancer"));
  co_await world.client.create(kDeployments, test_deployment("default", "echo", 2));
  co_await world.runtime.sleep(seconds(5));
  const Value taken = snapshot(world.client.api());
  auto second = make_cluster(world.runtime, {.name = base::ClusterName("c1")});
  co_await load(world.runtime, *second, taken);
}

TEST(Snapshot, LoadsWhatItTook) {
  in_cluster(save_and_load);
}

}  // namespace
}  // namespace jibe::twin
