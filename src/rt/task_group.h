// Structured concurrency: every spawned task belongs to a group that is awaited before its owner
// dies.
#pragma once
#include <functional>
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
  // Cancels every task: whatever each awaits, now and later, throws base::Cancelled. A task that
  // has not started does not start; what is spawned afterwards is cancelled too, until the group
  // has been empty.
  void cancel();
  // Waits until every task has ended, then rethrows the first error. Where the caller is cancelled
  // meanwhile, cancels the group, waits for it nevertheless, and throws base::Cancelled.
  Task<void> join();
  // cancel() and join(), without rethrowing: for destructors' predecessors. Works in a cancelled
  // task, too.
  Task<void> stop();
  // Tasks that have not ended.
  size_t size() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Awaits body(group) and then the group. Where the body throws or the caller is cancelled, stops
// the group first, so a group never dies with tasks in it.
Task<void> with_group(Runtime& runtime, std::function<Task<void>(TaskGroup&)> body);

}  // namespace jibe::rt
