#include "rt/spawn.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include "base/error.h"
#include "rt/sync.h"

namespace jibe::rt {

namespace asio = boost::asio;

namespace {

// Cancellation must reach a task as base::Cancelled out of our own waits, never as Asio's error out
// of an arbitrary co_await.
Task<void> run_task(Loop& loop, Task<void> task) {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await loop.yield();
  co_await throw_if_cancelled();
  co_await std::move(task);
}

// A handler with a cancellation slot and without an executor: Asio then delivers a cancellation at
// once instead of posting a pointer that may dangle.
struct TaskEnd {
  using cancellation_slot_type = asio::cancellation_slot;
  cancellation_slot_type get_cancellation_slot() const noexcept { return task->slot(); }

  void operator()(std::exception_ptr error) {
    loop->remove_task(id);
    ended(error);
  }

  Loop* loop;
  TaskId id;
  std::shared_ptr<SpawnedTask> task;
  std::function<void(std::exception_ptr)> ended;
};

}  // namespace

void SpawnedTask::cancel() {
  signal_.emit(asio::cancellation_type::terminal);
}

std::shared_ptr<SpawnedTask> spawn_task(Loop& loop, std::string name, Task<void> task,
                                        std::function<void(std::exception_ptr)> ended) {
  auto spawned = std::make_shared<SpawnedTask>();
  TaskId id = loop.add_task(std::move(name));
  asio::co_spawn(loop.context(), run_task(loop, std::move(task)),
                 TaskEnd{&loop, id, spawned, std::move(ended)});
  return spawned;
}

bool is_cancellation(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const base::Cancelled&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace jibe::rt
