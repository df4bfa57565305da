// The controller loop: keys come in, a Reconciler is called for one at a time (per key), its
// outcome or failure decides when the key comes back.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "control/errors.h"
#include "control/key.h"
#include "control/queue.h"
#include "data/value.h"
#include "rt/runtime.h"

namespace jibe::kube {
class Cache;
}

namespace jibe::control {

struct Outcome {
  // Look again after this time even where nothing changes.
  std::optional<base::Duration> again_after;
};

class Reconciler {
 public:
  virtual ~Reconciler() = default;
  // Compares what is with what should be and closes the difference. Throws where it cannot.
  virtual Task<Outcome> reconcile(Key key) = 0;
  // Puts the failure where the user sees it (condition, Event). Called before the retry is
  // scheduled; what it throws is logged. The default does nothing.
  virtual Task<void> report(Key key, Failure failure);
};

struct ControllerOptions {
  int workers = 1;
  BackoffOptions backoff;
  // One reconcile may take this long.
  base::Duration deadline = std::chrono::minutes(10);
};

class Controller {
 public:
  // `name` appears in log lines. The reconciler must outlive the controller.
  Controller(rt::Runtime& runtime, std::string name, Reconciler& reconciler,
             ControllerOptions options = {});

  void enqueue(const Key& key) { queue_.add(key); }
  void enqueue_after(const Key& key, base::Duration delay) { queue_.add_after(key, delay); }
  // Before the cache runs: every change of an object enqueues its name. The controller must live
  // until the cache has stopped.
  void watch(kube::Cache& cache, base::ClusterName cluster = {});
  // The same for objects that stand for others (owners, references): `keys_of` says for which. An
  // update asks for the old and for the new state.
  using KeysOf = std::function<std::vector<Key>(const data::Value& object)>;
  void watch(kube::Cache& cache, KeysOf keys_of);

  // Runs until cancelled.
  Task<void> run();

  struct Counters {
    int64_t reconciled = 0;
    int64_t failed = 0;
  };
  const Counters& counters() const { return counters_; }
  const WorkQueue& queue() const { return queue_; }

 private:
  Task<void> work();
  Task<void> reconcile_one(Key key);
  Task<void> handle_failure(Key key, Failure failure);
  void schedule(const Key& key, const Failure& failure);

  rt::Runtime& runtime_;
  std::string name_;
  Reconciler& reconciler_;
  ControllerOptions options_;
  WorkQueue queue_;
  Counters counters_;
};

}  // namespace jibe::control
