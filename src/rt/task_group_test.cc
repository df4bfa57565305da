#include "rt/task_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/coroutine.h"
#include "base/error.h"
#include "rt/sync.h"

namespace jibe::rt {
namespace {

using std::chrono::seconds;
using Names = std::vector<std::string>;

// Says how it ended.
Task<void> sleeper(Runtime& runtime, Duration span, std::string name, Names& ends) {
  try {
    co_await runtime.sleep(span);
    ends.push_back(name + " slept");
  } catch (const base::Cancelled&) {
    ends.push_back(name + " cancelled");
    throw;
  }
}

Task<void> waiter(Event& event, std::string name, Names& ends) {
  try {
    co_await event.wait();
    ends.push_back(name + " woken");
  } catch (const base::Cancelled&) {
    ends.push_back(name + " cancelled");
    throw;
  }
}

Task<void> cancel_sleeping(Runtime& runtime, Names& ends) {
  TaskGroup group(runtime);
  Event event(runtime);
  group.spawn("a", sleeper(runtime, seconds(100), "a", ends));
  group.spawn("b", waiter(event, "b", ends));
  group.spawn("c", sleeper(runtime, seconds(1), "c", ends));
  co_await runtime.sleep(seconds(2));
  EXPECT_EQ(group.size(), 2U);
  co_await group.stop();
  EXPECT_EQ(group.size(), 0U);
  co_await group.join();
}

TEST(TaskGroup, CancelsSleepsAndEvents) {
  auto runtime = make_simulated_runtime();
  Names ends;
  Time start = runtime->now();
  runtime->run(cancel_sleeping(*runtime, ends));
  EXPECT_EQ(ends, (Names{"c slept", "a cancelled", "b cancelled"}));
  EXPECT_EQ(runtime->now() - start, seconds(2));
}

Task<void> parent(Runtime& runtime, Names& ends) {
  TaskGroup children(runtime);
  children.spawn("child", sleeper(runtime, seconds(100), "child", ends));
  try {
    co_await children.join();
  } catch (const base::Cancelled&) {
    ends.push_back("parent cancelled");
    throw;
  }
}

Task<void> nested(Runtime& runtime, Names& ends) {
  TaskGroup group(runtime);
  group.spawn("parent", parent(runtime, ends));
  co_await runtime.sleep(seconds(1));
  co_await group.stop();
}

TEST(TaskGroup, CancellingAParentCancelsAndAwaitsItsChildren) {
  auto runtime = make_simulated_runtime();
  Names ends;
  runtime->run(nested(*runtime, ends));
  EXPECT_EQ(ends, (Names{"child cancelled", "parent cancelled"}));
}

Task<void> fail_after(Runtime& runtime, Duration span, std::string sentence) {
  co_await runtime.sleep(span);
  throw base::Error(sentence);
}

Task<void> failing(Runtime& runtime, Names& ends) {
  TaskGroup group(runtime);
  group.spawn("second", fail_after(runtime, seconds(2), "second sentence"));
  group.spawn("first", fail_after(runtime, seconds(1), "first sentence"));
  group.spawn("other", sleeper(runtime, seconds(5), "other", ends));
  co_await group.join();
}

TEST(TaskGroup, RethrowsTheFirstErrorAndLetsSiblingsEnd) {
  auto runtime = make_simulated_runtime();
  Names ends;
  try {
    runtime->run(failing(*runtime, ends));
    FAIL() << "no error";
  } catch (const base::Error& e) {
    EXPECT_STREQ(e.what(), "first sentence");
  }
  EXPECT_EQ(ends, Names{"other slept"});
  EXPECT_THAT(runtime->event_log(), testing::HasSubstr("2026-01-01T00:00:02.000000000Z level=error "
                                                       "msg=\"task failed\" task=second "
                                                       "error=\"second sentence\"\n"));
}

// Catches everything and goes on, as a careless reconcile loop would.
Task<void> careless(Runtime& runtime, int& rounds) {
  for (; rounds < 1000; ++rounds) {
    try {
      co_await runtime.sleep(seconds(1));
      co_return;
    } catch (const base::Error&) {
    }
  }
}

Task<void> start_and_cancel(Runtime& runtime, int& rounds, Names& ends) {
  TaskGroup group(runtime);
  group.spawn("not started", sleeper(runtime, seconds(1), "not started", ends));
  group.cancel();
  group.spawn("too late", sleeper(runtime, seconds(1), "too late", ends));
  co_await group.join();
  group.spawn("again", sleeper(runtime, seconds(1), "again", ends));
  co_await group.join();
  group.spawn("careless", careless(runtime, rounds));
  co_await runtime.yield();
  co_await runtime.yield();
  co_await group.stop();
}

TEST(TaskGroup, CancellationIsStickyForTasksAndEndsWithTheGroupEmpty) {
  auto runtime = make_simulated_runtime();
  int rounds = 0;
  Names ends;
  runtime->run(start_and_cancel(*runtime, rounds, ends));
  EXPECT_EQ(ends, Names{"again slept"});
  EXPECT_EQ(rounds, 1000);
}

Task<void> body_that_fails(Runtime& runtime, Names& ends, TaskGroup& group) {
  group.spawn("a", sleeper(runtime, seconds(9), "a", ends));
  co_await runtime.sleep(seconds(1));
  throw base::Error("body failed");
}

Task<void> grouped(Runtime& runtime, Names& ends) {
  co_await with_group(runtime, std::bind_front(body_that_fails, std::ref(runtime), std::ref(ends)));
}

TEST(TaskGroup, WithGroupStopsTheGroupWhereTheBodyThrows) {
  auto runtime = make_simulated_runtime();
  Names ends;
  EXPECT_THROW(runtime->run(grouped(*runtime, ends)), base::Error);
  EXPECT_EQ(ends, Names{"a cancelled"});
}

Task<void> stop_while_cancelled(Runtime& runtime, Names& ends) {
  TaskGroup inner(runtime);
  inner.spawn("slow to stop", shielded(runtime, sleeper(runtime, seconds(5), "slow", ends)));
  try {
    co_await runtime.sleep(seconds(100));
  } catch (const base::Cancelled&) {
  }
  co_await inner.stop();
  ends.push_back("stopped");
}

Task<void> outer_stop(Runtime& runtime, Names& ends) {
  TaskGroup group(runtime);
  group.spawn("x", stop_while_cancelled(runtime, ends));
  co_await runtime.sleep(seconds(1));
  co_await group.stop();
}

TEST(TaskGroup, StopWaitsEvenInACancelledTask) {
  auto runtime = make_simulated_runtime();
  Names ends;
  runtime->run(outer_stop(*runtime, ends));
  EXPECT_EQ(ends, (Names{"slow slept", "stopped"}));
}

}  // namespace
}  // namespace jibe::rt
