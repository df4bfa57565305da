#include "rt/loop.h"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/error.h"
#include "rt/sync.h"

namespace jibe::rt {

namespace asio = boost::asio;

// Owns the suspended coroutine; destroying it destroys the coroutine.
struct Resumption {
  virtual ~Resumption() = default;
  virtual void post(asio::io_context& context, Wake wake) = 0;
};

template <class Handler>
struct TypedResumption : Resumption {
  explicit TypedResumption(Handler h) : handler(std::move(h)) {}
  void post(asio::io_context& context, Wake wake) override {
    asio::post(context,
               [handler = std::move(handler), wake]() mutable { std::move(handler)(wake); });
  }
  Handler handler;
};

struct AlarmAction : Resumption {
  explicit AlarmAction(std::function<void()> a) : action(std::move(a)) {}
  void post(asio::io_context& context, Wake wake) override {
    if (wake == Wake::kDeadline) asio::post(context, std::move(action));
  }
  std::function<void()> action;
};

struct Wait {
  using Position = std::list<std::shared_ptr<Wait>>::iterator;

  std::unique_ptr<Resumption> resumption;
  Position in_live;
  std::list<std::shared_ptr<Wait>>* queue = nullptr;
  Position in_queue;
  bool timed = false;
  Duration deadline{};
  uint64_t sequence = 0;
};

struct StartWait {
  Loop* loop;
  WaitQueue* queue;
  std::optional<Duration> deadline;
  Interrupt interrupt;

  template <class Handler>
  void operator()(Handler handler) const {
    auto slot = asio::get_associated_cancellation_slot(handler);
    auto wait = loop->enlist(std::make_unique<TypedResumption<Handler>>(std::move(handler)));
    if (queue != nullptr) {
      wait->queue = &queue->waits_;
      wait->in_queue = queue->waits_.insert(queue->waits_.end(), wait);
    }
    if (deadline) loop->add_timer(wait, *deadline);
    if (interrupt == Interrupt::kAllowed && slot.is_connected())
      slot.assign(
          [loop = loop, wait](asio::cancellation_type) { loop->finish(wait, Wake::kCancelled); });
  }
};

std::shared_ptr<Wait> Loop::enlist(std::unique_ptr<Resumption> resumption) {
  auto wait = std::make_shared<Wait>();
  wait->resumption = std::move(resumption);
  wait->in_live = live_.insert(live_.end(), wait);
  return wait;
}

void Loop::add_timer(const std::shared_ptr<Wait>& wait, Duration deadline) {
  wait->timed = true;
  wait->deadline = deadline;
  wait->sequence = sequence_++;
  auto position = timers_.emplace(TimerKey{deadline, wait->sequence}, wait).first;
  if (position == timers_.begin()) deadline_changed();
}

void Loop::unlink(Wait& wait) {
  live_.erase(wait.in_live);
  if (wait.queue != nullptr) wait.queue->erase(wait.in_queue);
  if (wait.timed) timers_.erase(TimerKey{wait.deadline, wait.sequence});
}

void Loop::finish(const std::shared_ptr<Wait>& wait, Wake wake) {
  if (!wait->resumption) return;
  auto keep = wait;
  auto resumption = std::move(keep->resumption);
  unlink(*keep);
  resumption->post(*context_, wake);
}

Task<bool> Loop::wait(WaitQueue* queue, std::optional<Duration> deadline, Interrupt interrupt) {
  if (interrupt == Interrupt::kAllowed) {
    auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
      // A task that catches this and tries again must not starve the others.
      co_await asio::post(*context_, asio::use_awaitable);
      throw base::Cancelled();
    }
  }
  StartWait start{this, queue, deadline, interrupt};
  Wake wake = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Wake)>(
      start, asio::use_awaitable);
  if (wake == Wake::kCancelled) throw base::Cancelled();
  co_return wake == Wake::kSignalled;
}

Task<void> Loop::yield() {
  co_await throw_if_cancelled();
  co_await asio::post(*context_, asio::use_awaitable);
}

void Loop::wake_all(WaitQueue& queue) {
  while (!queue.waits_.empty()) finish(queue.waits_.front(), Wake::kSignalled);
}

std::shared_ptr<Wait> Loop::add_alarm(Duration deadline, std::function<void()> action) {
  auto wait = enlist(std::make_unique<AlarmAction>(std::move(action)));
  add_timer(wait, deadline);
  return wait;
}

void Loop::cancel_alarm(const std::shared_ptr<Wait>& alarm) {
  finish(alarm, Wake::kCancelled);
}

void Loop::post(std::function<void()> work) {
  asio::post(*context_, std::move(work));
}

TaskId Loop::add_task(std::string name) {
  TaskId id = sequence_++;
  tasks_.emplace(id, std::move(name));
  return id;
}

std::optional<Duration> Loop::next_deadline() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.begin()->first.at;
}

void Loop::expire_first() {
  finish(timers_.begin()->second, Wake::kDeadline);
}

void Loop::abandon() {
  abandoned_ = true;
  while (!live_.empty()) {
    auto wait = live_.front();
    auto resumption = std::move(wait->resumption);
    unlink(*wait);
  }
  // Asio destroys the frames of a dropped coroutine through its context, in that one's destructor;
  // the pointer stays valid meanwhile because frames may hold what uses it.
  delete context_.get();
  static_cast<void>(context_.release());
}

std::string Loop::task_names() const {
  constexpr size_t kShown = 20;
  std::string names;
  size_t shown = 0;
  for (const auto& [id, name] : tasks_) {
    if (shown == kShown) {
      names += ", …";
      break;
    }
    if (shown++ > 0) names += ", ";
    names += name;
  }
  return names.empty() ? "main" : names;
}

Task<void> throw_if_cancelled() {
  auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) throw base::Cancelled();
}

}  // namespace jibe::rt
