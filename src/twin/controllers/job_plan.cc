#include "twin/controllers/job_plan.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/strings.h"
#include "kube/object.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"
#include "twin/server/server.h"

namespace jibe::twin {

namespace {

using data::Value;

constexpr std::string_view kIndex = "batch.kubernetes.io/job-completion-index";

bool has_finalizer(const Value& pod) {
  for (const Value& finalizer : pod["metadata"]["finalizers"].items())
    if (finalizer.text() == kJobTracking) return true;
  return false;
}

bool is_indexed(const Value& job) {
  return job["spec"]["completionMode"].text() == "Indexed";
}

int64_t index_of(const Value& pod) {
  const std::string& text = kube::annotation_of(pod, kIndex);
  int64_t index = -1;
  std::from_chars(text.data(), text.data() + text.size(), index);
  return index;
}

// A pod that was deleted before it ended failed.
bool counts_as_failed(const Value& pod) {
  return pod_phase(pod) == "Failed" || (kube::is_terminating(pod) && pod_phase(pod) != "Succeeded");
}

bool lists(const Value& uids, const std::string& uid) {
  for (const Value& known : uids.items())
    if (known.text() == uid) return true;
  return false;
}

// "0-2,5" of {0,1,2,5}, and back.
std::string write_indexes(const std::set<int64_t>& indexes) {
  std::vector<std::string> parts;
  for (auto it = indexes.begin(); it != indexes.end();) {
    const int64_t first = *it;
    int64_t last = first;
    while (++it != indexes.end() && *it == last + 1) last = *it;
    parts.push_back(first == last ? std::to_string(first) : fmt::format("{}-{}", first, last));
  }
  return base::join(parts, ",");
}

std::set<int64_t> read_indexes(const std::string& text) {
  std::set<int64_t> indexes;
  if (text.empty()) return indexes;
  for (const std::string_view part : base::split(text, ',')) {
    const base::Cut cut = base::cut(part, "-");
    int64_t first = 0;
    std::from_chars(cut.before.data(), cut.before.data() + cut.before.size(), first);
    int64_t last = first;
    if (cut.found) std::from_chars(cut.after.data(), cut.after.data() + cut.after.size(), last);
    for (int64_t i = first; i <= last; ++i) indexes.insert(i);
  }
  return indexes;
}

// One look at a Job, step by step.
class Look {
 public:
  Look(const Value& job, const std::vector<Value>& pods, base::Time now)
      : job_(job), spec_(job["spec"]), pods_(pods), now_(now), stamp_(to_timestamp(now)) {
    plan_.status = job["status"].is_map() ? job["status"] : Value::map({});
    completed_ = read_indexes(plan_.status["completedIndexes"].text());
  }

  JobPlan run();

 private:
  void settle_counted();
  void count_finished();
  void count_running();
  bool finish_if_due();
  void finish(std::string_view type, const std::string& reason, const std::string& message);
  bool suspend_or_resume();
  void plan_pods();
  void create_pods(int64_t missing);
  void condition(std::string_view type, std::string_view value, std::string_view reason,
                 const std::string& message);
  int64_t total(const char* list, const char* count) const {
    return plan_.status[count].int_or(0) +
           static_cast<int64_t>(plan_.status["uncountedTerminatedPods"][list].size());
  }
  int64_t succeeded() const { return total("succeeded", "succeeded"); }
  int64_t failed() const { return total("failed", "failed"); }
  std::optional<int64_t> completions() const {
    if (!spec_["completions"].is_int()) return std::nullopt;
    return spec_["completions"].as_int();
  }

