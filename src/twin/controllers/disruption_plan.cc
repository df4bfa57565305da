#include "twin/controllers/disruption_plan.h"

#include <algorithm>

#include "kube/object.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"
#include "twin/server/server.h"

namespace jibe::twin {

namespace {

constexpr base::Duration kDeletionTimeout = std::chrono::minutes(2);

// Pods that were promised to go and have not begun to.
data::Value still_disrupted(const data::Value& pdb, const std::vector<data::Value>& pods,
                            base::Time now) {
  data::Value left = data::Value::map({});
  const data::Value& before = pdb["status"]["disruptedPods"];
  for (const data::Value& pod : pods) {
    const data::Value* since = before.find(object_name(pod));
    if (since == nullptr || kube::is_terminating(pod)) continue;
    if (parse_timestamp(since->text()) + kDeletionTimeout >= now)
      left.set(object_name(pod), *since);
  }
  return left;
}

}  // namespace

data::Value disruption_status(const data::Value& pdb, const std::vector<data::Value>& pods,
                              int64_t expected, base::Time now) {
  const data::Value& spec = pdb["spec"];
  int64_t desired = 0;
  if (!spec["maxUnavailable"].is_null()) {
    desired =
        std::max<int64_t>(0, expected - scaled_value(spec["maxUnavailable"], expected, Round::kUp));
  } else if (spec["minAvailable"].is_int()) {
    desired = spec["minAvailable"].as_int();
    expected = static_cast<int64_t>(pods.size());
  } else {
    desired = scaled_value(spec["minAvailable"], expected, Round::kUp);
  }
  const data::Value disrupted = still_disrupted(pdb, pods, now);
  const int64_t healthy = std::count_if(pods.begin(), pods.end(), [&](const data::Value& pod) {
    return !kube::is_terminating(pod) && !disrupted.has(object_name(pod)) && is_pod_ready(pod);
  });
  const int64_t allowed = expected <= 0 ? 0 : std::max<int64_t>(0, healthy - desired);
  data::Value status = data::Value::map({{"currentHealthy", healthy},
                                         {"desiredHealthy", desired},
                                         {"expectedPods", expected},
                                         {"disruptionsAllowed", allowed}});
  set_count(status, "observedGeneration", generation_of(pdb));
  if (!disrupted.empty()) status.set("disruptedPods", disrupted);
  data::Value condition =
      make_condition("DisruptionAllowed", allowed > 0 ? "True" : "False",
                     allowed > 0 ? "SufficientPods" : "InsufficientPods", "", to_timestamp(now));
  condition.set("message", "");
  condition.set("observedGeneration", generation_of(pdb));
  data::Value conditions = pdb["status"]["conditions"];
  put_condition(conditions, condition);
  status.set("conditions", conditions);
  return status;
}

std::optional<base::Duration> next_recheck(const data::Value& status, base::Time now) {
  std::optional<base::Duration> first;
  for (const data::Entry& entry : status["disruptedPods"].entries()) {
    const base::Duration wait =
        parse_timestamp(entry.value.text()) + kDeletionTimeout - now + std::chrono::milliseconds(1);
    if (!first || wait < *first) first = wait;
  }
  return first;
}

}  // namespace jibe::twin
