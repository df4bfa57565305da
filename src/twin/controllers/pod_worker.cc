#include "twin/controllers/pod_worker.h"

#include <fmt/format.h>

#include "base/coroutine.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"
#include "twin/server/server.h"

namespace jibe::twin {

namespace {

constexpr base::Duration kFirstMountRetry = std::chrono::milliseconds(500);
constexpr base::Duration kLastMountRetry = std::chrono::seconds(122);

std::unique_ptr<ContainerRecord> make_record(const data::Value& spec, bool init, bool after_init) {
  auto record = std::make_unique<ContainerRecord>();
  record->spec = spec;
  record->init = init;
  record->sidecar = init && spec["restartPolicy"].text() == "Always";
  record->waiting_reason = after_init ? "PodInitializing" : "ContainerCreating";
  return record;
}

}  // namespace

PodWorker::PodWorker(Kubelet& kubelet, const data::Value& pod)
    : kubelet_(kubelet),
      ns_(object_namespace(pod)),
      name_(object_name(pod)),
      uid_(kube::uid_of(pod)),
      changed_(kubelet.runtime_),
      events_(kubelet.runtime_, kubelet.client_, "kubelet", pod["spec"]["nodeName"].text()) {
  const data::Value& spec = pod["spec"];
  const bool has_init = !spec["initContainers"].empty();
  for (const data::Value& container : spec["initContainers"].items())
    containers_.push_back(make_record(container, true, has_init));
  for (const data::Value& container : spec["containers"].items())
    containers_.push_back(make_record(container, false, has_init));
  addresses_.host_ip = kubelet.host_ip(spec["nodeName"].text());
  mount_back_off_ = kFirstMountRetry;
  resume(pod);
}

base::Time PodWorker::now() const {
  return kubelet_.runtime_.now();
}

// A pod that ran before this process did (a snapshot was loaded) goes on where it was.
void PodWorker::resume(const data::Value& pod) {
  const data::Value& status = pod["status"];
  if (status["podIP"].text().empty() || pod_phase(pod) != "Running") return;
  stage_ = Stage::kRunning;
  addresses_.pod_ip = status["podIP"].text();
  for (const auto& record : containers_) {
    const char* list = record->init ? "initContainerStatuses" : "containerStatuses";
    for (const data::Value& known : status[list].items())
      if (known["name"].text() == record->name()) restore(*record, known);
    if (record->running()) {
      const bool ready = record->ready;
      const base::Time since = record->started_at;
      const std::string id = record->id;
      start_process(pod, *record);
      record->started_at = since;
      record->id = id;
      record->ready = record->ready || ready;
    }
  }
}

void PodWorker::wake_if_waiting(const std::string& ns) {
  if (!waits_for_objects_ || ns != ns_) return;
  mount_at_ = base::Time{};
  for (const auto& record : containers_) {
    if (record->waiting_reason != "CreateContainerConfigError") continue;
    record->not_before = base::Time{};
  }
  changed_.set();
}

PodListener PodWorker::listener(int port) const {
  for (const auto& record : containers_) {
    if (!record->running() || !record->process) continue;
    if (http::Handler* handler = record->process->listener(port)) return {handler, record->process};
  }
  return {};
}

std::optional<data::Value> PodWorker::observe() const {
  auto pod = kubelet_.client_.get(kPods, ns_, name_);
  if (pod && kube::uid_of(*pod) != uid_) return std::nullopt;
  return pod;
}

void PodWorker::due(base::Time when) {
  if (!wake_at_ || when < *wake_at_) wake_at_ = when;
}

Exists PodWorker::exists() const {
  return [this](std::string_view kind, const std::string& name) {
    const kube::Gvr& gvr = kind == "ConfigMap" ? kConfigMaps
                           : kind == "Secret"  ? kSecrets
                                               : kPersistentVolumeClaims;
    return kubelet_.client_.get(gvr, ns_, name).has_value();
  };
}

Task<void> PodWorker::run() {
  std::exception_ptr error;
  try {
    co_await live();
  } catch (...) {
    error = std::current_exception();
  }
  co_await stop_all();
  if (error) std::rethrow_exception(error);
}

Task<void> PodWorker::live() {
  while (true) {
    changed_.reset();
    const auto pod = observe();
    if (!pod) co_return;
    wake_at_.reset();
    const bool terminating = kube::is_terminating(*pod);
    try {
      if (terminating) {
        co_await terminate(*pod);
        co_return;
      }
      co_await step(*pod);
      co_await report(*pod);
    } catch (const kube::StatusError& error) {
      kubelet_.runtime_.log().debug("pod sync failed",
                                    {{"pod", ns_ + "/" + name_}, {"error", error.what()}});
      due(now() + std::chrono::milliseconds(100));
    }
    if (wake_at_) {
      const base::Time when = *wake_at_;
      co_await changed_.wait_until(when);
    } else {
      co_await changed_.wait();
    }
  }
}

Task<void> PodWorker::step(data::Value pod) {
  if (is_pod_finished(pod)) co_return;
  waits_for_objects_ = false;
  if (stage_ == Stage::kVolumes) co_await mount(pod);
  if (stage_ == Stage::kSandbox) {
    if (now() < sandbox_at_) {
      due(sandbox_at_);
    } else {
      addresses_.pod_ip =
          pod["spec"]["hostNetwork"].bool_or(false) ? addresses_.host_ip : kubelet_.take_ip();
      kubelet_.by_ip_.emplace(addresses_.pod_ip, this);
      stage_ = Stage::kRunning;
    }
  }
  if (stage_ != Stage::kRunning) co_return;
  co_await collect_exits(pod);
  co_await start_due(pod);
  for (const auto& record : containers_)
    if (record->running()) co_await probe(pod, *record);
}

Task<void> PodWorker::mount(data::Value pod) {
  const std::vector<MissingReference> missing = missing_volumes(pod, exists());
  if (missing.empty()) {
    stage_ = Stage::kSandbox;
    sandbox_at_ = now() + kubelet_.around(kubelet_.options_.start_delay);
    co_return;
  }
  waits_for_objects_ = true;
  if (now() >= mount_at_) {
    mount_at_ = now() + mount_back_off_;
    mount_back_off_ = std::min(mount_back_off_ * 2, kLastMountRetry);
    for (const MissingReference& reference : missing)
      co_await events_.warning(pod, "FailedMount",
                               fmt::format("MountVolume.SetUp failed for volume \"{}\" : {}",
                                           reference.volume, reference.sentence));
  }
  due(mount_at_);
}

Task<void> PodWorker::report(data::Value pod) {
  const data::Value status = pod_status(pod, containers_, addresses_, to_timestamp(now()));
  if (status == pod["status"]) co_return;
  // What was awaited since may have changed the pod; its status is still ours alone.
  const auto fresh = observe();
  if (!fresh || kube::is_terminating(*fresh)) co_return;
  data::Value wanted = *fresh;
  wanted.set("status", pod_status(wanted, containers_, addresses_, to_timestamp(now())));
  co_await kubelet_.client_.update_status(kPods, wanted);
}

Task<void> PodWorker::container_event(data::Value pod, const ContainerRecord& record,
                                      std::string type, std::string reason, std::string message) {
  const std::string path =
      fmt::format("spec.{}{{{}}}", record.init ? "initContainers" : "containers", record.name());
  co_await events_.record(pod, path, type, reason, message);
}

namespace {

// `sleep` of a preStop hook: the field, or a command that does nothing else.
base::Duration pre_stop_span(const data::Value& container) {
  const data::Value& hook = container["lifecycle"]["preStop"];
  if (const data::Value& seconds = hook["sleep"]["seconds"]; seconds.is_int())
    return std::chrono::seconds(seconds.as_int());
  std::string command;
  for (const data::Value& word : hook["exec"]["command"].items()) command += word.text() + " ";
  const size_t at = command.find("sleep ");
  if (at == std::string::npos) return {};
  const double seconds = std::strtod(command.c_str() + at + 6, nullptr);
  return std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

Task<void> PodWorker::stop_one(data::Value pod, ContainerRecord* record, base::Time deadline) {
  co_await container_event(pod, *record, "Normal", "Killing",
                           "Stopping container " + record->name());
  const base::Duration linger =
      pre_stop_span(record->spec) + kubelet_.around(kubelet_.options_.start_delay / 3);
  const base::Time until = std::min(deadline, now() + linger);
  if (until > now()) co_await kubelet_.runtime_.sleep_until(until);
  if (record->task) co_await record->task->stop();
  record->task.reset();
  record->process.reset();
  record->phase = ContainerRecord::Phase::kTerminated;
  // A server ends well when it is told to; a task was cut off.
  const bool task = restart_policy(pod) != "Always" && !record->sidecar;
  record->exit_code = task ? 143 : 0;
  record->exit_reason = task ? "Error" : "Completed";
  record->finished_at = now();
  record->ready = false;
  record->started = false;
}

Task<void> PodWorker::terminate(data::Value pod) {
  const std::chrono::seconds grace(pod["metadata"]["deletionGracePeriodSeconds"].int_or(30));
  const base::Time deadline = now() + grace;
  // Sidecars end last, so that the others can still be reached and reach others.
  for (const bool sidecars : {false, true}) {
    rt::TaskGroup stops(kubelet_.runtime_);
    for (const auto& record : containers_)
      if (record->running() && record->sidecar == sidecars)
        stops.spawn("stop container", stop_one(pod, record.get(), deadline));
    co_await stops.join();
  }
  for (const auto& record : containers_) {
    if (record->phase != ContainerRecord::Phase::kWaiting) continue;
    record->phase = ContainerRecord::Phase::kTerminated;
    record->exit_code = record->init ? 0 : 137;
    record->exit_reason = "ContainerStatusUnknown";
    record->exit_message = "The container could not be located when the pod was terminated";
    record->started_at = record->finished_at = now();
  }
  if (const auto fresh = observe(); fresh && !is_pod_finished(*fresh)) {
    data::Value last = *fresh;
    data::Value status = pod_status(last, containers_, addresses_, to_timestamp(now()));
    bool failed = false;
    for (const auto& record : containers_) failed = failed || record->exit_code != 0;
    status.set("phase", failed ? "Failed" : "Succeeded");
    last.set("status", status);
    // A stale write is repeated by the caller; the containers are gone by then.
    co_await kubelet_.client_.update_status(kPods, last);
  }
  co_await kubelet_.client_.remove(kPods, pod, 0);
}

Task<void> PodWorker::stop_all() {
  for (const auto& record : containers_) {
    if (record->task) co_await record->task->stop();
    record->task.reset();
    record->process.reset();
  }
}

}  // namespace jibe::twin
