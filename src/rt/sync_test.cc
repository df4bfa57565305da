#include "rt/sync.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "rt/task_group.h"

namespace jibe::rt {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Task<void> set_after(Runtime& runtime, Duration span, Event& event) {
  co_await runtime.sleep(span);
  event.set();
}

Task<void> wait_twice(Runtime& runtime, std::vector<bool>& results) {
  TaskGroup group(runtime);
  Event event(runtime);
  group.spawn("setter", set_after(runtime, seconds(2), event));
  Time start = runtime.now();
  results.push_back(co_await event.wait_until(start + seconds(1)));
  results.push_back(co_await event.wait_until(start + seconds(3)));
  results.push_back(runtime.now() - start == seconds(2));
  results.push_back(co_await event.wait_until(start));
  event.reset();
  results.push_back(co_await event.wait_until(start));
  co_await group.join();
}

TEST(Event, WaitsUntilSetOrDeadline) {
  auto runtime = make_simulated_runtime();
  std::vector<bool> results;
  runtime->run(wait_twice(*runtime, results));
  EXPECT_EQ(results, (std::vector<bool>{false, true, true, true, false}));
}

Task<int> slow_answer(Runtime& runtime, Duration span) {
  co_await runtime.sleep(span);
  co_return 42;
}

Task<void> ask(Runtime& runtime, Duration span, int& answer) {
  answer = co_await within(runtime, seconds(5), "asking the oracle", slow_answer(runtime, span));
}

TEST(Within, GivesTheResultOrThrowsAtTheDeadline) {
  auto runtime = make_simulated_runtime();
  Time start = runtime->now();
  int answer = 0;
  runtime->run(ask(*runtime, seconds(4), answer));
  EXPECT_EQ(answer, 42);
  try {
    runtime->run(ask(*runtime, seconds(60), answer));
    FAIL() << "no error";
  } catch (const base::DeadlineExceeded& e) {
    EXPECT_STREQ(e.what(), "asking the oracle took longer than 5s");
  }
  EXPECT_EQ(runtime->now() - start, seconds(9));
}

Task<void> fail_at_once(Runtime&) {
  throw base::InvalidInput("wrong");
  co_return;
}

Task<void> ask_failing(Runtime& runtime) {
  co_await within(runtime, seconds(5), "x", fail_at_once(runtime));
}

Task<void> fail_late(Runtime& runtime) {
  std::string words;
  try {
    co_await runtime.sleep(seconds(60));
  } catch (const base::Cancelled&) {
    words = "half done";
  }
  throw base::Error(words);
}

Task<void> ask_failing_late(Runtime& runtime) {
  co_await within(runtime, milliseconds(1500), "x", fail_late(runtime));
}

TEST(Within, PassesErrorsOnAndKeepsLastWords) {
  auto runtime = make_simulated_runtime();
  EXPECT_THROW(runtime->run(ask_failing(*runtime)), base::InvalidInput);
  EXPECT_EQ(runtime->event_log(), "");
  try {
    runtime->run(ask_failing_late(*runtime));
    FAIL() << "no error";
  } catch (const base::DeadlineExceeded& e) {
    EXPECT_STREQ(e.what(), "x took longer than 1500ms; when it was stopped it said: half done");
  }
}

Task<void> ask_and_note(Runtime& runtime, std::string& end) {
  int answer = 0;
  try {
    co_await ask(runtime, seconds(4), answer);
  } catch (const base::Cancelled&) {
    end = "cancelled";
    throw;
  }
}

Task<void> cancel_within(Runtime& runtime, std::string& end) {
  TaskGroup group(runtime);
  group.spawn("asker", ask_and_note(runtime, end));
  co_await runtime.sleep(seconds(1));
  co_await group.stop();
}

TEST(Within, IsCancelledWithItsCaller) {
  auto runtime = make_simulated_runtime();
  Time start = runtime->now();
  std::string end;
  runtime->run(cancel_within(*runtime, end));
  EXPECT_EQ(end, "cancelled");
  EXPECT_EQ(runtime->now() - start, seconds(1));
}

Task<void> consume(Channel<std::string>& channel, std::vector<std::string>& got) {
  while (true) {
    auto item = co_await channel.pop();
    if (!item) co_return;
    got.push_back(*item);
  }
}

Task<void> channel_program(Runtime& runtime, std::vector<std::string>& got) {
  Channel<std::string> channel(runtime);
  TaskGroup group(runtime);
  channel.push("before");
  group.spawn("one", consume(channel, got));
  group.spawn("two", consume(channel, got));
  for (int i = 0; i < 3; ++i) {
    co_await runtime.sleep(seconds(1));
    channel.push(std::to_string(i));
  }
  channel.push("last");
  channel.close();
  co_await group.join();
}

TEST(Channel, DeliversInOrderDrainsAndEnds) {
  auto runtime = make_simulated_runtime();
  std::vector<std::string> got;
  runtime->run(channel_program(*runtime, got));
  EXPECT_EQ(got, (std::vector<std::string>{"before", "0", "1", "2", "last"}));
}

Task<void> alarms(Runtime& runtime, std::vector<int>& rang) {
  Alarm early(runtime, seconds(1), [&rang] { rang.push_back(1); });
  {
    Alarm dies(runtime, seconds(1), [&rang] { rang.push_back(2); });
    Alarm late(runtime, seconds(3), [&rang] { rang.push_back(3); });
    co_await runtime.sleep(milliseconds(500));
  }
  co_await runtime.sleep(seconds(5));
  rang.push_back(early.rang() ? 4 : 5);
}

TEST(Alarm, RingsUnlessItDies) {
  auto runtime = make_simulated_runtime();
  std::vector<int> rang;
  runtime->run(alarms(*runtime, rang));
  EXPECT_EQ(rang, (std::vector<int>{1, 4}));
}

}  // namespace
}  // namespace jibe::rt
