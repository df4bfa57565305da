// The event loop under both runtimes; private to src/rt.
//
// Everything that waits is a Wait: a suspended coroutine which stands in at most one queue (Event,
// TaskGroup), at most once among the timers, and is woken exactly once, by whichever comes first.
// A wake never resumes the coroutine on the spot; it posts it, so the order of resumption is the
// order of waking, and code that wakes others is never re-entered.
#pragma once
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/coroutine.h"

namespace jibe::rt {

using base::Duration;

enum class Wake { kSignalled, kDeadline, kCancelled };
enum class Interrupt { kAllowed, kShielded };

class Loop;
struct Wait;
struct Resumption;

// First come, first woken.
class WaitQueue {
 public:
  bool empty() const { return waits_.empty(); }

 private:
  friend class Loop;
  friend struct StartWait;
  std::list<std::shared_ptr<Wait>> waits_;
};

// Under which a live task's name is listed when a simulation is stuck.
using TaskId = uint64_t;

class Loop {
 public:
  Loop() = default;
  virtual ~Loop() = default;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Time that never jumps; deadlines of waits are points on it.
  virtual Duration monotonic() const = 0;

  // Suspends the calling task. False where the deadline came first. Where interrupts are allowed,
  // throws base::Cancelled if the task is, or gets, cancelled. `queue` may be null.
  Task<bool> wait(WaitQueue* queue, std::optional<Duration> deadline, Interrupt interrupt);
  // Goes to the end of the line of what is ready.
  Task<void> yield();
  void wake_all(WaitQueue& queue);

  // Calls `action` at `deadline`, unless cancelled before.
  std::shared_ptr<Wait> add_alarm(Duration deadline, std::function<void()> action);
  void cancel_alarm(const std::shared_ptr<Wait>& alarm);

  // Runs `work` on the loop from any thread.
  void post(std::function<void()> work);

  TaskId add_task(std::string name);
  void remove_task(TaskId id) { tasks_.erase(id); }

  boost::asio::io_context& context() { return *context_; }
  // True while what never ended is torn down: then a group or an event may die with waiters.
  bool abandoned() const { return abandoned_; }

 protected:
  struct TimerKey {
    Duration at;
    uint64_t sequence;
    auto operator<=>(const TimerKey&) const = default;
  };

  // The earliest deadline, where any task has one.
  std::optional<Duration> next_deadline() const;
  // Wakes the one wait with the earliest deadline.
  void expire_first();
  // Called where the earliest deadline changed.
  virtual void deadline_changed() {}
  // Destroys whatever is still suspended, and the context; call at the start of the most derived
  // destructor.
  void abandon();
  std::string task_names() const;

 private:
  friend struct StartWait;
  std::shared_ptr<Wait> enlist(std::unique_ptr<Resumption> resumption);
  void add_timer(const std::shared_ptr<Wait>& wait, Duration deadline);
  void finish(const std::shared_ptr<Wait>& wait, Wake wake);
  void unlink(Wait& wait);

  // One thread runs it; a second may post.
  std::unique_ptr<boost::asio::io_context> context_ = std::make_unique<boost::asio::io_context>(1);
  std::list<std::shared_ptr<Wait>> live_;
  std::map<TimerKey, std::shared_ptr<Wait>> timers_;
  std::map<TaskId, std::string> tasks_;
  uint64_t sequence_ = 0;
  bool abandoned_ = false;
};

}  // namespace jibe::rt
