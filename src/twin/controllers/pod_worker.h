// One pod's life on its node: a loop that looks at the pod and at its containers, takes the next
// step, and reports. Private to the kubelet.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "rt/sync.h"
#include "twin/controllers/kubelet.h"
#include "twin/controllers/pod_status.h"

namespace jibe::twin {

class PodWorker {
 public:
  PodWorker(Kubelet& kubelet, const data::Value& pod);

  // Ends when the pod is gone. Its containers end with it, also on cancellation.
  Task<void> run();
  void wake() { changed_.set(); }
  // Something in the pod's namespace appeared that it may be waiting for.
  void wake_if_waiting(const std::string& ns);
  PodListener listener(int port) const;

 private:
  enum class Stage { kVolumes, kSandbox, kRunning };

  std::optional<data::Value> observe() const;
  Task<void> live();
  void resume(const data::Value& pod);

  // Each takes at most the steps that are due now, and moves wake_at_ to when the next one is.
  Task<void> step(data::Value pod);
  Task<void> mount(data::Value pod);
  Task<void> collect_exits(data::Value pod);
  Task<void> start_due(data::Value pod);
  Task<void> start_container(data::Value pod, ContainerRecord& record);
  // False where the image or the environment is not there.
  Task<bool> prepare_container(data::Value pod, ContainerRecord& record);
  void start_process(const data::Value& pod, ContainerRecord& record);
  Task<void> probe(data::Value pod, ContainerRecord& record);
  Task<void> set_exit(data::Value pod, ContainerRecord& record, int code, std::string message);
  bool may_start(size_t index) const;
  void due(base::Time when);

  Task<void> report(data::Value pod);
  Task<void> terminate(data::Value pod);
  Task<void> stop_one(data::Value pod, ContainerRecord* record, base::Time deadline);
  Task<void> stop_all();
  Task<void> container_event(data::Value pod, const ContainerRecord& record, std::string type,
                             std::string reason, std::string message);
  Exists exists() const;
  base::Time now() const;

  Kubelet& kubelet_;
  std::string ns_;
  std::string name_;
  std::string uid_;
  Stage stage_ = Stage::kVolumes;
  Containers containers_;
  PodAddresses addresses_;
  base::Time sandbox_at_{};
  base::Time mount_at_{};
  base::Duration mount_back_off_{};
  bool waits_for_objects_ = false;
  std::optional<base::Time> wake_at_;
  rt::Event changed_;
  EventRecorder events_;
};

}  // namespace jibe::twin
