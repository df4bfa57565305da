// Waiting for one another on the event loop: Event, Channel, deadlines.
#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/coroutine.h"
#include "rt/runtime.h"

namespace jibe::rt {

// Wakes everybody who waits. Level: stays set until reset().
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

// Throws base::DeadlineExceeded("<what> took longer than …") and cancels `task` where it has not
// ended in time.
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
