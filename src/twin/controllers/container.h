// The state of one container as the simulated kubelet knows it, and its entry in
// status.containerStatuses. Pure but for the process that it holds.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "data/value.h"
#include "rt/task_group.h"
#include "twin/controllers/pod_process.h"

namespace jibe::twin {

// How a process ended; shared with the task that runs it.
struct ProcessExit {
  bool ended = false;
  int code = 0;
  std::string message;
};

struct ContainerRecord {
  enum class Phase { kWaiting, kRunning, kTerminated };

  // The entry of spec.containers or spec.initContainers.
  data::Value spec;
  bool init = false;
  // An init container with restartPolicy Always: runs beside the others.
  bool sidecar = false;

  Phase phase = Phase::kWaiting;
  std::string waiting_reason;
  std::string waiting_message;
  int exit_code = 0;
  std::string exit_reason;
  std::string exit_message;
  base::Time started_at{};
  base::Time finished_at{};
  data::Value last_state;
  std::string id;
  int64_t restarts = 0;
  bool ready = false;
  // The startup probe succeeded, or there is none.
  bool started = false;

  // Not to be started before; with the wait that leads there.
  base::Time not_before{};
  base::Duration back_off{};
  // Where nothing runs in it but it is meant to end: when.
  std::optional<base::Time> ends_at;
  base::Time next_probe{};
  int failed_probes = 0;

  std::shared_ptr<PodProcess> process;
  std::shared_ptr<ProcessExit> exit;
  std::unique_ptr<rt::TaskGroup> task;

  const std::string& name() const { return spec["name"].text(); }
  const std::string& image() const { return spec["image"].text(); }
  bool running() const { return phase == Phase::kRunning; }
  bool terminated() const { return phase == Phase::kTerminated; }
  bool succeeded() const { return terminated() && exit_code == 0; }
};

// "docker.io/istio/pilot@sha256:…": the same image gives the same digest.
std::string image_id(const std::string& image);
// {waiting: …}, {running: …} or {terminated: …}.
data::Value state_of(const ContainerRecord& record);
data::Value status_of(const ContainerRecord& record);
// What is known from an entry of status.containerStatuses of a pod that ran before.
void restore(ContainerRecord& record, const data::Value& status);

}  // namespace jibe::twin
