// The container half of PodWorker: starting, probing, and what happens when one ends.
#include <fmt/format.h>

#include "base/coroutine.h"
#include "kube/object.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pod_worker.h"

namespace jibe::twin {

namespace {

using Phase = ContainerRecord::Phase;

// pkg/kubelet: MaxContainerBackOff and backOffPeriod of 1.36.
constexpr base::Duration kFirstBackOff = std::chrono::seconds(10);
constexpr base::Duration kLastBackOff = std::chrono::seconds(300);
constexpr base::Duration kForgetBackOff = std::chrono::minutes(10);

Task<void> run_process(std::shared_ptr<PodProcess> process, std::shared_ptr<ProcessExit> exit,
                       rt::Event& changed) {
  int code = 0;
  std::string message;
  try {
    co_await process->run();
  } catch (const base::Cancelled&) {
    throw;
  } catch (const std::exception& error) {
    code = 1;
    message = error.what();
  }
  exit->code = code;
  exit->message = message;
  exit->ended = true;
  changed.set();
}

std::string span_text(base::Duration span) {
  const auto s = std::chrono::duration_cast<std::chrono::seconds>(span).count();
  return s < 60 ? fmt::format("{}s", s) : fmt::format("{}m{}s", s / 60, s % 60);
}

bool belongs_to_job(const data::Value& pod) {
  return kube::controller_of(pod)["kind"].text() == "Job";
}

base::Duration seconds_or(const data::Value& value, int64_t fallback) {
  return std::chrono::seconds(std::max<int64_t>(1, value.int_or(fallback)));
}

}  // namespace

bool PodWorker::may_start(size_t index) const {
  const ContainerRecord& record = *containers_[index];
  if (record.phase != Phase::kWaiting) return false;
  if (!record.init) return is_initialized(containers_);
  for (size_t i = 0; i < index; ++i) {
    const ContainerRecord& before = *containers_[i];
    const bool done = before.sidecar ? before.running() && before.started : before.succeeded();
    if (!done) return false;
  }
  return true;
}

Task<void> PodWorker::start_due(data::Value pod) {
  for (size_t i = 0; i < containers_.size(); ++i) {
    ContainerRecord& record = *containers_[i];
    if (!may_start(i)) continue;
    if (now() < record.not_before) {
      if (record.waiting_reason == "ErrImagePull") {
        record.waiting_reason = "ImagePullBackOff";
        record.waiting_message = fmt::format("Back-off pulling image \"{}\"", record.image());
        co_await container_event(pod, record, "Normal", "BackOff", record.waiting_message);
      }
      waits_for_objects_ =
          waits_for_objects_ || record.waiting_reason == "CreateContainerConfigError";
      due(record.not_before);
      continue;
    }
    co_await start_container(pod, record);
  }
}

Task<bool> PodWorker::prepare_container(data::Value pod, ContainerRecord& record) {
  const std::string& image = record.image();
  if (kubelet_.pull_fails(image)) {
    record.back_off = record.back_off == base::Duration::zero()
                          ? kFirstBackOff
                          : std::min(record.back_off * 2, kLastBackOff);
    record.not_before = now() + record.back_off;
    record.waiting_reason = "ErrImagePull";
    record.waiting_message = fmt::format(
        "failed to pull and unpack image \"{0}\": failed to resolve reference \"{0}\": not found",
        image);
    co_await container_event(pod, record, "Normal", "Pulling",
                             fmt::format("Pulling image \"{}\"", image));
    co_await container_event(
        pod, record, "Warning", "Failed",
        fmt::format("Failed to pull image \"{}\": {}", image, record.waiting_message));
    co_await container_event(pod, record, "Warning", "Failed", "Error: ErrImagePull");
    due(record.not_before);
    co_return false;
  }
  if (kubelet_.pulled_.insert(image).second) {
    co_await container_event(pod, record, "Normal", "Pulling",
                             fmt::format("Pulling image \"{}\"", image));
    co_await container_event(pod, record, "Normal", "Pulled",
                             fmt::format("Successfully pulled image \"{}\"", image));
  } else {
    co_await container_event(
        pod, record, "Normal", "Pulled",
        fmt::format("Container image \"{}\" already present on machine", image));
  }
  const std::string missing = missing_environment(record.spec, exists());
  if (missing.empty()) co_return true;
  record.waiting_reason = "CreateContainerConfigError";
  record.waiting_message = missing;
  record.not_before = now() + kFirstBackOff;
  waits_for_objects_ = true;
  due(record.not_before);
  co_await container_event(pod, record, "Warning", "Failed", "Error: " + missing);
  co_return false;
}

Task<void> PodWorker::start_container(data::Value pod, ContainerRecord& record) {
  const bool prepared = co_await prepare_container(pod, record);
  if (!prepared) co_return;
  if (!record.last_state["terminated"].is_null()) ++record.restarts;
  start_process(pod, record);
  co_await container_event(pod, record, "Normal", "Created", "Container created");
  co_await container_event(pod, record, "Normal", "Started", "Container started");
}

void PodWorker::start_process(const data::Value& pod, ContainerRecord& record) {
  auto& random = kubelet_.runtime_.random();
  const uint64_t words[4] = {random.next(), random.next(), random.next(), random.next()};
  record.id = fmt::format("containerd://{:016x}{:016x}{:016x}{:016x}", words[0], words[1], words[2],
                          words[3]);
  record.phase = Phase::kRunning;
  record.waiting_reason.clear();
  record.waiting_message.clear();
  record.started_at = now();
  record.started = record.spec["startupProbe"].is_null();
  record.ready =
      record.spec["readinessProbe"].is_null() && record.started && (!record.init || record.sidecar);
  record.failed_probes = 0;
  record.next_probe = now() + kubelet_.around(kubelet_.options_.ready_delay);
  record.ends_at.reset();
  if (kubelet_.options_.make_process)
    record.process = kubelet_.options_.make_process(pod, record.name());
  if (record.process) {
    record.exit = std::make_shared<ProcessExit>();
    record.task = std::make_unique<rt::TaskGroup>(kubelet_.runtime_);
    record.task->spawn(fmt::format("{}/{} {}", ns_, name_, record.name()),
                       run_process(record.process, record.exit, changed_));
  } else if ((record.init && !record.sidecar) || (belongs_to_job(pod) && !record.sidecar)) {
    // Nobody said what it does; what is meant to end does its work in no time.
    record.ends_at = now() + kubelet_.around(kubelet_.options_.start_delay / 4);
  }
}

Task<void> PodWorker::collect_exits(data::Value pod) {
  for (const auto& record : containers_) {
    if (!record->running()) continue;
    if (record->ends_at && *record->ends_at > now()) {
      due(*record->ends_at);
    } else if (record->ends_at) {
      co_await set_exit(pod, *record, 0, "");
    } else if (record->exit && record->exit->ended) {
      co_await record->task->join();
      record->task.reset();
      record->process.reset();
      const auto exit = std::exchange(record->exit, nullptr);
      co_await set_exit(pod, *record, exit->code, exit->message);
    }
  }
}

Task<void> PodWorker::set_exit(data::Value pod, ContainerRecord& record, int code,
                               std::string message) {
  record.phase = Phase::kTerminated;
  record.exit_code = code;
  record.exit_reason = code == 0 ? "Completed" : "Error";
  record.exit_message = std::move(message);
  record.finished_at = now();
  record.ready = record.init && code == 0;
  record.started = false;
  record.ends_at.reset();
  if (!will_restart(pod, record)) co_return;
  record.last_state = state_of(record);
  record.ready = false;
  record.phase = Phase::kWaiting;
  if (record.finished_at - record.started_at > kForgetBackOff)
    record.back_off = base::Duration::zero();
  const base::Duration wait = record.back_off;
  record.not_before = now() + wait;
  record.back_off =
      wait == base::Duration::zero() ? kFirstBackOff : std::min(wait * 2, kLastBackOff);
  if (wait == base::Duration::zero()) co_return;
  record.waiting_reason = "CrashLoopBackOff";
  record.waiting_message = fmt::format("back-off {} restarting failed container={} pod={}_{}({})",
                                       span_text(wait), record.name(), name_, ns_, uid_);
  due(record.not_before);
  co_await container_event(pod, record, "Warning", "BackOff",
                           fmt::format("Back-off restarting failed container {} in pod {}_{}({})",
                                       record.name(), name_, ns_, uid_));
}

Task<void> PodWorker::probe(data::Value pod, ContainerRecord& record) {
  const data::Value& startup = record.spec["startupProbe"];
  const data::Value& readiness = record.spec["readinessProbe"];
  if (record.started && readiness.is_null()) {
    record.ready = !record.init || record.sidecar;
    co_return;
  }
  // Without a program behind it a probe that succeeded succeeds for ever.
  if (record.started && record.ready && !record.process) co_return;
  if (now() < record.next_probe) {
    due(record.next_probe);
    co_return;
  }
  const bool well = !record.process || record.process->ready();
  const data::Value& probed = record.started ? readiness : startup;
  const base::Duration period = seconds_or(probed["periodSeconds"], 10);
  const base::Duration eager =
      std::max<base::Duration>(kubelet_.options_.ready_delay, std::chrono::milliseconds(50));
  if (!record.started) {
    record.started = well;
    if (well && readiness.is_null()) record.ready = true;
    record.next_probe = well ? now() : now() + std::min(period, eager);
    due(record.next_probe);
    co_return;
  }
  record.failed_probes = well ? 0 : record.failed_probes + 1;
  const bool gave_up = record.failed_probes >= probed["failureThreshold"].int_or(3);
  if (record.ready && gave_up) {
    co_await container_event(pod, record, "Warning", "Unhealthy", "Readiness probe failed");
  }
  record.ready = well || (record.ready && !gave_up);
  record.next_probe = now() + (record.ready ? period : std::min(period, eager));
  if (record.process || !record.ready) due(record.next_probe);
}

}  // namespace jibe::twin
