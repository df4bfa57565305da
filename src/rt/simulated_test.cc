#include <gtest/gtest.h>

#include "base/coroutine.h"
#include "base/error.h"
#include "rt/sync.h"
#include "rt/task_group.h"

namespace jibe::rt {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Task<void> worker(Runtime& runtime, std::string name, Channel<int>& out) {
  for (int i = 0; i < 5; ++i) {
    auto pause = milliseconds(runtime.random().below(50));
    co_await runtime.sleep(pause);
    runtime.log().info("step", {{"worker", name}, {"i", int64_t{i}}});
    out.push(i);
    co_await runtime.yield();
  }
}

Task<void> reader(Runtime& runtime, Channel<int>& in) {
  while (true) {
    auto item = co_await in.pop();
    if (!item) co_return;
    runtime.log().debug("item", {{"value", int64_t{*item}}});
  }
}

Task<void> little_program(Runtime& runtime) {
  TaskGroup workers(runtime);
  TaskGroup readers(runtime);
  Channel<int> channel(runtime);
  for (const char* name : {"a", "b", "c"}) workers.spawn(name, worker(runtime, name, channel));
  readers.spawn("reader", reader(runtime, channel));
  co_await workers.join();
  channel.close();
  co_await readers.join();
}

std::string log_of_seed(uint64_t seed) {
  SimulatedOptions options;
  options.seed = seed;
  auto runtime = make_simulated_runtime(options);
  runtime->run(little_program(*runtime));
  return runtime->event_log();
}

TEST(Simulated, SameSeedGivesTheSameLogByteForByte) {
  std::string log = log_of_seed(7);
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 30);
  EXPECT_EQ(log, log_of_seed(7));
  EXPECT_NE(log, log_of_seed(8));
  EXPECT_EQ(log.substr(0, 12), "2026-01-01T0");
}

Task<void> sleep_a_day(Runtime& runtime, Time& woke) {
  co_await runtime.sleep(std::chrono::hours(24));
  woke = runtime.now();
}

TEST(Simulated, TimeMovesOnlyBySleeping) {
  auto runtime = make_simulated_runtime();
  Time start = runtime->now();
  Time woke;
  runtime->run(sleep_a_day(*runtime, woke));
  EXPECT_EQ(woke - start, std::chrono::hours(24));
  runtime->run(sleep_a_day(*runtime, woke));
  EXPECT_EQ(woke - start, std::chrono::hours(48));
}

Task<void> note_after(Runtime& runtime, Duration span, int number, std::vector<int>& order) {
  co_await runtime.sleep(span);
  order.push_back(number);
}

Task<void> sleepers(Runtime& runtime, std::vector<int>& order) {
  TaskGroup group(runtime);
  group.spawn("late", note_after(runtime, seconds(2), 0, order));
  for (int i = 1; i < 6; ++i) group.spawn("same", note_after(runtime, seconds(1), i, order));
  co_await group.join();
}

TEST(Simulated, WakesInOrderOfTimeThenOfSleeping) {
  auto runtime = make_simulated_runtime();
  std::vector<int> order;
  runtime->run(sleepers(*runtime, order));
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 4, 5, 0}));
}

Task<void> wait_for_nothing(Runtime& runtime, bool& cleaned) {
  Event never(runtime);
  std::exception_ptr error;
  try {
    co_await never.wait();
  } catch (...) {
    error = std::current_exception();
  }
  co_await shielded(runtime, runtime.sleep(seconds(1)));
  cleaned = true;
  std::rethrow_exception(error);
}

TEST(Simulated, DeadlockIsAnErrorThatNamesTheTasksAndUnwindsMain) {
  auto runtime = make_simulated_runtime();
  bool cleaned = false;
  try {
    runtime->run(wait_for_nothing(*runtime, cleaned));
    FAIL() << "no error";
  } catch (const SimulationStuck& e) {
    EXPECT_STREQ(e.what(),
                 "the simulation cannot go on: every task waits for another and none sleeps at "
                 "2026-01-01T00:00:00.000000000Z; alive are: main");
  }
  EXPECT_TRUE(cleaned);
}

Task<void> wait_shielded_for_nothing(Runtime& runtime) {
  TaskGroup group(runtime);
  Event never(runtime);
  group.spawn("stubborn", shielded(runtime, never.wait()));
  co_await group.join();
}

TEST(Simulated, WhatNeverEndsIsTornDownWithTheRuntime) {
  auto runtime = make_simulated_runtime();
  EXPECT_THROW(runtime->run(wait_shielded_for_nothing(*runtime)), SimulationStuck);
}

Task<void> sleep_forever(Runtime& runtime) {
  while (true) co_await runtime.sleep(std::chrono::hours(1));
}

TEST(Simulated, VirtualTimeHasALimit) {
  SimulatedOptions options;
  options.limit = std::chrono::hours(48);
  auto runtime = make_simulated_runtime(options);
  EXPECT_THROW(runtime->run(sleep_forever(*runtime)), SimulationStuck);
  EXPECT_EQ(runtime->now() - options.start, std::chrono::hours(48));
}

void add_one(int& count) {
  ++count;
}
[[noreturn]] void fail() {
  throw base::Error("no");
}

Task<void> heavy(Runtime& runtime, int& count) {
  co_await runtime.compute(std::bind_front(add_one, std::ref(count)));
  co_await runtime.compute(fail);
}

TEST(Simulated, ComputeRunsAndRethrows) {
  auto runtime = make_simulated_runtime();
  int count = 0;
  EXPECT_THROW(runtime->run(heavy(*runtime, count)), base::Error);
  EXPECT_EQ(count, 1);
}

}  // namespace
}  // namespace jibe::rt
