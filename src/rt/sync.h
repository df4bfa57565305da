// Waiting for one another on the event loop: Event, Channel, deadlines.
//
// Cancellation is sticky: once a task is cancelled, whatever it waits for now and later throws
// base::Cancelled, so a loop that catches base::Error and goes on cannot keep its group alive.
// Work that must still wait while a cancelled task unwinds goes through shielded(); a group's
// join() and stop() need no shield. (C++ has no co_await in a catch block: catch, keep the
// exception_ptr, leave the block, clean up, rethrow.)
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/coroutine.h"
#include "rt/runtime.h"

namespace jibe::rt {

// Throws base::Cancelled where the calling task is cancelled: for long stretches without a wait.
Task<void> throw_if_cancelled();

// Wakes everybody who waits. Level: stays set until reset(). Must outlive its waiters.
class Event {
 public:
  explicit Event(Runtime& runtime);
  ~Event();
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  void set();
  void reset();
  bool is_set() const;
  // Returns at once where set. Throws base::Cancelled on cancellation.
  Task<void> wait();
  // False where the deadline came first.
  Task<bool> wait_until(Time deadline);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Calls `action` on the event loop at the deadline, unless it dies before: for ending an operation
// by closing what it works on, cheaper than within(). The action must not throw.
class Alarm {
 public:
  Alarm(Runtime& runtime, Duration span, std::function<void()> action);
  ~Alarm();
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  bool rang() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Runs `task` to its end although the calling task may be cancelled: for clean-up that waits.
// Nothing interrupts it, so it should carry its own deadline (within).
Task<void> shielded(Runtime& runtime, Task<void> task);

// Throws base::DeadlineExceeded("<what> took longer than …") and cancels `task` where it has not
// ended in time. Returns, or throws, only after `task` has ended.
Task<void> within(Runtime& runtime, Duration span, std::string what, Task<void> task);

template <class T>
Task<void> store_result(Task<T> task, std::optional<T>& into) {
  into.emplace(co_await std::move(task));
}

template <class T>
Task<T> within(Runtime& runtime, Duration span, std::string what, Task<T> task) {
  std::optional<T> result;
  co_await within(runtime, span, std::move(what), store_result(std::move(task), result));
  co_return std::move(*result);
}

// A queue without bound between tasks. After close(), pop() drains and then gives nullopt.
template <class T>
class Channel {
 public:
  explicit Channel(Runtime& runtime) : ready_(runtime) {}

  void push(T item) {
    items_.push_back(std::move(item));
    ready_.set();
  }
  void close() {
    closed_ = true;
    ready_.set();
  }
  bool closed() const { return closed_; }
  size_t size() const { return items_.size(); }

  Task<std::optional<T>> pop() {
    while (items_.empty() && !closed_) {
      ready_.reset();
      co_await ready_.wait();
    }
    if (items_.empty()) co_return std::nullopt;
    T item = std::move(items_.front());
    items_.pop_front();
    co_return item;
  }

 private:
  Event ready_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace jibe::rt
