// The status half of deployment_plan.h.
#include <fmt/core.h>

#include <algorithm>

#include "kube/object.h"
#include "twin/controllers/deployment_plan.h"
#include "twin/controllers/objects.h"
#include "twin/server/server.h"

namespace jibe::twin {

namespace {

int64_t count(const data::Value& status, std::string_view field) {
  return status[field].int_or(0);
}

// "ReplicaSet "x"", or the Deployment where there is none.
std::string subject(const data::Value& deployment, const ReplicaSetView& sets) {
  return sets.current.is_null() ? fmt::format("Deployment \"{}\"", object_name(deployment))
                                : fmt::format("ReplicaSet \"{}\"", object_name(sets.current));
}

bool made_progress(const data::Value& before, const data::Value& after) {
  const int64_t old_before = count(before, "replicas") - count(before, "updatedReplicas");
  const int64_t old_after = count(after, "replicas") - count(after, "updatedReplicas");
  return count(after, "updatedReplicas") > count(before, "updatedReplicas") ||
         old_after < old_before || count(after, "readyReplicas") > count(before, "readyReplicas") ||
         count(after, "availableReplicas") > count(before, "availableReplicas");
}

bool timed_out(const data::Value& deployment, const data::Value& status, base::Time now) {
  const data::Value& progressing = find_condition(status["conditions"], "Progressing");
  if (progressing.is_null()) return false;
  const std::string& reason = progressing["reason"].text();
  if (reason == "NewReplicaSetAvailable") return false;
  if (reason == "ProgressDeadlineExceeded") return true;
  const std::string& since = progressing["lastUpdateTime"].text();
  if (since.empty()) return false;
  const std::chrono::seconds deadline(deployment["spec"]["progressDeadlineSeconds"].int_or(600));
  return parse_timestamp(since) + deadline < now;
}

void judge_progress(const data::Value& deployment, const ReplicaSetView& sets, data::Value& status,
                    base::Time now) {
  const std::string stamp = to_timestamp(now);
  const data::Value before = find_condition(deployment["status"]["conditions"], "Progressing");
  if (is_complete(deployment, status)) {
    put_deployment_condition(status, "Progressing", "True", "NewReplicaSetAvailable",
                             subject(deployment, sets) + " has successfully progressed.", stamp);
  } else if (made_progress(deployment["status"], status)) {
    // Replaced even where it reads the same: lastUpdateTime is what the deadline counts from.
    data::Value conditions = status["conditions"];
    erase_condition(conditions, "Progressing");
    status.set("conditions", conditions);
    put_deployment_condition(status, "Progressing", "True", "ReplicaSetUpdated",
                             subject(deployment, sets) + " is progressing.", stamp);
    if (before["status"].text() == "True")
      status.edit("conditions")
          .edit_items()
          .back()
          .set("lastTransitionTime", before["lastTransitionTime"]);
  } else if (timed_out(deployment, status, now)) {
    put_deployment_condition(status, "Progressing", "False", "ProgressDeadlineExceeded",
                             subject(deployment, sets) + " has timed out progressing.", stamp);
  }
}

// The current ReplicaSet's failure before an old one's.
data::Value replica_failure(const ReplicaSetView& sets) {
  const data::Value& own = find_condition(sets.current["status"]["conditions"], "ReplicaFailure");
  if (!own.is_null()) return own;
  for (const data::Value& set : sets.old) {
    const data::Value& failure = find_condition(set["status"]["conditions"], "ReplicaFailure");
    if (!failure.is_null()) return failure;
  }
  return nullptr;
}

}  // namespace

void put_deployment_condition(data::Value& status, std::string_view type,
                              std::string_view condition_status, std::string_view reason,
                              const std::string& message, const std::string& now) {
  const data::Value before = find_condition(status["conditions"], type);
  if (before["status"].text() == condition_status && before["reason"].text() == reason) return;
  data::Value condition = make_condition(type, condition_status, reason, message, now);
  condition.set("lastUpdateTime", now);
  if (before["status"].text() == condition_status)
    condition.set("lastTransitionTime", before["lastTransitionTime"]);
  data::Value conditions = status["conditions"];
  erase_condition(conditions, type);
  conditions.push_back(std::move(condition));
  status.set("conditions", conditions);
}

data::Value base_status(const data::Value& deployment, const ReplicaSetView& sets,
                        const std::string& now) {
  const std::vector<data::Value> all = sets.all();
  const int64_t available = sum_status(all, "availableReplicas");
  data::Value status = data::Value::map({});
  set_count(status, "observedGeneration", generation_of(deployment));
  set_count(status, "replicas", sum_status(all, "replicas"));
  set_count(status, "updatedReplicas", sets.current["status"]["replicas"].int_or(0));
  set_count(status, "readyReplicas", sum_status(all, "readyReplicas"));
  set_count(status, "availableReplicas", available);
  set_count(status, "unavailableReplicas", std::max<int64_t>(0, sum_desired(all) - available));
  status.set("terminatingReplicas", sum_status(all, "terminatingReplicas"));
  const data::Value& before = deployment["status"];
  if (before.has("collisionCount")) status.set("collisionCount", before["collisionCount"]);
  if (!before["conditions"].empty()) status.set("conditions", before["conditions"]);
  if (available >= desired_replicas(deployment) - max_unavailable(deployment)) {
    put_deployment_condition(status, "Available", "True", "MinimumReplicasAvailable",
                             "Deployment has minimum availability.", now);
  } else {
    put_deployment_condition(status, "Available", "False", "MinimumReplicasUnavailable",
                             "Deployment does not have minimum availability.", now);
  }
  return status;
}

bool is_complete(const data::Value& deployment, const data::Value& status) {
  const int64_t wanted = desired_replicas(deployment);
  return count(status, "updatedReplicas") == wanted && count(status, "replicas") == wanted &&
         count(status, "availableReplicas") == wanted &&
         count(status, "observedGeneration") >= generation_of(deployment);
}

data::Value rollout_status(const data::Value& deployment, const ReplicaSetView& sets,
                           base::Time now) {
  const std::string stamp = to_timestamp(now);
  data::Value status = base_status(deployment, sets, stamp);
  const data::Value before = find_condition(deployment["status"]["conditions"], "Progressing");
  const bool done = count(status, "replicas") == count(status, "updatedReplicas") &&
                    before["reason"].text() == "NewReplicaSetAvailable";
  if (!has_progress_deadline(deployment)) {
    data::Value conditions = status["conditions"];
    erase_condition(conditions, "Progressing");
    status.set("conditions", conditions);
  } else if (!done) {
    judge_progress(deployment, sets, status, now);
  }
  const data::Value failure = replica_failure(sets);
  if (!failure.is_null()) {
    put_deployment_condition(status, "ReplicaFailure", failure["status"].text(),
                             failure["reason"].text(), failure["message"].text(), stamp);
  } else if (!find_condition(status["conditions"], "ReplicaFailure").is_null()) {
    data::Value conditions = status["conditions"];
    erase_condition(conditions, "ReplicaFailure");
    status.set("conditions", conditions);
  }
  return status;
}

std::optional<base::Duration> next_progress_check(const data::Value& deployment,
                                                  const data::Value& status, base::Time now) {
  const data::Value& current = find_condition(status["conditions"], "Progressing");
  if (!has_progress_deadline(deployment) || current.is_null()) return std::nullopt;
  if (is_complete(deployment, status)) return std::nullopt;
  const std::string& reason = current["reason"].text();
  if (reason == "ProgressDeadlineExceeded" || current["lastUpdateTime"].text().empty())
    return std::nullopt;
  const std::chrono::seconds deadline(deployment["spec"]["progressDeadlineSeconds"].int_or(600));
  const base::Duration left = parse_timestamp(current["lastUpdateTime"].text()) + deadline - now;
  // A second more than is left, because times are kept in whole seconds.
  return std::max(left, base::Duration::zero()) + std::chrono::seconds(1);
}

}  // namespace jibe::twin
