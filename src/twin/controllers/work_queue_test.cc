#include "twin/controllers/work_queue.h"

#include <gtest/gtest.h>

#include "base/coroutine.h"

namespace jibe::twin {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Task<void> once_each(rt::Runtime& runtime) {
  WorkQueue queue(runtime);
  queue.add("a");
  queue.add("b");
  queue.add("a");
  const std::string first = co_await queue.next();
  EXPECT_EQ(first, "a");
  // Seen again while being worked on: once more afterwards, never side by side.
  queue.add("a");
  const std::string second = co_await queue.next();
  EXPECT_EQ(second, "b");
  queue.done("b");
  queue.done("a");
  const std::string third = co_await queue.next();
  EXPECT_EQ(third, "a");
  queue.done("a");
  EXPECT_TRUE(queue.idle());
}

TEST(WorkQueue, HoldsEachKeyOnce) {
  auto runtime = rt::make_simulated_runtime();
  runtime->run(once_each(*runtime));
}

Task<void> waits_grow(rt::Runtime& runtime) {
  WorkQueue queue(runtime);
  std::vector<int64_t> waits;
  for (int i = 0; i < 5; ++i) {
    const base::Time start = runtime.now();
    queue.add_rate_limited("a");
    co_await queue.next();
    queue.done("a");
    waits.push_back((runtime.now() - start) / milliseconds(1));
  }
  EXPECT_EQ(waits, (std::vector<int64_t>{5, 10, 20, 40, 80}));
  queue.forget("a");
  const base::Time start = runtime.now();
  queue.add_rate_limited("a");
  co_await queue.next();
  EXPECT_EQ(runtime.now() - start, milliseconds(5));
}

TEST(WorkQueue, RetriesLaterAndLater) {
  auto runtime = rt::make_simulated_runtime();
  runtime->run(waits_grow(*runtime));
}

Task<void> earliest_wins(rt::Runtime& runtime) {
  WorkQueue queue(runtime);
  const base::Time start = runtime.now();
  queue.add_after("a", seconds(10));
  queue.add_after("a", seconds(2));
  queue.add_after("a", seconds(5));
  co_await queue.next();
  queue.done("a");
  EXPECT_EQ(runtime.now() - start, seconds(2));
  queue.add_after("b", seconds(60));
  co_await queue.next();
  // The other two times of "a" are forgotten.
  EXPECT_EQ(runtime.now() - start, seconds(62));
}

TEST(WorkQueue, KeepsTheEarliestTime) {
  auto runtime = rt::make_simulated_runtime();
  runtime->run(earliest_wins(*runtime));
}

}  // namespace
}  // namespace jibe::twin
