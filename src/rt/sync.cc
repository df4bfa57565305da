#include "rt/sync.h"

#include <fmt/core.h>

#include "base/error.h"
#include "rt/loop.h"
#include "rt/spawn.h"

namespace jibe::rt {

struct Event::State {
  explicit State(Runtime& r) : runtime(r) {}
  Runtime& runtime;
  WaitQueue waiters;
  bool set = false;
};

Event::Event(Runtime& runtime) : state_(std::make_shared<State>(runtime)) {}

Event::~Event() {
  JIBE_ASSERT(state_->waiters.empty() || state_->runtime.loop().abandoned());
}

void Event::set() {
  state_->set = true;
  state_->runtime.loop().wake_all(state_->waiters);
}

void Event::reset() {
  state_->set = false;
}

bool Event::is_set() const {
  return state_->set;
}

Task<void> Event::wait() {
  if (state_->set) co_return;
  auto state = state_;
  co_await state->runtime.loop().wait(&state->waiters, std::nullopt, Interrupt::kAllowed);
}

Task<bool> Event::wait_until(Time deadline) {
  if (state_->set) co_return true;
  auto state = state_;
  auto& loop = state->runtime.loop();
  Duration at = loop.monotonic() + (deadline - state->runtime.now());
  bool signalled = co_await loop.wait(&state->waiters, at, Interrupt::kAllowed);
  co_return signalled;
}

struct Alarm::State {
  explicit State(Loop& l) : loop(l) {}
  Loop& loop;
  std::shared_ptr<Wait> wait;
  std::function<void()> action;
  bool rang = false;
};

Alarm::Alarm(Runtime& runtime, Duration span, std::function<void()> action)
    : state_(std::make_shared<State>(runtime.loop())) {
  state_->action = std::move(action);
  std::weak_ptr<State> weak = state_;
  state_->wait = state_->loop.add_alarm(state_->loop.monotonic() + span, [weak] {
    auto state = weak.lock();
    if (!state) return;
    state->rang = true;
    state->action();
  });
}

Alarm::~Alarm() {
  state_->loop.cancel_alarm(state_->wait);
}

bool Alarm::rang() const {
  return state_->rang;
}

namespace {

// What one task leaves behind for the one that waits for it.
struct Outcome {
  explicit Outcome(Loop& l) : loop(l) {}
  Loop& loop;
  WaitQueue waiters;
  bool ended = false;
  std::exception_ptr error;
};

std::shared_ptr<SpawnedTask> start(std::shared_ptr<Outcome> outcome, std::string name,
                                   Task<void> task) {
  return spawn_task(outcome->loop, std::move(name), std::move(task),
                    [outcome](std::exception_ptr error) {
                      outcome->ended = true;
                      outcome->error = error;
                      outcome->loop.wake_all(outcome->waiters);
                    });
}

Task<void> wait_for_end(std::shared_ptr<Outcome> outcome) {
  while (!outcome->ended)
    co_await outcome->loop.wait(&outcome->waiters, std::nullopt, Interrupt::kShielded);
}

std::string span_text(Duration span) {
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
  if (ms % 1000 != 0) return fmt::format("{}ms", ms);
  if (ms % 60'000 != 0 || ms == 0) return fmt::format("{}s", ms / 1000);
  return fmt::format("{}m", ms / 60'000);
}

// The sentence of an error that the cut-off task gave instead of ending quietly.
std::string last_words(const std::exception_ptr& error) {
  if (!error || is_cancellation(error)) return "";
  return "; when it was stopped it said: " + base::sentence_of(error);
}

}  // namespace

Task<void> shielded(Runtime& runtime, Task<void> task) {
  auto outcome = std::make_shared<Outcome>(runtime.loop());
  auto spawned = start(outcome, "shielded", std::move(task));
  co_await wait_for_end(outcome);
  if (outcome->error) std::rethrow_exception(outcome->error);
}

Task<void> within(Runtime& runtime, Duration span, std::string what, Task<void> task) {
  co_await throw_if_cancelled();
  auto outcome = std::make_shared<Outcome>(runtime.loop());
  auto spawned = start(outcome, what, std::move(task));
  Duration deadline = outcome->loop.monotonic() + span;
  std::exception_ptr interrupted;
  try {
    co_await outcome->loop.wait(&outcome->waiters, deadline, Interrupt::kAllowed);
  } catch (const base::Cancelled&) {
    interrupted = std::current_exception();
  }
  if (outcome->ended) {
    if (outcome->error) std::rethrow_exception(outcome->error);
    co_return;
  }
  spawned->cancel();
  co_await wait_for_end(outcome);
  if (interrupted) std::rethrow_exception(interrupted);
  throw base::DeadlineExceeded(
      fmt::format("{} took longer than {}{}", what, span_text(span), last_words(outcome->error)));
}

}  // namespace jibe::rt
