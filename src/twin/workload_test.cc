// Jobs, CronJobs, StatefulSets, DaemonSets and autoscalers.
#include <gtest/gtest.h>

#include "twin/cluster.h"
#include "twin/controllers/job_plan.h"
#include "twin/controllers/pods.h"
#include "twin/test_cluster.h"
#include "twin/test_programs.h"

namespace jibe::twin {
namespace {

using data::Value;
using std::chrono::seconds;

Value object(const char* version, const char* kind, const char* name, Value spec) {
  return Value::map({{"apiVersion", version},
                     {"kind", kind},
                     {"metadata", Value::map({{"name", name}, {"namespace", "default"}})},
                     {"spec", std::move(spec)}});
}

Value pod_template(const char* image, const char* policy) {
  return Value::map(
      {{"metadata", Value::map({{"labels", Value::map({{"app", "x"}})}})},
       {"spec",
        Value::map({{"containers", Value::list({Value::map({{"name", "main"}, {"image", image}})})},
                    {"restartPolicy", policy}})}});
}

Value job(const char* image, Value spec) {
  spec.set("template", pod_template(image, "Never"));
  return object("batch/v1", "Job", "work", std::move(spec));
}

Value job_status(const TestWorld& world) {
  const auto found = world.client.get(kJobs, "default", "work");
  return found ? (*found)["status"] : Value();
}

Task<void> complete(TestWorld world) {
  world.cluster.add_behaviour("good", ends_after(seconds(1)));
  size_t most = 0;
  const auto watching = world.client.api().subscribe(kPods, [&](const WatchEvent&) {
    size_t active = 0;
    for (const Value& pod : world.client.items(kPods, "default"))
      if (is_pod_active(pod)) ++active;
    most = std::max(most, active);
  });
  co_await world.client.create(
      kJobs,
      job("good",
          Value::map({{"completions", 5}, {"parallelism", 2}, {"ttlSecondsAfterFinished", 30}})));
  co_await world.runtime.sleep(seconds(15));
  const Value status = job_status(world);
  EXPECT_EQ(status["succeeded"].int_or(0), 5);
  EXPECT_TRUE(condition_is(status["conditions"], "Complete", "True"));
  EXPECT_TRUE(status.has("completionTime"));
  EXPECT_EQ(most, 2U);
  EXPECT_EQ(world.client.items(kPods, "default").size(), 5U);
  for (const Value& pod : world.client.items(kPods, "default"))
    EXPECT_TRUE(pod["metadata"]["finalizers"].empty());
  co_await world.runtime.sleep(seconds(40));
  EXPECT_FALSE(world.client.get(kJobs, "default", "work").has_value());
  EXPECT_TRUE(world.client.items(kPods, "default").empty());
}

TEST(Workload, JobsComplete) {
  in_cluster(complete);
}

Task<void> replication(TestWorld world) {
  const Value spec = Value::map({{"replicas", 2},
                                 {"selector", Value::map({{"app", "x"}})},
                                 {"template", pod_template("echo", "Always")}});
  co_await world.client.create(kReplicationControllers,
                               object("v1", "ReplicationController", "old", spec));
  const auto status = [&] {
    return (*world.client.get(kReplicationControllers, "default", "old"))["status"];
  };
  EXPECT_TRUE(
      co_await eventually(world.runtime, [&] { return status()["readyReplicas"].int_or(0) == 2; }));
  Value pod = world.client.items(kPods, "default")[0];
  EXPECT_EQ(kube::controller_of(pod)["kind"].text(), "ReplicationController");
  pod.edit("metadata").edit("labels").set("app", "y");
  co_await world.client.update(kPods, pod);
  EXPECT_TRUE(co_await eventually(
      world.runtime, [&] { return world.client.items(kPods, "default").size() == 3; }));
  pod = *world.client.get(kPods, key_of(pod));
  EXPECT_TRUE(kube::controller_of(pod).is_null());
}

TEST(Workload, ReplicationControllersKeepTheirNumber) {
  in_cluster(replication);
}

Task<void> quotas(TestWorld world) {
  const Value hard = Value::map({{"pods", "1"}, {"count/deployments.apps", "2"}});
  co_await world.client.create(kResourceQuotas,
                               object("v1", "ResourceQuota", "q", Value::map({{"hard", hard}})));
  co_await world.client.create(kDeployments, test_deployment("default", "web", 2));
  const auto used = [&] {
    return (*world.client.get(kResourceQuotas, "default", "q"))["status"]["used"];
  };
  EXPECT_TRUE(co_await eventually(world.runtime, [&] { return used()["pods"].text() == "1"; }));
  EXPECT_EQ(used()["count/deployments.apps"].text(), "1");
  const auto failure = [&] {
    const Value status = (*world.client.get(kDeployments, "default", "web"))["status"];
    return condition_is(status["conditions"], "ReplicaFailure", "True");
  };
  EXPECT_TRUE(co_await eventually(world.runtime, failure));
  co_await world.client.remove(kDeployments, *world.client.get(kDeployments, "default", "web"));
  EXPECT_TRUE(co_await eventually(world.runtime, [&] { return used()["pods"].text() == "0"; }));
}

TEST(Workload, QuotasLimitTheirNamespace) {
  in_cluster(quotas);
}

Task<void> fail(TestWorld world) {
  world.cluster.add_behaviour("bad", ends_after(seconds(1), "no"));
  co_await world.client.create(kJobs, job("bad", Value::map({{"backoffLimit", 2}})));
  co_await world.runtime.sleep(seconds(60));
  const Value status = job_status(world);
  EXPECT_EQ(status["failed"].int_or(0), 3);
  EXPECT_EQ(find_condition(status["conditions"], "Failed")["reason"].text(),
            "BackoffLimitExceeded");
}

TEST(Workload, JobsGiveUp) {
  in_cluster(fail);
}

Task<void> suspend(TestWorld world) {
  world.cluster.add_behaviour("good", ends_after(seconds(5)));
  co_await world.client.create(kJobs, job("good", Value::map({{"suspend", true}})));
  co_await world.runtime.sleep(seconds(2));
  EXPECT_TRUE(world.client.items(kPods, "default").empty());
  EXPECT_TRUE(condition_is(job_status(world)["conditions"], "Suspended", "True"));
  Value resumed = *world.client.get(kJobs, "default", "work");
  resumed.edit("spec").set("suspend", false);
  co_await world.client.update(kJobs, resumed);
  co_await world.runtime.sleep(seconds(3));
  resumed = *world.client.get(kJobs, "default", "work");
  resumed.edit("spec").set("suspend", true);
  co_await world.client.update(kJobs, resumed);
  co_await world.runtime.sleep(seconds(3));
  const Value status = job_status(world);
  EXPECT_EQ(status["succeeded"].int_or(0), 0);
  EXPECT_EQ(status["active"].int_or(0), 0);
}

TEST(Workload, JobsSuspend) {
  in_cluster(suspend);
}

Task<void> indexed(TestWorld world) {
  co_await world.client.create(
      kJobs,
      job("any",
          Value::map({{"completions", 3}, {"parallelism", 3}, {"completionMode", "Indexed"}})));
  co_await world.runtime.sleep(seconds(10));
  const Value status = job_status(world);
  EXPECT_EQ(status["completedIndexes"].text(), "0-2");
  EXPECT_TRUE(condition_is(status["conditions"], "Complete", "True"));
}

TEST(Workload, IndexedJobsCompleteEveryIndex) {
  in_cluster(indexed);
}

Task<void> cron(TestWorld world) {
  const Value spec = Value::map(
      {{"schedule", "*/5 * * * *"},
       {"concurrencyPolicy", "Forbid"},
       {"jobTemplate",
        Value::map({{"spec", Value::map({{"template", pod_template("any", "Never")}})}})}});
  co_await world.client.create(kCronJobs, object("batch/v1", "CronJob", "tick", spec));
  co_await world.runtime.sleep(std::chrono::minutes(31));
  const auto jobs = world.client.items(kJobs, "default");
  // Six ran; three that ended well are kept.
  EXPECT_EQ(jobs.size(), 3U);
  const auto found = world.client.get(kCronJobs, "default", "tick");
  EXPECT_EQ((*found)["status"]["lastScheduleTime"].text(), "2026-01-01T00:30:00Z");
}

TEST(Workload, CronJobsStartJobs) {
  in_cluster(cron);
}

Value selector() {
  return Value::map({{"matchLabels", Value::map({{"app", "x"}})}});
}

Task<void> stateful_update(TestWorld world) {
  const Value claim = Value::map(
      {{"metadata", Value::map({{"name", "disk"}})},
       {"spec", Value::map({{"accessModes", Value::list({"ReadWriteOnce"})},
                            {"resources",
                             Value::map({{"requests", Value::map({{"storage", "1Gi"}})}})}})}});
  const Value spec = Value::map({{"replicas", 3},
                                 {"serviceName", "db"},
                                 {"selector", selector()},
                                 {"volumeClaimTemplates", Value::list({claim})},
                                 {"template", pod_template("one", "Always")}});
  co_await world.client.create(kStatefulSets, object("apps/v1", "StatefulSet", "db", spec));
  co_await world.runtime.sleep(seconds(10));
  auto set = world.client.get(kStatefulSets, "default", "db");
  EXPECT_EQ((*set)["status"]["readyReplicas"].int_or(0), 3);
  const auto disk = world.client.get(kPersistentVolumeClaims, "default", "disk-db-2");
  EXPECT_TRUE(disk && (*disk)["status"]["phase"].text() == "Bound");
  Value changed = *set;
  changed.edit("spec").set("template", pod_template("two", "Always"));
  changed.edit("spec").set(
      "updateStrategy",
      Value::map({{"type", "RollingUpdate"}, {"rollingUpdate", Value::map({{"partition", 1}})}}));
  co_await world.client.update(kStatefulSets, changed);
  co_await world.runtime.sleep(seconds(20));
  for (const Value& pod : world.client.items(kPods, "default")) {
    const std::string& image = pod["spec"]["containers"][0]["image"].text();
    EXPECT_EQ(image, object_name(pod) == "db-0" ? "one" : "two");
  }
  set = world.client.get(kStatefulSets, "default", "db");
  EXPECT_EQ((*set)["status"]["updatedReplicas"].int_or(0), 2);
  EXPECT_NE((*set)["status"]["currentRevision"].text(), (*set)["status"]["updateRevision"].text());
  changed = *set;
  changed.edit("spec").edit("updateStrategy").edit("rollingUpdate").set("partition", 0);
  changed.edit("spec").set("replicas", 2);
  co_await world.client.update(kStatefulSets, changed);
  co_await world.runtime.sleep(seconds(20));
  set = world.client.get(kStatefulSets, "default", "db");
  EXPECT_EQ(world.client.items(kPods, "default").size(), 2U);
  EXPECT_EQ((*set)["status"]["currentRevision"].text(), (*set)["status"]["updateRevision"].text());
}

TEST(Workload, StatefulSetsRollFromTheEnd) {
  in_cluster(stateful_update);
}

Task<void> daemons(TestWorld world) {
  const Value spec =
      Value::map({{"selector", selector()}, {"template", pod_template("one", "Always")}});
  co_await world.client.create(kDaemonSets, object("apps/v1", "DaemonSet", "agent", spec));
  Value node = world.client.items(kNodes)[0];
  const Value first_status = node["status"];
  node.set("metadata", Value::map({{"name", "c1-node-2"}}));
  Value second = co_await world.client.create(kNodes, node);
  second.set("status", first_status);
  co_await world.client.update_status(kNodes, second);
  co_await world.runtime.sleep(seconds(3));
  // Nodes are tainted while they are new; a daemon tolerates only some of that.
  second = *world.client.get(kNodes, "", "c1-node-2");
  second.edit("spec").erase("taints");
  co_await world.client.update(kNodes, second);
  co_await world.runtime.sleep(seconds(5));
  auto set = world.client.get(kDaemonSets, "default", "agent");
  EXPECT_EQ((*set)["status"]["desiredNumberScheduled"].int_or(0), 2);
  EXPECT_EQ((*set)["status"]["numberReady"].int_or(0), 2);
  Value changed = *set;
  changed.edit("spec").set("template", pod_template("two", "Always"));
  co_await world.client.update(kDaemonSets, changed);
  int64_t least = 2;
  const auto watching = world.client.api().subscribe(kPods, [&](const WatchEvent&) {
    int64_t ready = 0;
    for (const Value& pod : world.client.items(kPods, "default"))
      if (is_pod_active(pod) && is_pod_ready(pod)) ++ready;
    least = std::min(least, ready);
  });
  co_await world.runtime.sleep(seconds(10));
  EXPECT_EQ(least, 1);
  set = world.client.get(kDaemonSets, "default", "agent");
  EXPECT_EQ((*set)["status"]["updatedNumberScheduled"].int_or(0), 2);
  EXPECT_EQ((*set)["status"]["numberAvailable"].int_or(0), 2);
  EXPECT_EQ(world.client.items(kControllerRevisions, "default").size(), 2U);
}

TEST(Workload, DaemonSetsRunOnEveryNode) {
  in_cluster(daemons);
}

Task<void> autoscale(TestWorld world) {
  const Value target =
      Value::map({{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"name", "echo"}});
  const Value metric = Value::map(
      {{"type", "Resource"},
       {"resource", Value::map({{"name", "cpu"},
                                {"target", Value::map({{"type", "Utilization"},
                                                       {"averageUtilization", 80}})}})}});
  const Value spec = Value::map({{"scaleTargetRef", target},
                                 {"minReplicas", 2},
                                 {"maxReplicas", 4},
                                 {"metrics", Value::list({metric})}});
  co_await world.client.create(kHpas,
                               object("autoscaling/v2", "HorizontalPodAutoscaler", "echo", spec));
  co_await world.runtime.sleep(seconds(1));
  auto hpa = world.client.get(kHpas, "default", "echo");
  EXPECT_TRUE(condition_is((*hpa)["status"]["conditions"], "AbleToScale", "False"));
  co_await world.client.create(kDeployments, test_deployment("default", "echo", 1));
  co_await world.runtime.sleep(seconds(5));
  hpa = world.client.get(kHpas, "default", "echo");
  const Value& status = (*hpa)["status"];
  EXPECT_EQ(status["currentReplicas"].int_or(0), 2);
  EXPECT_EQ(status["desiredReplicas"].int_or(0), 2);
  EXPECT_TRUE(condition_is(status["conditions"], "AbleToScale", "True"));
  EXPECT_EQ(find_condition(status["conditions"], "ScalingActive")["reason"].text(),
            "FailedGetResourceMetric");
  const auto deployment = world.client.get(kDeployments, "default", "echo");
  EXPECT_EQ((*deployment)["spec"]["replicas"].int_or(0), 2);
}

TEST(Workload, AutoscalersKeepTheBounds) {
  in_cluster(autoscale);
}

// Of everything something: after a while nobody writes any more.
Task<void> come_to_rest(TestWorld world) {
  const Value target =
      Value::map({{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"name", "echo"}});
  co_await world.client.create(
      kHpas, object("autoscaling/v2", "HorizontalPodAutoscaler", "echo",
                    Value::map({{"scaleTargetRef", target}, {"maxReplicas", 4}})));
  co_await world.client.create(
      kPdbs, object("policy/v1", "PodDisruptionBudget", "echo",
                    Value::map({{"maxUnavailable", 1}, {"selector", selector()}})));
  co_await world.client.create(kServices, test_service("default", "echo", 80, "LoadBalancer"));
  co_await world.client.create(kServices, test_service("default", "nobody", 80));
  co_await world.client.create(kDeployments, test_deployment("default", "echo", 2));
  co_await world.client.create(kStatefulSets,
                               object("apps/v1", "StatefulSet", "db",
                                      Value::map({{"replicas", 2},
                                                  {"serviceName", "db"},
                                                  {"selector", selector()},
                                                  {"template", pod_template("one", "Always")}})));
  co_await world.client.create(
      kDaemonSets,
      object("apps/v1", "DaemonSet", "agent",
             Value::map({{"selector", Value::map({{"matchLabels", Value::map({{"app", "x"}})}})},
                         {"template", pod_template("one", "Always")}})));
  co_await world.client.create(kJobs, job("any", Value::map({})));
  co_await world.runtime.sleep(seconds(30));
  int64_t writes = 0;
  std::vector<std::unique_ptr<Subscription>> watching;
  for (const ResourcePtr& resource : world.client.api().resources())
    watching.push_back(
        world.client.api().subscribe(resource->gvr, [&writes](const WatchEvent& event) {
          ++writes;
          ADD_FAILURE() << event.type << " " << kube::describe(event.object);
        }));
  co_await world.runtime.sleep(std::chrono::minutes(20));
  EXPECT_EQ(writes, 0);
}

TEST(Workload, EverythingComesToRest) {
  in_cluster(come_to_rest);
}

}  // namespace
}  // namespace jibe::twin
