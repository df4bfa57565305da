#include "control/queue.h"

#include <gmock/gmock.h>

#include "base/coroutine.h"
#include "rt/task_group.h"

namespace jibe::control {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

Key key(const char* name) {
  return {base::ClusterName(), {"ns", name}};
}

struct QueueTest : testing::Test {
  QueueTest()
      : runtime(rt::make_simulated_runtime()), queue(*runtime, {seconds(1), seconds(8), 0}) {}

  // Everything that is ready or becomes ready within `span`, each done at once.
  std::vector<std::string> drain(base::Duration span = milliseconds(1)) {
    std::vector<std::string> out;
    runtime->run(drain_into(this, span, &out));
    return out;
  }
  static Task<void> drain_into(QueueTest* t, base::Duration span, std::vector<std::string>* out) {
    rt::TaskGroup group(*t->runtime);
    group.spawn("taker", take_all(t, out));
    co_await t->runtime->sleep(span);
    co_await group.stop();
  }
  static Task<void> take_all(QueueTest* t, std::vector<std::string>* out) {
    while (true) {
      std::optional<Key> taken = co_await t->queue.take();
      if (!taken) co_return;
      out->push_back(taken->object.name);
      t->queue.done(*taken);
    }
  }
  Key take() {
    std::optional<std::optional<Key>> out;
    runtime->run(rt::store_result(queue.take(), out));
    return out->value();
  }

  std::unique_ptr<rt::SimulatedRuntime> runtime;
  WorkQueue queue;
};

TEST_F(QueueTest, AKeyWaitsOnce) {
  queue.add(key("a"));
  queue.add(key("b"));
  queue.add(key("a"));
  EXPECT_THAT(drain(), ElementsAre("a", "b"));
  EXPECT_THAT(drain(), ElementsAre());
}

TEST_F(QueueTest, AKeyInWorkIsNotGivenOutAgainButRemembered) {
  queue.add(key("a"));
  Key taken = take();
  queue.add(key("a"));
  queue.add(key("a"));
  queue.add(key("b"));
  EXPECT_THAT(drain(), ElementsAre("b"));
  queue.done(taken);
  EXPECT_THAT(drain(), ElementsAre("a"));
  EXPECT_THAT(drain(), ElementsAre());
}

TEST_F(QueueTest, DelayedKeysComeAtTheEarliestOfTheirTimes) {
  queue.add_after(key("a"), seconds(10));
  queue.add_after(key("a"), seconds(3));
  queue.add_after(key("a"), seconds(20));
  queue.add_after(key("b"), seconds(1));
  EXPECT_THAT(drain(milliseconds(900)), ElementsAre());
  EXPECT_THAT(drain(milliseconds(200)), ElementsAre("b"));
  EXPECT_THAT(drain(seconds(2)), ElementsAre("a"));
  EXPECT_THAT(drain(seconds(60)), ElementsAre());
  EXPECT_EQ(queue.delayed(), 0u);
}

TEST_F(QueueTest, AShorterDelayWakesAWaitingWorker) {
  runtime->run([](QueueTest* t) -> Task<void> {
    rt::TaskGroup group(*t->runtime);
    std::vector<std::string> out;
    t->queue.add_after(key("late"), seconds(100));
    group.spawn("taker", take_all(t, &out));
    co_await t->runtime->sleep(seconds(1));
    t->queue.add_after(key("soon"), seconds(1));
    co_await t->runtime->sleep(seconds(2));
    EXPECT_THAT(out, ElementsAre("soon"));
    co_await group.stop();
  }(this));
}

TEST_F(QueueTest, BackOffDoublesToItsLimitAndIsForgotten) {
  BackoffOptions options{seconds(1), seconds(8), 0};
  base::Random& random = runtime->random();
  EXPECT_EQ(backoff_delay(options, 0, random), seconds(1));
  EXPECT_EQ(backoff_delay(options, 2, random), seconds(4));
  EXPECT_EQ(backoff_delay(options, 100, random), seconds(8));
  options.jitter = 0.5;
  for (int i = 0; i < 100; ++i) {
    base::Duration delay = backoff_delay(options, 1, random);
    EXPECT_GE(delay, seconds(2));
    EXPECT_LE(delay, seconds(3));
  }
  queue.add_rate_limited(key("a"));
  EXPECT_THAT(drain(milliseconds(1001)), ElementsAre("a"));
  queue.add_rate_limited(key("a"));
  EXPECT_THAT(drain(milliseconds(1999)), ElementsAre());
  EXPECT_THAT(drain(milliseconds(2)), ElementsAre("a"));
  EXPECT_EQ(queue.failures(key("a")), 2);
  queue.forget(key("a"));
  EXPECT_EQ(queue.failures(key("a")), 0);
}

TEST_F(QueueTest, AClosedQueueDrains) {
  queue.add(key("a"));
  queue.add_after(key("b"), seconds(1));
  queue.close();
  queue.add(key("c"));
  EXPECT_THAT(drain(seconds(2)), ElementsAre("a"));
}

}  // namespace
}  // namespace jibe::control
