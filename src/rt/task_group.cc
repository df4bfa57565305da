#include "rt/task_group.h"

#include <map>

#include "base/coroutine.h"
#include "base/error.h"
#include "rt/loop.h"
#include "rt/spawn.h"

namespace jibe::rt {

struct TaskGroup::State {
  explicit State(Runtime& r) : runtime(r) {}

  void task_ended(uint64_t id, const std::string& name, const std::exception_ptr& error);

  Runtime& runtime;
  std::map<uint64_t, std::shared_ptr<SpawnedTask>> tasks;
  uint64_t next_id = 0;
  bool cancelled = false;
  std::exception_ptr first_error;
  WaitQueue joiners;
};

void TaskGroup::State::task_ended(uint64_t id, const std::string& name,
                                  const std::exception_ptr& error) {
  if (error && !is_cancellation(error)) {
    runtime.log().error("task failed", {{"task", name}, {"error", base::sentence_of(error)}});
    if (!first_error) first_error = error;
  }
  tasks.erase(id);
  if (!tasks.empty()) return;
  cancelled = false;
  runtime.loop().wake_all(joiners);
}

TaskGroup::TaskGroup(Runtime& runtime) : state_(std::make_shared<State>(runtime)) {}

TaskGroup::~TaskGroup() {
  JIBE_ASSERT(state_->tasks.empty() || state_->runtime.loop().abandoned());
}

void TaskGroup::spawn(std::string name, Task<void> task) {
  uint64_t id = state_->next_id++;
  auto spawned = spawn_task(
      state_->runtime.loop(), name, std::move(task),
      [state = state_, id, name](std::exception_ptr error) { state->task_ended(id, name, error); });
  state_->tasks.emplace(id, spawned);
  if (state_->cancelled) spawned->cancel();
}

void TaskGroup::cancel() {
  if (state_->tasks.empty()) return;
  state_->cancelled = true;
  auto tasks = state_->tasks;
  for (auto& [id, task] : tasks) task->cancel();
}

Task<void> TaskGroup::join() {
  std::exception_ptr interrupted;
  try {
    while (!state_->tasks.empty())
      co_await state_->runtime.loop().wait(&state_->joiners, std::nullopt, Interrupt::kAllowed);
  } catch (const base::Cancelled&) {
    interrupted = std::current_exception();
  }
  if (interrupted) {
    co_await stop();
    std::rethrow_exception(interrupted);
  }
  auto error = std::exchange(state_->first_error, nullptr);
  if (error) std::rethrow_exception(error);
}

Task<void> TaskGroup::stop() {
  while (!state_->tasks.empty()) {
    cancel();
    co_await state_->runtime.loop().wait(&state_->joiners, std::nullopt, Interrupt::kShielded);
  }
}

size_t TaskGroup::size() const {
  return state_->tasks.size();
}

Task<void> with_group(Runtime& runtime, std::function<Task<void>(TaskGroup&)> body) {
  TaskGroup group(runtime);
  std::exception_ptr error;
  try {
    co_await body(group);
  } catch (...) {
    error = std::current_exception();
  }
  if (error) {
    co_await group.stop();
    std::rethrow_exception(error);
  }
  co_await group.join();
}

}  // namespace jibe::rt
