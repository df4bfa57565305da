// Deployments (pkg/controller/deployment, 1.36): ReplicaSets by template, rolled one into the
// other. What to do is decided in deployment_plan.h.
#include <fmt/core.h>

#include "base/coroutine.h"
#include "kube/selector.h"
#include "twin/controllers/claim.h"
#include "twin/controllers/controller.h"
#include "twin/controllers/controllers.h"
#include "twin/controllers/deployment_plan.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"

namespace jibe::twin {

namespace {

class DeploymentController : public Controller {
 public:
  explicit DeploymentController(Context context)
      : Controller(context, "deployment-controller", 5) {}

 protected:
  void watch() override;
  Task<void> sync(std::string key) override;

 private:
  // Reads as of now: the reads are consistent, so nothing needs to be carried along.
  std::vector<data::Value> owned_sets(const data::Value& deployment) const;
  ReplicaSetView view(const data::Value& deployment) const {
    return view_replica_sets(deployment, owned_sets(deployment));
  }
  bool old_pods_running(const ReplicaSetView& sets) const;

  Task<data::Value> write_status(data::Value deployment, data::Value status);
  Task<data::Value> write_revision(data::Value deployment, int64_t revision);
  Task<data::Value> check_paused(data::Value deployment);
  Task<data::Value> ensure_current(data::Value deployment, bool create);
  Task<data::Value> create_current(data::Value deployment, ReplicaSetView sets);
  Task<data::Value> failed_to_create(data::Value deployment, data::Value wanted,
                                     kube::StatusError error);
  Task<bool> scale(data::Value deployment, data::Value set, int64_t replicas);
  Task<void> scale_all(data::Value deployment);
  Task<void> roll(data::Value deployment);
  Task<void> recreate(data::Value deployment);
  Task<void> clean_up(data::Value deployment);
  Task<void> finish(data::Value deployment);
};

void DeploymentController::watch() {
  on_objects(kDeployments);
  on_owned(kReplicaSets, "Deployment");
  // A Recreate rollout waits for the last old pod.
  on(kPods, [this](const WatchEvent& event) {
    if (event.type != "DELETED" && pod_phase(event.object) == pod_phase(event.old)) return;
    const std::string set_key = controller_key(event.object, "ReplicaSet");
    if (set_key.empty()) return;
    const auto set = client_.get(kReplicaSets, set_key);
    if (!set) return;
    const std::string key = controller_key(*set, "Deployment");
    if (key.empty()) return;
    const auto deployment = client_.get(kDeployments, key);
    if (deployment && !is_rolling_update(*deployment)) queue_.add(key);
  });
}

std::vector<data::Value> DeploymentController::owned_sets(const data::Value& deployment) const {
  std::vector<data::Value> sets = client_.items(kReplicaSets, object_namespace(deployment));
  std::erase_if(sets, [&](const data::Value& set) { return !is_controlled_by(set, deployment); });
  return sets;
}

bool DeploymentController::old_pods_running(const ReplicaSetView& sets) const {
  if (sum_status(sets.old, "replicas") > 0) return true;
  for (const data::Value& set : sets.old)
    for (const data::Value& pod : client_.items(kPods, object_namespace(set)))
      if (is_controlled_by(pod, set) && !is_pod_finished(pod)) return true;
  return false;
}

Task<data::Value> DeploymentController::write_status(data::Value deployment, data::Value status) {
  if (deployment["status"] == status) co_return deployment;
  deployment.set("status", status);
  data::Value stored = co_await client_.update_status(kDeployments, deployment);
  co_return stored;
}

// kube-controller-manager writes the annotation through the status subresource, whose strategy
// lets annotations through.
Task<data::Value> DeploymentController::write_revision(data::Value deployment, int64_t revision) {
  const std::string text = std::to_string(revision);
  if (kube::annotation_of(deployment, kRevision) == text) co_return deployment;
  deployment.edit("metadata").edit("annotations").set(kRevision, text);
  data::Value stored = co_await client_.update_status(kDeployments, deployment);
  if (kube::annotation_of(stored, kRevision) == text) co_return stored;
  stored.edit("metadata").edit("annotations").set(kRevision, text);
  stored = co_await client_.update(kDeployments, stored);
  co_return stored;
}

Task<data::Value> DeploymentController::check_paused(data::Value deployment) {
  if (!has_progress_deadline(deployment)) co_return deployment;
  const data::Value& condition = find_condition(deployment["status"]["conditions"], "Progressing");
  const std::string& reason = condition["reason"].text();
  if (reason == "ProgressDeadlineExceeded") co_return deployment;
  const bool paused = deployment["spec"]["paused"].bool_or(false);
  if (paused == (reason == "DeploymentPaused")) co_return deployment;
  data::Value status = deployment["status"];
  if (paused) {
    put_deployment_condition(status, "Progressing", "Unknown", "DeploymentPaused",
                             "Deployment is paused", timestamp());
  } else {
    put_deployment_condition(status, "Progressing", "Unknown", "DeploymentResumed",
                             "Deployment is resumed", timestamp());
  }
  data::Value stored = co_await write_status(deployment, status);
  co_return stored;
}

// Gives the Deployment as it is afterwards.
Task<data::Value> DeploymentController::ensure_current(data::Value deployment, bool create) {
  const ReplicaSetView sets = view(deployment);
  if (sets.current.is_null()) {
    if (!create) co_return deployment;
    data::Value stored = co_await create_current(deployment, sets);
    co_return stored;
  }
  data::Value set = annotate_current(deployment, sets.current, max_revision(sets.old) + 1);
  if (set != sets.current) set = co_await client_.update(kReplicaSets, set);
  deployment = co_await write_revision(deployment, revision_of(set));
  data::Value status = deployment["status"];
  if (has_progress_deadline(deployment) &&
      find_condition(status["conditions"], "Progressing").is_null()) {
    put_deployment_condition(status, "Progressing", "True", "FoundNewReplicaSet",
                             fmt::format("Found new replica set \"{}\"", object_name(set)),
                             timestamp());
    deployment = co_await write_status(deployment, status);
  }
  co_return deployment;
}

Task<data::Value> DeploymentController::create_current(data::Value deployment,
                                                       ReplicaSetView sets) {
  const data::Value wanted = make_replica_set(deployment, sets);
  const Outcome outcome = co_await client_.try_create(kReplicaSets, wanted);
  if (!outcome.ok()) {
    data::Value failed = co_await failed_to_create(deployment, wanted, *outcome.error);
    co_return failed;
  }
  const int64_t replicas = desired_replicas(outcome.object);
  const std::string& name = object_name(outcome.object);
  if (replicas > 0) {
    co_await events_.normal(deployment, "ScalingReplicaSet",
                            fmt::format("Scaled up replica set {} from 0 to {}", name, replicas));
  }
  if (has_progress_deadline(deployment)) {
    data::Value status = deployment["status"];
    put_deployment_condition(status, "Progressing", "True", "NewReplicaSetCreated",
                             fmt::format("Created new replica set \"{}\"", name), timestamp());
    deployment.set("status", status);
  }
  data::Value stored = co_await write_revision(deployment, revision_of(outcome.object));
  co_return stored;
}

Task<data::Value> DeploymentController::failed_to_create(data::Value deployment, data::Value wanted,
                                                         kube::StatusError error) {
  if (error.is_already_exists()) {
    // Of another template, or of somebody else, under the same name: the next try gets another
    // hash.
    data::Value status = deployment["status"];
    status.set("collisionCount", status["collisionCount"].int_or(0) + 1);
    co_await write_status(deployment, status);
    throw error;
  }
  if (is_namespace_terminating(error)) throw error;
  const std::string message =
      fmt::format("Failed to create new replica set \"{}\": {}", object_name(wanted), error.what());
  if (has_progress_deadline(deployment)) {
    data::Value status = deployment["status"];
    put_deployment_condition(status, "Progressing", "False", "ReplicaSetCreateError", message,
                             timestamp());
    co_await write_status(deployment, status);
  }
  co_await events_.warning(deployment, "ReplicaSetCreateError", message);
  throw error;
}

Task<bool> DeploymentController::scale(data::Value deployment, data::Value set, int64_t replicas) {
  const int64_t before = desired_replicas(set);
  data::Value wanted = annotate_replicas(deployment, set);
  if (before != replicas) wanted.edit("spec").set("replicas", replicas);
  if (wanted == set) co_return false;
  co_await client_.update(kReplicaSets, wanted);
  if (before == replicas) co_return false;
  co_await events_.normal(
      deployment, "ScalingReplicaSet",
      fmt::format("Scaled {} replica set {} from {} to {}", before < replicas ? "up" : "down",
                  object_name(set), before, replicas));
  co_return true;
}

Task<void> DeploymentController::scale_all(data::Value deployment) {
  deployment = co_await ensure_current(deployment, false);
  for (const Scaling& step : plan_scaling(deployment, view(deployment)))
    co_await scale(deployment, step.replica_set, step.replicas);
  if (deployment["spec"]["paused"].bool_or(false)) co_await clean_up(deployment);
  const data::Value status = base_status(deployment, view(deployment), timestamp());
  co_await write_status(deployment, status);
}

Task<void> DeploymentController::roll(data::Value deployment) {
  deployment = co_await ensure_current(deployment, true);
  const ReplicaSetView sets = view(deployment);
  if (sets.current.is_null()) co_return;
  const int64_t wanted = current_set_replicas(deployment, sets);
  bool moved = false;
  if (wanted != desired_replicas(sets.current))
    moved = co_await scale(deployment, sets.current, wanted);
  if (!moved) {
    for (const Scaling& step : plan_scale_down(deployment, sets)) {
      const bool scaled = co_await scale(deployment, step.replica_set, step.replicas);
      moved = moved || scaled;
    }
  }
  if (!moved && is_complete(deployment, deployment["status"])) co_await clean_up(deployment);
  co_await finish(deployment);
}

Task<void> DeploymentController::recreate(data::Value deployment) {
  deployment = co_await ensure_current(deployment, false);
  const ReplicaSetView sets = view(deployment);
  bool moved = false;
  for (const data::Value& set : sets.old) {
    if (desired_replicas(set) == 0) continue;
    const bool scaled = co_await scale(deployment, set, 0);
    moved = moved || scaled;
  }
  if (!moved && !old_pods_running(sets)) {
    deployment = co_await ensure_current(deployment, true);
    const data::Value current = view(deployment).current;
    if (!current.is_null() && desired_replicas(current) != desired_replicas(deployment))
      co_await scale(deployment, current, desired_replicas(deployment));
    if (is_complete(deployment, deployment["status"])) co_await clean_up(deployment);
  }
  co_await finish(deployment);
}

Task<void> DeploymentController::clean_up(data::Value deployment) {
  for (const data::Value& set : plan_cleanup(deployment, view(deployment)))
    co_await client_.remove(kReplicaSets, set);
}

Task<void> DeploymentController::finish(data::Value deployment) {
  const data::Value status = rollout_status(deployment, view(deployment), now());
  if (status == deployment["status"]) {
    const auto wait = next_progress_check(deployment, status, now());
    if (wait) queue_.add_after(key_of(deployment), *wait);
    co_return;
  }
  co_await write_status(deployment, status);
}

Task<void> DeploymentController::sync(std::string key) {
  const auto found = client_.get(kDeployments, key);
  if (!found) co_return;
  data::Value deployment = *found;
  const data::Value& selector = deployment["spec"]["selector"];
  if (selector["matchLabels"].empty() && selector["matchExpressions"].empty()) {
    co_await events_.warning(
        deployment, "SelectingAll",
        "This deployment is selecting all pods. A non-empty selector is required.");
    co_return;
  }
  if (kube::is_terminating(deployment)) {
    const data::Value status = base_status(deployment, view(deployment), timestamp());
    co_await write_status(deployment, status);
    co_return;
  }
  co_await claim(client_, kReplicaSets, deployment,
                 client_.items(kReplicaSets, object_namespace(deployment)));
  deployment = co_await check_paused(deployment);
  if (deployment["spec"]["paused"].bool_or(false) ||
      is_scaling_event(deployment, view(deployment))) {
    co_await scale_all(deployment);
  } else if (is_rolling_update(deployment)) {
    co_await roll(deployment);
  } else {
    co_await recreate(deployment);
  }
}

}  // namespace

std::unique_ptr<Controller> make_deployment_controller(Context context) {
  return std::make_unique<DeploymentController>(context);
}

}  // namespace jibe::twin