  const Value& job_;
  const Value& spec_;
  const std::vector<Value>& pods_;
  base::Time now_;
  std::string stamp_;
  std::vector<Value> active_;
  std::set<int64_t> completed_;
  JobPlan plan_;
};

void Look::condition(std::string_view type, std::string_view value, std::string_view reason,
                     const std::string& message) {
  Value conditions = plan_.status["conditions"];
  Value fresh = make_condition(type, value, reason, message, stamp_);
  fresh.set("lastProbeTime", stamp_);
  const Value before = find_condition(conditions, type);
  if (before["status"].text() == value && before["reason"].text() == reason) return;
  put_condition(conditions, fresh);
  plan_.status.set("conditions", conditions);
}

// Whoever lost the finalizer since the last look moves from the list to the count.
void Look::settle_counted() {
  Value uncounted = Value::map({});
  const Value& before = plan_.status["uncountedTerminatedPods"];
  for (const char* list : {"succeeded", "failed"}) {
    Value left = Value::list();
    int64_t settled = 0;
    for (const Value& uid : before[list].items()) {
      const auto held = std::find_if(pods_.begin(), pods_.end(), [&](const Value& pod) {
        return kube::uid_of(pod) == uid.text() && has_finalizer(pod);
      });
      if (held == pods_.end()) {
        ++settled;
      } else {
        left.push_back(uid);
        plan_.release.push_back(*held);
      }
    }
    if (!left.empty()) uncounted.set(list, left);
    set_count(plan_.status, list, plan_.status[list].int_or(0) + settled);
  }
  plan_.status.set("uncountedTerminatedPods", uncounted);
}

void Look::count_finished() {
  for (const Value& pod : pods_) {
    const bool well = pod_phase(pod) == "Succeeded";
    if (!has_finalizer(pod) || !(well || counts_as_failed(pod))) continue;
    // One that is only terminating has not ended; what it was doing may still end well.
    if (!is_pod_finished(pod) && !pod["spec"]["nodeName"].text().empty()) continue;
    const char* list = well ? "succeeded" : "failed";
    if (lists(plan_.status["uncountedTerminatedPods"][list], kube::uid_of(pod))) continue;
    if (well && is_indexed(job_) && !completed_.insert(index_of(pod)).second) {
      plan_.release.push_back(pod);
      continue;
    }
    plan_.status.edit("uncountedTerminatedPods").edit(list).push_back(kube::uid_of(pod));
  }
  if (!completed_.empty()) plan_.status.set("completedIndexes", write_indexes(completed_));
}

void Look::count_running() {
  int64_t ready = 0;
  int64_t terminating = 0;
  for (const Value& pod : pods_) {
    if (is_pod_active(pod)) active_.push_back(pod);
    if (is_pod_active(pod) && is_pod_ready(pod)) ++ready;
    if (kube::is_terminating(pod) && !is_pod_finished(pod)) ++terminating;
  }
  plan_.status.set("ready", ready);
  plan_.status.set("terminating", terminating);
  if (!plan_.status.has("startTime") && !spec_["suspend"].bool_or(false))
    plan_.status.set("startTime", stamp_);
}

void Look::finish(std::string_view type, const std::string& reason, const std::string& message) {
  const bool well = type == "Complete";
  condition(well ? "SuccessCriteriaMet" : "FailureTarget", "True", reason, message);
  for (const Value& pod : active_) plan_.remove.push_back(pod);
  active_.clear();
  // The verdict stands when nothing runs any longer and everything is counted.
  if (!plan_.remove.empty() || plan_.status["terminating"].int_or(0) > 0 ||
      !plan_.status["uncountedTerminatedPods"].empty())
    return;
  condition(type, "True", reason, message);
  if (well) plan_.status.set("completionTime", stamp_);
  plan_.event_type = well ? "Normal" : "Warning";
  plan_.event_reason = well ? "Completed" : reason;
  plan_.event_message = well ? "Job completed" : message;
}

bool Look::finish_if_due() {
  const Value& failing = find_condition(plan_.status["conditions"], "FailureTarget");
  if (!failing.is_null()) {
    finish("Failed", failing["reason"].text(), failing["message"].text());
    return true;
  }
  if (failed() > spec_["backoffLimit"].int_or(6)) {
    finish("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit");
    return true;
  }
  const Value& deadline = spec_["activeDeadlineSeconds"];
  if (deadline.is_int() && plan_.status.has("startTime") && !spec_["suspend"].bool_or(false)) {
    const base::Duration left = parse_timestamp(plan_.status["startTime"].text()) +
                                std::chrono::seconds(deadline.as_int()) - now_;
    if (left <= base::Duration::zero()) {
      finish("Failed", "DeadlineExceeded", "Job was active longer than specified deadline");
      return true;
    }
    plan_.again = left;
  }
  const auto wanted = completions();
  const bool enough = wanted ? succeeded() >= *wanted : succeeded() > 0 && active_.empty();
  if (enough) {
    finish("Complete", "CompletionsReached", "Reached expected number of succeeded pods");
    return true;
  }
  return false;
}

bool Look::suspend_or_resume() {
  const bool suspended = spec_["suspend"].bool_or(false);
  const bool was = condition_is(plan_.status["conditions"], "Suspended", "True");
  if (suspended) {
    for (const Value& pod : active_) plan_.remove.push_back(pod);
    active_.clear();
    if (!was) {
      condition("Suspended", "True", "JobSuspended", "Job suspended");
      plan_.event_type = "Normal";
      plan_.event_reason = "Suspended";
      plan_.event_message = "Job suspended";
    }
    plan_.status.erase("startTime");
  } else if (was) {
    condition("Suspended", "False", "JobResumed", "Job resumed");
    plan_.event_type = "Normal";
    plan_.event_reason = "Resumed";
    plan_.event_message = "Job resumed";
    plan_.status.set("startTime", stamp_);
  }
  return suspended;
}

void Look::create_pods(int64_t missing) {
  // 10 s after a failure, doubling up to ten minutes.
  const int64_t failures = failed();
  if (failures > 0) {
    base::Time last{};
    for (const Value& pod : pods_)
      if (pod_phase(pod) == "Failed")
        for (const Value& status : pod["status"]["containerStatuses"].items())
          if (const auto& end = status["state"]["terminated"]["finishedAt"].text(); !end.empty())
            last = std::max(last, parse_timestamp(end));
    const std::chrono::seconds wait(
        std::min<int64_t>(600, 10 * (int64_t{1} << std::min<int64_t>(6, failures - 1))));
    if (last != base::Time{} && last + wait > now_) {
      const base::Duration left = last + wait - now_;
      plan_.again = plan_.again ? std::min(*plan_.again, left) : left;
      return;
    }
  }
  std::set<int64_t> taken = completed_;
  for (const Value& pod : active_) taken.insert(index_of(pod));
  for (int64_t index = 0; missing > 0; ++index) {
    if (is_indexed(job_) && taken.contains(index)) continue;
    plan_.create.push_back(is_indexed(job_) ? index : -1);
    --missing;
  }
}

void Look::plan_pods() {
  const int64_t parallelism = spec_["parallelism"].int_or(1);
  const auto have = static_cast<int64_t>(active_.size());
  int64_t wanted = parallelism;
  if (const auto needed = completions()) {
    wanted = std::min(parallelism, *needed - succeeded());
  } else if (succeeded() > 0) {
    // A work queue that has begun to end: nobody new.
    wanted = std::min(have, parallelism);
  }
  wanted = std::max<int64_t>(0, wanted);
  if (have > wanted) {
    plan_.remove = pods_to_delete(active_, active_, static_cast<size_t>(have - wanted));
  } else if (have < wanted) {
    create_pods(wanted - have);
  }
}

JobPlan Look::run() {
  settle_counted();
  count_finished();
  count_running();
  if (!is_job_finished(job_) && !finish_if_due() && !suspend_or_resume()) plan_pods();
  set_count(plan_.status, "active", static_cast<int64_t>(active_.size()));
  return plan_;
}

}  // namespace

bool is_job_finished(const Value& job) {
  const Value& conditions = job["status"]["conditions"];
  return condition_is(conditions, "Complete", "True") || condition_is(conditions, "Failed", "True");
}

JobPlan plan_job(const Value& job, const std::vector<Value>& pods, base::Time now) {
  return Look(job, pods, now).run();
}

Value make_job_pod(const Value& job, int64_t index) {
  Value pod = pod_from_template(job["spec"]["template"], job);
  Value& metadata = pod.edit("metadata");
  Value finalizers = metadata["finalizers"].is_list() ? metadata["finalizers"] : Value::list();
  finalizers.push_back(kJobTracking);
  metadata.set("finalizers", finalizers);
  if (index < 0) return pod;
  const std::string text = std::to_string(index);
  metadata.edit("labels").set(kIndex, text);
  metadata.edit("annotations").set(kIndex, text);
  metadata.set("generateName", fmt::format("{}-{}-", object_name(job), index));
  pod.edit("spec").set("hostname", fmt::format("{}-{}", object_name(job), index));
  const Value variable = Value::map(
      {{"name", "JOB_COMPLETION_INDEX"},
       {"valueFrom",
        Value::map({{"fieldRef", Value::map({{"fieldPath", fmt::format("metadata.annotations['{}']",
                                                                       kIndex)}})}})}});
  for (Value& container : pod.edit("spec").edit("containers").edit_items())
    container.edit("env").push_back(variable);
  return pod;
}

std::optional<base::Duration> time_to_live(const Value& job, base::Time now) {
  const Value& ttl = job["spec"]["ttlSecondsAfterFinished"];
  if (!ttl.is_int() || !is_job_finished(job) || kube::is_terminating(job)) return std::nullopt;
  base::Time end{};
  for (const Value& condition : job["status"]["conditions"].items()) {
    const std::string& type = condition["type"].text();
    if ((type == "Complete" || type == "Failed") && condition["status"].text() == "True")
      end = parse_timestamp(condition["lastTransitionTime"].text());
  }
  const base::Duration left = end + std::chrono::seconds(ttl.as_int()) - now;
  return std::max(left, base::Duration::zero());
}

}  // namespace jibe::twin
