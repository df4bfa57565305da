#include "twin/controllers/deployment_plan.h"

#include <gtest/gtest.h>

#include "kube/object.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"
#include "twin/server/server.h"

namespace jibe::twin {
namespace {

using data::Value;

Value template_of_image(const std::string& image) {
  return Value::map(
      {{"metadata", Value::map({{"labels", Value::map({{"app", "a"}})}})},
       {"spec", Value::map({{"containers", Value::list({Value::map({{"image", image}})})}})}});
}

Value deployment(int64_t replicas, Value surge, Value unavailable) {
  const Value strategy = Value::map(
      {{"type", "RollingUpdate"},
       {"rollingUpdate", Value::map({{"maxSurge", surge}, {"maxUnavailable", unavailable}})}});
  return Value::map(
      {{"metadata", Value::map({{"name", "a"}, {"generation", 1}})},
       {"spec", Value::map({{"replicas", replicas},
                            {"strategy", strategy},
                            {"progressDeadlineSeconds", 600},
                            {"selector", Value::map({{"matchLabels", Value::map({{"app", "a"}})}})},
                            {"template", template_of_image("new")}})}});
}

Value replica_set(const std::string& name, int64_t replicas, int64_t available,
                  const std::string& image = "old", int64_t max = 0) {
  Value set = Value::map(
      {{"metadata", Value::map({{"name", name}, {"creationTimestamp", "2026-01-01T00:00:00Z"}})},
       {"spec", Value::map({{"replicas", replicas}, {"template", template_of_image(image)}})},
       {"status", Value::map({{"replicas", replicas}, {"availableReplicas", available}})}});
  if (max > 0) set.edit("metadata").edit("annotations").set(kMaxReplicas, std::to_string(max));
  return set;
}

TEST(DeploymentPlan, RoundsPercentages) {
  EXPECT_EQ(max_surge(deployment(10, "25%", "25%")), 3);
  EXPECT_EQ(max_unavailable(deployment(10, "25%", "25%")), 2);
  // Both zero would never move.
  EXPECT_EQ(max_unavailable(deployment(1, 0, "25%")), 1);
  EXPECT_EQ(max_unavailable(deployment(1, "25%", "25%")), 0);
  EXPECT_EQ(max_unavailable(deployment(2, 0, 5)), 2);
}

TEST(DeploymentPlan, FindsTheCurrentSetWithoutItsHash) {
  Value current = replica_set("a-2", 1, 1, "new");
  current.edit("spec").edit("template").edit("metadata").edit("labels").set(kTemplateHash, "x");
  const auto view = view_replica_sets(deployment(1, 1, 0), {replica_set("a-1", 1, 1), current});
  EXPECT_EQ(object_name(view.current), "a-2");
  EXPECT_EQ(view.old.size(), 1U);
}

ReplicaSetView sets(Value current, std::vector<Value> old) {
  return {std::move(current), std::move(old)};
}

TEST(DeploymentPlan, GrowsWithinTheSurge) {
  const Value d = deployment(10, 3, 2);
  EXPECT_EQ(current_set_replicas(d, sets(nullptr, {replica_set("o", 10, 10)})), 3);
  EXPECT_EQ(current_set_replicas(d, sets(replica_set("n", 3, 0, "new"), {replica_set("o", 8, 8)})),
            5);
  EXPECT_EQ(current_set_replicas(d, sets(replica_set("n", 9, 0, "new"), {})), 10);
  EXPECT_EQ(current_set_replicas(d, sets(replica_set("n", 12, 12, "new"), {})), 10);
}

TEST(DeploymentPlan, ShrinksUnhealthySetsFirst) {
  const Value d = deployment(10, 3, 2);
  // All well: down to what must be available.
  auto plan = plan_scale_down(d, sets(replica_set("n", 3, 0, "new"), {replica_set("o", 10, 10)}));
  ASSERT_EQ(plan.size(), 1U);
  EXPECT_EQ(plan[0].replicas, 8);
  // Nothing to spare.
  plan = plan_scale_down(d, sets(replica_set("n", 5, 0, "new"), {replica_set("o", 8, 8)}));
  EXPECT_TRUE(plan.empty());
  // What never became available goes at once.
  plan = plan_scale_down(d, sets(replica_set("n", 1, 1, "new"),
                                 {replica_set("bad", 4, 0), replica_set("good", 8, 8)}));
  ASSERT_EQ(plan.size(), 2U);
  EXPECT_EQ(plan[0].replicas, 0);
  EXPECT_EQ(plan[1].replicas, 7);
}

TEST(DeploymentPlan, ScalesInProportion) {
  // The example of the Kubernetes documentation: 10 replicas, 8 + 5 pods, scaled to 15.
  const Value d = deployment(15, 3, 2);
  const auto plan =
      plan_scaling(d, sets(replica_set("n", 5, 0, "new", 13), {replica_set("o", 8, 8, "old", 13)}));
  ASSERT_EQ(plan.size(), 2U);
  EXPECT_EQ(object_name(plan[0].replica_set), "o");
  EXPECT_EQ(plan[0].replicas, 11);
  EXPECT_EQ(plan[1].replicas, 7);
}

TEST(DeploymentPlan, KeepsHistoryWithinItsLimit) {
  Value d = deployment(1, 1, 0);
  d.edit("spec").set("revisionHistoryLimit", 1);
  std::vector<Value> old;
  for (int i = 1; i <= 3; ++i) {
    Value set = replica_set("o" + std::to_string(i), i == 2 ? 1 : 0, 0);
    set.edit("metadata").edit("annotations").set(kRevision, std::to_string(i));
    old.push_back(set);
  }
  const auto spare = plan_cleanup(d, sets(replica_set("n", 1, 1, "new"), old));
  // The second still has a pod.
  ASSERT_EQ(spare.size(), 1U);
  EXPECT_EQ(object_name(spare[0]), "o1");
}

TEST(DeploymentPlan, TimesOutWithoutProgress) {
  Value d = deployment(2, 1, 0);
  const base::Time start = parse_timestamp("2026-01-01T00:00:00Z");
  const auto view = sets(replica_set("n", 1, 0, "new"), {});
  d.set("status", rollout_status(d, view, start));
  EXPECT_EQ(find_condition(d["status"]["conditions"], "Progressing")["reason"].text(),
            "ReplicaSetUpdated");
  const auto again = next_progress_check(d, d["status"], start);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(*again, std::chrono::seconds(601));
  const Value late = rollout_status(d, view, start + std::chrono::seconds(601));
  const Value& condition = find_condition(late["conditions"], "Progressing");
  EXPECT_EQ(condition["reason"].text(), "ProgressDeadlineExceeded");
  EXPECT_EQ(condition["message"].text(), "ReplicaSet \"n\" has timed out progressing.");
}

TEST(TemplateHash, IsStableAndDiffers) {
  const std::string hash = template_hash(template_of_image("x"), nullptr);
  EXPECT_EQ(hash, template_hash(template_of_image("x"), nullptr));
  EXPECT_NE(hash, template_hash(template_of_image("y"), nullptr));
  EXPECT_NE(hash, template_hash(template_of_image("x"), 1));
  EXPECT_EQ(hash.find_first_not_of("bcdfghjklmnpqrstvwxz2456789"), std::string::npos);
  EXPECT_EQ(safe_encode("0123456789"), "456789bcdf");
}

}  // namespace
}  // namespace jibe::twin
