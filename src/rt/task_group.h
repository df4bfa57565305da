// Structured concurrency: every spawned task belongs to a group that is awaited before its owner
// dies.
#pragma once
#include <memory>
#include <string>

#include "base/task.h"
#include "rt/runtime.h"

namespace jibe::rt {

class TaskGroup {
 public:
  explicit TaskGroup(Runtime& runtime);
  // A group must be empty when it dies: join() or stop() first.
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts the task at the next turn of the event loop. `name` appears in the log where it fails.
  // A task that throws anything but base::Cancelled fails the group: the first error is kept, is
  // logged, and join() rethrows it. It does not cancel its siblings.
  void spawn(std::string name, Task<void> task);
  // Cancels every task: whatever each awaits throws base::Cancelled.
  void cancel();
  // Waits until every task has ended, then rethrows the first error.
  Task<void> join();
  // cancel() and join(), without rethrowing: for destructors' predecessors.
  Task<void> stop();
  // Tasks that have not ended.
  size_t size() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace jibe::rt
