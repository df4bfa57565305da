// What a Deployment's controller decides, without doing it (pkg/controller/deployment, 1.36).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "data/value.h"

namespace jibe::twin {

inline constexpr std::string_view kRevision = "deployment.kubernetes.io/revision";
inline constexpr std::string_view kDesiredReplicas = "deployment.kubernetes.io/desired-replicas";
inline constexpr std::string_view kMaxReplicas = "deployment.kubernetes.io/max-replicas";
inline constexpr std::string_view kTemplateHash = "pod-template-hash";

// A Deployment's ReplicaSets, oldest first. `current` has the Deployment's template; null where
// there is none yet.
struct ReplicaSetView {
  data::Value current;
  std::vector<data::Value> old;

  std::vector<data::Value> all() const;
};
ReplicaSetView view_replica_sets(const data::Value& deployment, std::vector<data::Value> sets);

bool is_rolling_update(const data::Value& deployment);
bool has_progress_deadline(const data::Value& deployment);
int64_t max_surge(const data::Value& deployment);
int64_t max_unavailable(const data::Value& deployment);
int64_t desired_replicas(const data::Value& object);
// Sums over ReplicaSets: of spec.replicas, and of a count in status.
int64_t sum_desired(const std::vector<data::Value>& sets);
int64_t sum_status(const std::vector<data::Value>& sets, std::string_view field);

// spec.replicas that the current ReplicaSet may have now.
int64_t current_set_replicas(const data::Value& deployment, const ReplicaSetView& sets);

struct Scaling {
  data::Value replica_set;
  int64_t replicas;
};
// Of the old ReplicaSets, during a rolling update.
std::vector<Scaling> plan_scale_down(const data::Value& deployment, const ReplicaSetView& sets);
// Where the Deployment was scaled, or is paused: all of them in proportion.
std::vector<Scaling> plan_scaling(const data::Value& deployment, const ReplicaSetView& sets);
// The Deployment was scaled since its ReplicaSets were last written.
bool is_scaling_event(const data::Value& deployment, const ReplicaSetView& sets);
// Old ReplicaSets beyond spec.revisionHistoryLimit.
std::vector<data::Value> plan_cleanup(const data::Value& deployment, const ReplicaSetView& sets);

int64_t revision_of(const data::Value& object);
int64_t max_revision(const std::vector<data::Value>& sets);
// The ReplicaSet of the Deployment's template.
data::Value make_replica_set(const data::Value& deployment, const ReplicaSetView& sets);
// The current ReplicaSet with the annotations it should have by now.
data::Value annotate_current(const data::Value& deployment, data::Value replica_set,
                             int64_t revision);
data::Value annotate_replicas(const data::Value& deployment, data::Value replica_set);

// status, but for the Progressing and ReplicaFailure conditions.
data::Value base_status(const data::Value& deployment, const ReplicaSetView& sets,
                        const std::string& now);
// The whole of status during a rollout.
data::Value rollout_status(const data::Value& deployment, const ReplicaSetView& sets,
                           base::Time now);
bool is_complete(const data::Value& deployment, const data::Value& status);
// When to look at a rollout again that makes no progress; nullopt: never.
std::optional<base::Duration> next_progress_check(const data::Value& deployment,
                                                  const data::Value& status, base::Time now);
// Sets the condition unless one with that status and reason is there.
void put_deployment_condition(data::Value& status, std::string_view type,
                              std::string_view condition_status, std::string_view reason,
                              const std::string& message, const std::string& now);

}  // namespace jibe::twin
