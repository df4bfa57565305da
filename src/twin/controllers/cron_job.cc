// CronJobs (pkg/controller/cronjob, 1.36), in UTC.
#include <fmt/core.h>

#include <algorithm>

#include "base/coroutine.h"
#include "twin/controllers/controllers.h"
#include "twin/controllers/cron_plan.h"
#include "twin/controllers/job_plan.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"
#include "twin/server/server.h"

namespace jibe::twin {

namespace {

class CronJobController : public Controller {
 public:
  explicit CronJobController(Context context) : Controller(context, "cronjob-controller") {}

 protected:
  void watch() override {
    on_objects(kCronJobs);
    on_owned(kJobs, "CronJob");
  }
  Task<void> sync(std::string key) override;

 private:
  std::vector<data::Value> jobs_of(const data::Value& cron) const;
  Task<void> clean_up(data::Value cron, std::vector<data::Value> jobs);
  Task<data::Value> start_due(data::Value cron, CronSchedule schedule);
  Task<void> create_job(data::Value cron, base::Time at);
  Task<void> update_active(data::Value cron);
};

std::vector<data::Value> CronJobController::jobs_of(const data::Value& cron) const {
  std::vector<data::Value> jobs = client_.items(kJobs, object_namespace(cron));
  std::erase_if(jobs, [&](const data::Value& job) { return !is_controlled_by(job, cron); });
  std::sort(jobs.begin(), jobs.end(), created_before);
  return jobs;
}

Task<void> CronJobController::clean_up(data::Value cron, std::vector<data::Value> jobs) {
  for (const bool failed : {false, true}) {
    const char* field = failed ? "failedJobsHistoryLimit" : "successfulJobsHistoryLimit";
    const auto limit = static_cast<size_t>(cron["spec"][field].int_or(failed ? 1 : 3));
    std::vector<data::Value> finished;
    for (const data::Value& job : jobs)
      if (is_job_finished(job) &&
          condition_is(job["status"]["conditions"], "Failed", "True") == failed)
        finished.push_back(job);
    for (size_t i = 0; i + limit < finished.size(); ++i) {
      co_await client_.remove(kJobs, finished[i]);
      co_await events_.normal(cron, "SuccessfulDelete",
                              fmt::format("Deleted job {}", object_name(finished[i])));
    }
  }
}

Task<void> CronJobController::create_job(data::Value cron, base::Time at) {
  const auto minute =
      std::chrono::duration_cast<std::chrono::minutes>(at.time_since_epoch()).count();
  const data::Value& from = cron["spec"]["jobTemplate"];
  data::Value metadata = data::Value::map(
      {{"name", fmt::format("{}-{}", object_name(cron), minute)},
       {"namespace", object_namespace(cron)},
       {"ownerReferences", data::Value::list({kube::owner_reference(cron, true)})}});
  for (const char* field : {"labels", "annotations"})
    if (!from["metadata"][field].empty()) metadata.set(field, from["metadata"][field]);
  metadata.edit("annotations")
      .set("batch.kubernetes.io/cronjob-scheduled-timestamp", to_timestamp(at));
  const data::Value job = data::Value::map({{"apiVersion", "batch/v1"},
                                            {"kind", "Job"},
                                            {"metadata", metadata},
                                            {"spec", from["spec"]}});
  const Outcome outcome = co_await client_.try_create(kJobs, job);
  if (outcome.ok()) {
    co_await events_.normal(cron, "SuccessfulCreate",
                            fmt::format("Created job {}", object_name(outcome.object)));
  } else if (!outcome.error->is_already_exists() && !is_namespace_terminating(*outcome.error)) {
    co_await events_.warning(cron, "FailedCreate",
                             fmt::format("Error creating job: {}", outcome.error->what()));
    throw *outcome.error;
  }
}

// The last time that was due since the one before, if it is not too late for it.
Task<data::Value> CronJobController::start_due(data::Value cron, CronSchedule schedule) {
  const data::Value& spec = cron["spec"];
  const std::string& last = cron["status"]["lastScheduleTime"].text();
  base::Time since =
      parse_timestamp(last.empty() ? cron["metadata"]["creationTimestamp"].text() : last);
  const data::Value& deadline = spec["startingDeadlineSeconds"];
  if (deadline.is_int())
    since = std::max<base::Time>(since, now() - std::chrono::seconds(deadline.as_int()));
  std::optional<base::Time> due;
  for (auto next = schedule.next(since); next && *next <= now(); next = schedule.next(*next))
    due = next;
  if (!due) co_return cron;
  const std::string& policy = spec["concurrencyPolicy"].text();
  for (const data::Value& job : jobs_of(cron)) {
    if (is_job_finished(job) || policy == "Allow") continue;
    if (policy == "Forbid") {
      co_await events_.normal(cron, "JobAlreadyActive",
                              "Not starting job because prior execution is running and "
                              "concurrency policy is Forbid");
      co_return cron;
    }
    co_await client_.remove(kJobs, job);
    co_await events_.normal(cron, "SuccessfulDelete",
                            fmt::format("Deleted job {}", object_name(job)));
  }
  co_await create_job(cron, *due);
  data::Value status = cron["status"].is_map() ? cron["status"] : data::Value::map({});
  status.set("lastScheduleTime", to_timestamp(*due));
  cron.set("status", status);
  data::Value stored = co_await client_.update_status(kCronJobs, cron);
  co_return stored;
}

Task<void> CronJobController::update_active(data::Value cron) {
  data::Value status = cron["status"].is_map() ? cron["status"] : data::Value::map({});
  data::Value active = data::Value::list();
  std::string last = status["lastSuccessfulTime"].text();
  for (const data::Value& job : jobs_of(cron)) {
    if (!is_job_finished(job)) {
      active.push_back(data::Value::map({{"apiVersion", "batch/v1"},
                                         {"kind", "Job"},
                                         {"name", object_name(job)},
                                         {"namespace", object_namespace(job)},
                                         {"uid", kube::uid_of(job)}}));
    }
    last = std::max(last, job["status"]["completionTime"].text());
  }
  if (active.empty()) {
    status.erase("active");
  } else {
    status.set("active", active);
  }
  if (!last.empty()) status.set("lastSuccessfulTime", last);
  if (status == cron["status"] || (status.empty() && cron["status"].empty())) co_return;
  cron.set("status", status);
  co_await client_.update_status(kCronJobs, cron);
}

Task<void> CronJobController::sync(std::string key) {
  const auto found = client_.get(kCronJobs, key);
  if (!found || kube::is_terminating(*found)) co_return;
  data::Value cron = *found;
  co_await clean_up(cron, jobs_of(cron));
  std::optional<CronSchedule> schedule;
  std::string mistake;
  try {
    schedule = CronSchedule::parse(cron["spec"]["schedule"].text());
  } catch (const base::InvalidInput& error) {
    mistake = error.what();
  }
  if (!schedule) {
    co_await events_.warning(cron, "UnparseableSchedule", mistake);
    co_return;
  }
  if (!cron["spec"]["suspend"].bool_or(false)) {
    cron = co_await start_due(cron, *schedule);
    const auto next = schedule->next(now());
    if (next) queue_.add_after(key, *next - now() + std::chrono::milliseconds(100));
  }
  co_await update_active(cron);
}

}  // namespace

std::unique_ptr<Controller> make_cron_job_controller(Context context) {
  return std::make_unique<CronJobController>(context);
}

}  // namespace jibe::twin
