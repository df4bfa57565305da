// One level-triggered loop: events only enqueue names, sync() compares what is with what should be
// and closes the difference. Construction does nothing; start() subscribes and runs.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/task.h"
#include "rt/runtime.h"
#include "rt/task_group.h"
#include "twin/controllers/client.h"
#include "twin/controllers/events.h"
#include "twin/controllers/work_queue.h"
#include "twin/server/api.h"

namespace jibe::twin {

// What every controller gets. Both outlive it.
struct Context {
  rt::Runtime& runtime;
  Api& api;
};

class Controller {
 public:
  // `name` as in Events: "deployment-controller". `workers` keys are worked on side by side, so
  // that one slow admission webhook does not hold up everything else.
  Controller(Context context, std::string name, int workers = 1,
             std::string component = "kube-controller-manager");
  virtual ~Controller() = default;
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  const std::string& name() const { return name_; }
  // Everything runs in the group, which must end before the controller dies.
  void start(rt::TaskGroup& group);
  // Nothing queued and nothing worked on (later retries do not count).
  bool idle() const { return queue_.idle(); }

 protected:
  // Subscribes, by means of the functions below.
  virtual void watch() = 0;
  // A thrown kube::StatusError or base::Error means: again later.
  virtual Task<void> sync(std::string key) = 0;
  // For loops beside the queue; called once, after watch().
  virtual void spawn_more(rt::TaskGroup&) {}

  // Calls it for everything there is (as ADDED) and then for every change.
  void on(const kube::Gvr& gvr, std::function<void(const WatchEvent&)> handler);
  // Enqueues the object itself.
  void on_objects(const kube::Gvr& gvr);
  // Enqueues the controlling owner of that kind: of the object, and of what it was before.
  void on_owned(const kube::Gvr& gvr, std::string owner_kind);

  base::Time now() const { return runtime_.now(); }
  std::string timestamp() const;

  rt::Runtime& runtime_;
  Client client_;
  EventRecorder events_;
  WorkQueue queue_;

 private:
  Task<void> work();

  std::string name_;
  int workers_;
  std::vector<std::unique_ptr<Subscription>> subscriptions_;
};

}  // namespace jibe::twin
