// Jobs, and what ends with them (pkg/controller/job and ttlafterfinished, 1.36).
#include <fmt/core.h>

#include "base/coroutine.h"
#include "twin/controllers/claim.h"
#include "twin/controllers/controllers.h"
#include "twin/controllers/job_plan.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"

namespace jibe::twin {

namespace {

class JobController : public Controller {
 public:
  explicit JobController(Context context) : Controller(context, "job-controller", 3) {}

 protected:
  void watch() override {
    on_objects(kJobs);
    on_owned(kPods, "Job");
  }
  Task<void> sync(std::string key) override;

 private:
  Task<void> create(data::Value job, std::vector<int64_t> indexes);
  Task<void> remove(data::Value job, std::vector<data::Value> pods);
  Task<void> release(std::vector<data::Value> pods);
};

Task<void> JobController::create(data::Value job, std::vector<int64_t> indexes) {
  for (const int64_t index : indexes) {
    const Outcome outcome = co_await client_.try_create(kPods, make_job_pod(job, index));
    if (outcome.ok()) {
      co_await events_.normal(job, "SuccessfulCreate",
                              fmt::format("Created pod: {}", object_name(outcome.object)));
    } else if (!is_namespace_terminating(*outcome.error)) {
      co_await events_.warning(job, "FailedCreate",
                               fmt::format("Error creating: {}", outcome.error->what()));
      throw *outcome.error;
    }
  }
}

Task<void> JobController::remove(data::Value job, std::vector<data::Value> pods) {
  for (const data::Value& pod : pods) {
    co_await client_.remove(kPods, pod);
    co_await events_.normal(job, "SuccessfulDelete",
                            fmt::format("Deleted pod: {}", object_name(pod)));
  }
}

Task<void> JobController::release(std::vector<data::Value> pods) {
  for (const data::Value& pod : pods) {
    const auto fresh = client_.get(kPods, key_of(pod));
    if (!fresh || kube::uid_of(*fresh) != kube::uid_of(pod)) continue;
    data::Value left = data::Value::list();
    for (const data::Value& finalizer : (*fresh)["metadata"]["finalizers"].items())
      if (finalizer.text() != kJobTracking) left.push_back(finalizer);
    if (left.size() == (*fresh)["metadata"]["finalizers"].size()) continue;
    data::Value freed = *fresh;
    freed.edit("metadata").set("finalizers", left);
    co_await client_.update(kPods, freed);
  }
}

Task<void> JobController::sync(std::string key) {
  const auto found = client_.get(kJobs, key);
  if (!found) {
    // The Job went before its pods were counted: nothing holds them any longer.
    std::vector<data::Value> orphans = client_.items(kPods, split_key(key).ns);
    std::erase_if(orphans,
                  [&](const data::Value& pod) { return controller_key(pod, "Job") != key; });
    co_await release(orphans);
    co_return;
  }
  data::Value job = *found;
  const auto pods =
      co_await claim(client_, kPods, job, client_.items(kPods, object_namespace(job)));
  if (kube::is_terminating(job)) {
    co_await release(pods);
    co_return;
  }
  const JobPlan plan = plan_job(job, pods, now());
  if (plan.status != job["status"]) {
    job.set("status", plan.status);
    job = co_await client_.update_status(kJobs, job);
  }
  if (!plan.event_reason.empty())
    co_await events_.record(job, "", plan.event_type, plan.event_reason, plan.event_message);
  co_await release(plan.release);
  co_await remove(job, plan.remove);
  co_await create(job, plan.create);
  if (plan.again) queue_.add_after(key, *plan.again);
  const auto left = time_to_live(job, now());
  if (left && *left == base::Duration::zero()) {
    co_await client_.remove(kJobs, job, {}, "Foreground");
  } else if (left) {
    queue_.add_after(key, *left);
  }
}

}  // namespace

std::unique_ptr<Controller> make_job_controller(Context context) {
  return std::make_unique<JobController>(context);
}

}  // namespace jibe::twin
