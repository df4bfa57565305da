#include "twin/controllers/replica_set_plan.h"

#include "kube/selector.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"
#include "twin/server/server.h"

namespace jibe::twin {

ReplicaSetPods sort_pods(const std::vector<data::Value>& owned) {
  ReplicaSetPods pods;
  for (const data::Value& pod : owned) {
    if (is_pod_active(pod)) {
      pods.active.push_back(pod);
    } else if (kube::is_terminating(pod) && !is_pod_finished(pod)) {
      pods.terminating.push_back(pod);
    }
  }
  return pods;
}

data::Value replica_set_status(const data::Value& set, const ReplicaSetPods& pods,
                               const std::optional<kube::StatusError>& failure, base::Time now) {
  const data::Value& spec = set["spec"];
  const auto labels = kube::LabelSelector::from_map(spec["template"]["metadata"]["labels"]);
  const int64_t min_ready = spec["minReadySeconds"].int_or(0);
  int64_t labelled = 0;
  int64_t ready = 0;
  int64_t available = 0;
  for (const data::Value& pod : pods.active) {
    if (labels.matches(pod["metadata"]["labels"])) ++labelled;
    if (is_pod_ready(pod)) ++ready;
    if (is_pod_available(pod, min_ready, now)) ++available;
  }
  data::Value status = set["status"].is_map() ? set["status"] : data::Value::map({});
  const auto count = static_cast<int64_t>(pods.active.size());
  status.set("replicas", count);
  set_count(status, "fullyLabeledReplicas", labelled);
  set_count(status, "readyReplicas", ready);
  set_count(status, "availableReplicas", available);
  if (set["kind"].text() != "ReplicationController") {
    status.set("terminatingReplicas", static_cast<int64_t>(pods.terminating.size()));
  }
  set_count(status, "observedGeneration", generation_of(set));
  data::Value conditions = status["conditions"];
  const bool failed_before = !find_condition(conditions, "ReplicaFailure").is_null();
  if (failure && !failed_before) {
    const char* reason = count < spec["replicas"].int_or(1) ? "FailedCreate" : "FailedDelete";
    put_condition(conditions, make_condition("ReplicaFailure", "True", reason, failure->what(),
                                             to_timestamp(now)));
    status.set("conditions", conditions);
  } else if (!failure && failed_before) {
    erase_condition(conditions, "ReplicaFailure");
    if (conditions.empty()) {
      status.erase("conditions");
    } else {
      status.set("conditions", conditions);
    }
  }
  return status;
}

}  // namespace jibe::twin
