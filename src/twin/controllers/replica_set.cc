// ReplicaSets, and ReplicationControllers as what they are, an older spelling of the same
// (pkg/controller/replicaset and pkg/controller/replication, 1.36).
#include <fmt/core.h>

#include "base/coroutine.h"
#include "twin/controllers/claim.h"
#include "twin/controllers/controllers.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"
#include "twin/controllers/replica_set_plan.h"

namespace jibe::twin {

namespace {

class ReplicaSetController : public Controller {
 public:
  ReplicaSetController(Context context, const char* name, kube::Gvr gvr, const char* kind)
      : Controller(context, name, 5), gvr_(std::move(gvr)), kind_(kind) {}

 protected:
  void watch() override;
  Task<void> sync(std::string key) override;

 private:
  void wake_for(const data::Value& pod);
  std::vector<data::Value> related_pods(const data::Value& set) const;
  // The first failure, where there was one.
  Task<std::optional<kube::StatusError>> manage(data::Value set, std::vector<data::Value> active);
  Task<std::optional<kube::StatusError>> create_pods(data::Value set, size_t count);
  Task<std::optional<kube::StatusError>> delete_pods(data::Value set,
                                                     std::vector<data::Value> pods);

  const kube::Gvr gvr_;
  const char* const kind_;
};

void ReplicaSetController::watch() {
  on_objects(gvr_);
  on_owned(kPods, kind_);
  on(kPods, [this](const WatchEvent& event) {
    if (event.type != "DELETED") wake_for(event.object);
  });
}

// An orphan: whoever might adopt it.
void ReplicaSetController::wake_for(const data::Value& pod) {
  if (!kube::controller_of(pod).is_null()) return;
  for (const data::Value& set : client_.items(gvr_, object_namespace(pod)))
    if (selector_of(set).matches(pod["metadata"]["labels"])) queue_.add(key_of(set));
}

std::vector<data::Value> ReplicaSetController::related_pods(const data::Value& set) const {
  const std::string& owner = kube::controller_of(set)["uid"].text();
  std::set<std::string> siblings{kube::uid_of(set)};
  for (const data::Value& other : client_.items(gvr_, object_namespace(set)))
    if (!owner.empty() && kube::controller_of(other)["uid"].text() == owner)
      siblings.insert(kube::uid_of(other));
  std::vector<data::Value> pods = client_.items(kPods, object_namespace(set));
  std::erase_if(pods, [&](const data::Value& pod) {
    return !siblings.contains(kube::controller_of(pod)["uid"].text());
  });
  return pods;
}

// In batches that double, so that what fails for all of them (a webhook, a quota) is not tried
// for each.
Task<std::optional<kube::StatusError>> ReplicaSetController::create_pods(data::Value set,
                                                                         size_t count) {
  std::optional<kube::StatusError> failure;
  size_t batch = 1;
  for (size_t done = 0; done < count && !failure; batch *= 2) {
    for (const size_t end = std::min(count, done + batch); done < end; ++done) {
      const data::Value pod = pod_from_template(set["spec"]["template"], set);
      const Outcome outcome = co_await client_.try_create(kPods, pod);
      if (outcome.ok()) {
        co_await events_.normal(set, "SuccessfulCreate",
                                fmt::format("Created pod: {}", object_name(outcome.object)));
      } else if (!is_namespace_terminating(*outcome.error)) {
        co_await events_.warning(set, "FailedCreate",
                                 fmt::format("Error creating: {}", outcome.error->what()));
        if (!failure) failure = outcome.error;
      }
    }
  }
  co_return failure;
}

Task<std::optional<kube::StatusError>> ReplicaSetController::delete_pods(
    data::Value set, std::vector<data::Value> pods) {
  std::optional<kube::StatusError> failure;
  for (const data::Value& pod : pods) {
    std::optional<kube::StatusError> refused;
    try {
      co_await client_.remove(kPods, pod);
    } catch (const kube::StatusError& error) {
      refused = error;
    }
    if (refused) {
      co_await events_.warning(set, "FailedDelete",
                               fmt::format("Error deleting: {}", refused->what()));
      if (!failure) failure = refused;
    } else {
      co_await events_.normal(set, "SuccessfulDelete",
                              fmt::format("Deleted pod: {}", object_name(pod)));
    }
  }
  co_return failure;
}

Task<std::optional<kube::StatusError>> ReplicaSetController::manage(
    data::Value set, std::vector<data::Value> active) {
  constexpr size_t kBurst = 500;
  const auto wanted = static_cast<size_t>(set["spec"]["replicas"].int_or(1));
  std::optional<kube::StatusError> failure;
  if (active.size() < wanted) {
    failure = co_await create_pods(set, std::min(kBurst, wanted - active.size()));
  } else if (active.size() > wanted) {
    const size_t surplus = std::min(kBurst, active.size() - wanted);
    failure = co_await delete_pods(set, pods_to_delete(active, related_pods(set), surplus));
  }
  co_return failure;
}

Task<void> ReplicaSetController::sync(std::string key) {
  const auto found = client_.get(gvr_, key);
  if (!found) co_return;
  data::Value set = *found;
  const std::vector<data::Value> owned =
      co_await claim(client_, kPods, set, client_.items(kPods, object_namespace(set)));
  ReplicaSetPods pods = sort_pods(owned);
  std::optional<kube::StatusError> failure;
  if (!kube::is_terminating(set)) failure = co_await manage(set, pods.active);
  // The counts are those from before creating and deleting, as in kube-controller-manager: what
  // was just done arrives as events and brings the next look.
  const data::Value status = replica_set_status(set, pods, failure, now());
  if (status != set["status"]) {
    set.set("status", status);
    set = co_await client_.update_status(gvr_, set);
  }
  if (failure) throw *failure;
  const int64_t min_ready = set["spec"]["minReadySeconds"].int_or(0);
  const auto wait = next_availability(pods.active, min_ready, now());
  if (wait) queue_.add_after(key, *wait);
}

}  // namespace

std::unique_ptr<Controller> make_replica_set_controller(Context context) {
  return std::make_unique<ReplicaSetController>(context, "replicaset-controller", kReplicaSets,
                                                "ReplicaSet");
}

std::unique_ptr<Controller> make_replication_controller(Context context) {
  return std::make_unique<ReplicaSetController>(context, "replication-controller",
                                                kReplicationControllers, "ReplicationController");
}

}  // namespace jibe::twin
