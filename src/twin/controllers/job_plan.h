// What a Job's controller decides (pkg/controller/job, 1.36). Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "data/value.h"

namespace jibe::twin {

inline constexpr std::string_view kJobTracking = "batch.kubernetes.io/job-tracking";

struct JobPlan {
  data::Value status;
  // Pods to create: their completion indexes, -1 where the Job has none.
  std::vector<int64_t> create;
  std::vector<data::Value> remove;
  // Pods that status counts by now: they may lose the finalizer.
  std::vector<data::Value> release;
  // When to look again although nothing happens.
  std::optional<base::Duration> again;
  // An Event of this look, where reason is not empty.
  std::string event_type;
  std::string event_reason;
  std::string event_message;
};
JobPlan plan_job(const data::Value& job, const std::vector<data::Value>& pods, base::Time now);

bool is_job_finished(const data::Value& job);
data::Value make_job_pod(const data::Value& job, int64_t index);
// How long until spec.ttlSecondsAfterFinished is over; nullopt where the Job stays.
std::optional<base::Duration> time_to_live(const data::Value& job, base::Time now);

}  // namespace jibe::twin
