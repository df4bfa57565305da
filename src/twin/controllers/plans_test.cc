// The smaller decisions: who goes first, where pods fit, when cron fires, who owns whom.
#include <gtest/gtest.h>

#include "twin/controllers/cron_plan.h"
#include "twin/controllers/endpoints_plan.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/owner_graph.h"
#include "twin/controllers/pods.h"
#include "twin/controllers/scheduler_plan.h"
#include "twin/server/server.h"

namespace jibe::twin {
namespace {

using data::Value;

struct PodSpec {
  const char* name;
  const char* node = "n";
  const char* phase = "Running";
  bool ready = true;
  int64_t restarts = 0;
  const char* created = "2026-01-01T00:00:00Z";
};

Value make(const PodSpec& spec) {
  const Value ready = Value::map({{"type", "Ready"},
                                  {"status", spec.ready ? "True" : "False"},
                                  {"lastTransitionTime", "2026-01-01T00:01:00Z"}});
  return Value::map(
      {{"metadata", Value::map({{"name", spec.name}, {"creationTimestamp", spec.created}})},
       {"spec", Value::map({{"nodeName", spec.node}})},
       {"status", Value::map({{"phase", spec.phase},
                              {"conditions", Value::list({ready})},
                              {"containerStatuses",
                               Value::list({Value::map({{"restartCount", spec.restarts}})})}})}});
}

TEST(PodsToDelete, PrefersWhatServesLeast) {
  const std::vector<Value> pods{make({.name = "old"}),
                                make({.name = "restarted", .restarts = 3}),
                                make({.name = "young", .created = "2026-01-01T00:05:00Z"}),
                                make({.name = "unready", .ready = false}),
                                make({.name = "pending", .phase = "Pending", .ready = false}),
                                make({.name = "unbound", .node = "", .phase = "Pending"})};
  std::vector<std::string> order;
  for (const Value& pod : pods_to_delete(pods, pods, 5)) order.push_back(object_name(pod));
  EXPECT_EQ(order,
            (std::vector<std::string>{"unbound", "pending", "unready", "restarted", "young"}));
}

TEST(PodsToDelete, CostDecidesAmongReadyPods) {
  Value cheap = make({.name = "cheap"});
  cheap.edit("metadata")
      .edit("annotations")
      .set("controller.kubernetes.io/pod-deletion-cost", "-5");
  const auto chosen = pods_to_delete({make({.name = "a"}), cheap}, {}, 1);
  EXPECT_EQ(object_name(chosen[0]), "cheap");
}

Value node(const char* name, Value taints = nullptr) {
  return Value::map(
      {{"metadata", Value::map({{"name", name}, {"labels", Value::map({{"disk", name}})}})},
       {"spec", Value::map({{"taints", std::move(taints)}})}});
}

TEST(Scheduler, SaysWhyNothingFits) {
  const Value taint =
      Value::list({Value::map({{"key", "gpu"}, {"value", "yes"}, {"effect", "NoSchedule"}})});
  Value pod = Value::map({{"spec", Value::map({{"nodeSelector", Value::map({{"disk", "a"}})}})}});
  EXPECT_EQ(place(pod, {node("a")}, {}).node, "a");
  EXPECT_EQ(place(pod, {node("b"), node("a", taint)}, {}).message,
            "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 "
            "node(s) had untolerated taint(s).");
  pod.edit("spec").set("tolerations",
                       Value::list({Value::map({{"key", "gpu"}, {"operator", "Exists"}})}));
  EXPECT_EQ(place(pod, {node("b"), node("a", taint)}, {}).node, "a");
  EXPECT_EQ(place(pod, {}, {}).message, "no nodes available to schedule pods");
}

std::string next(const char* schedule, const char* from) {
  const auto time = CronSchedule::parse(schedule).next(parse_timestamp(from));
  return time ? to_timestamp(*time) : "never";
}

TEST(Cron, FindsTheNextTime) {
  EXPECT_EQ(next("*/15 * * * *", "2026-01-01T00:00:00Z"), "2026-01-01T00:15:00Z");
  EXPECT_EQ(next("0 3 * * *", "2026-01-01T03:00:00Z"), "2026-01-02T03:00:00Z");
  EXPECT_EQ(next("30 6 * * mon-fri", "2026-01-02T07:00:00Z"), "2026-01-05T06:30:00Z");
  // Day of month or day of week, where both are given.
  EXPECT_EQ(next("0 0 13 * 5", "2026-01-03T00:00:00Z"), "2026-01-09T00:00:00Z");
  EXPECT_EQ(next("0 0 29 2 *", "2026-01-01T00:00:00Z"), "2028-02-29T00:00:00Z");
  EXPECT_EQ(next("0 0 31 2 *", "2026-01-01T00:00:00Z"), "never");
  EXPECT_EQ(next("@hourly", "2026-01-01T00:10:00Z"), "2026-01-01T01:00:00Z");
  EXPECT_EQ(next("@every 1h30m", "2026-01-01T00:10:00Z"), "2026-01-01T01:40:00Z");
}

TEST(Cron, RefusesNonsense) {
  for (const char* text : {"", "* * * *", "60 * * * *", "a * * * *", "5-1 * * * *", "@sometimes"})
    EXPECT_THROW(CronSchedule::parse(text), base::InvalidInput) << text;
}

Value owned(const char* uid, const char* ns, std::vector<const char*> owners, bool blocks = true) {
  Value references = Value::list();
  for (const char* owner : owners)
    references.push_back(Value::map({{"uid", owner}, {"blockOwnerDeletion", blocks}}));
  return Value::map(
      {{"metadata",
        Value::map(
            {{"uid", uid}, {"name", uid}, {"namespace", ns}, {"ownerReferences", references}})}});
}

Value ending(Value object, const char* finalizer) {
  object.edit("metadata").set("deletionTimestamp", "2026-01-01T00:00:00Z");
  object.edit("metadata").set("finalizers", Value::list({finalizer}));
  return object;
}

using Verdict = OwnerGraph::Verdict;
const kube::Gvr kThings{"", "v1", "things"};

TEST(OwnerGraph, DecidesByOwners) {
  OwnerGraph graph;
  graph.changed(kThings, owned("a", "x", {}));
  graph.changed(kThings, owned("b", "x", {"a"}));
  EXPECT_EQ(graph.decide("b").verdict, Verdict::kKeep);
  graph.changed(kThings, owned("c", "x", {"a", "gone"}));
  const auto drop = graph.decide("c");
  EXPECT_EQ(drop.verdict, Verdict::kDropOwners);
  EXPECT_EQ(drop.owners.size(), 1U);
  // The right uid in the wrong namespace.
  graph.changed(kThings, owned("d", "y", {"a"}));
  EXPECT_EQ(graph.decide("d").verdict, Verdict::kDelete);
  EXPECT_EQ(graph.deleted("a"), (std::vector<std::string>{"b", "c", "d"}));
  EXPECT_EQ(graph.decide("b").verdict, Verdict::kDelete);
}

TEST(OwnerGraph, ForegroundGoesFromTheLeaves) {
  OwnerGraph graph;
  graph.changed(kThings, owned("a", "x", {}));
  graph.changed(kThings, owned("b", "x", {"a"}));
  graph.changed(kThings, owned("c", "x", {"b"}));
  const auto look_at = graph.changed(kThings, ending(owned("a", "x", {}), "foregroundDeletion"));
  EXPECT_EQ(look_at, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(graph.decide("a").verdict, Verdict::kKeep);
  EXPECT_EQ(graph.decide("b").verdict, Verdict::kDeleteForeground);
  graph.changed(kThings, ending(owned("b", "x", {"a"}), "foregroundDeletion"));
  EXPECT_EQ(graph.decide("c").verdict, Verdict::kDelete);
  graph.deleted("c");
  EXPECT_EQ(graph.decide("b").verdict, Verdict::kUnblock);
  graph.deleted("b");
  EXPECT_EQ(graph.decide("a").verdict, Verdict::kUnblock);
}

TEST(OwnerGraph, WhatDoesNotBlockIsNotWaitedFor) {
  OwnerGraph graph;
  graph.changed(kThings, ending(owned("a", "x", {}), "foregroundDeletion"));
  graph.changed(kThings, owned("b", "x", {"a"}, false));
  EXPECT_EQ(graph.decide("a").verdict, Verdict::kUnblock);
  EXPECT_EQ(graph.decide("b").verdict, Verdict::kDelete);
  graph.changed(kThings, ending(owned("o", "x", {}), "orphan"));
  EXPECT_EQ(graph.decide("o").verdict, Verdict::kOrphanDependents);
}

TEST(Endpoints, NamedPortsSplitSlices) {
  const Value port = Value::map({{"name", "http"}, {"port", 80}, {"targetPort", "web"}});
  const Value service = Value::map({{"metadata", Value::map({{"name", "s"}})},
                                    {"spec", Value::map({{"selector", Value::map({{"app", "a"}})},
                                                         {"ports", Value::list({port})}})}});
  std::vector<Value> pods;
  for (const int number : {8080, 8080, 9090}) {
    Value pod = make({.name = "p"});
    pod.edit("metadata").set("labels", Value::map({{"app", "a"}}));
    pod.edit("status").set("podIP", "10.0.0." + std::to_string(pods.size()));
    const Value open = Value::map({{"name", "web"}, {"containerPort", number}});
    pod.edit("spec").set("containers", Value::list({Value::map({{"ports", Value::list({open})}})}));
    pods.push_back(pod);
  }
  const auto groups = endpoint_groups(service, pods);
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].ports[0]["port"].int_or(0), 8080);
  EXPECT_EQ(groups[0].endpoints.size(), 2U);
  EXPECT_EQ(groups[1].ports[0]["port"].int_or(0), 9090);
  pods[0].edit("metadata").set("deletionTimestamp", "2026-01-01T00:00:00Z");
  const Value conditions = endpoint_groups(service, pods)[0].endpoints[0]["conditions"];
  EXPECT_FALSE(conditions["ready"].bool_or(true));
  EXPECT_TRUE(conditions["serving"].bool_or(false));
  EXPECT_TRUE(conditions["terminating"].bool_or(false));
}

}  // namespace
}  // namespace jibe::twin
