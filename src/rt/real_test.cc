#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "base/coroutine.h"
#include "base/error.h"
#include "rt/sync.h"
#include "rt/task_group.h"

namespace jibe::rt {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Lines : public base::Log {
 public:
  void write(base::LogLevel level, std::string_view message,
             std::vector<base::LogField> fields) override {
    lines.push_back(base::format_line(level, message, fields));
  }
  std::vector<std::string> lines;
};

std::unique_ptr<Runtime> make_quiet(Lines& lines) {
  RealOptions options;
  options.log = &lines;
  return make_real_runtime(options);
}

Task<void> note_after(Runtime& runtime, Duration span, int number, std::vector<int>& order) {
  co_await runtime.sleep(span);
  order.push_back(number);
}

Task<void> sleepers(Runtime& runtime, std::vector<int>& order) {
  TaskGroup group(runtime);
  group.spawn("c", note_after(runtime, milliseconds(30), 3, order));
  group.spawn("a", note_after(runtime, milliseconds(10), 1, order));
  group.spawn("b", note_after(runtime, milliseconds(20), 2, order));
  co_await group.join();
}

TEST(Real, SleepsOnTheMachinesClock) {
  Lines lines;
  auto runtime = make_quiet(lines);
  std::vector<int> order;
  auto start = runtime->now();
  runtime->run(sleepers(*runtime, order));
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
  EXPECT_GE(runtime->now() - start, milliseconds(29));
  EXPECT_LT(runtime->now() - start, seconds(20));
}

void note_thread(std::thread::id& id) {
  id = std::this_thread::get_id();
}
[[noreturn]] void fail() {
  throw base::Error("no");
}

Task<void> heavy(Runtime& runtime, std::thread::id& id) {
  co_await runtime.compute(std::bind_front(note_thread, std::ref(id)));
  co_await runtime.compute(fail);
}

TEST(Real, ComputeRunsOnAnotherThreadAndRethrows) {
  Lines lines;
  auto runtime = make_quiet(lines);
  std::thread::id id;
  EXPECT_THROW(runtime->run(heavy(*runtime, id)), base::Error);
  EXPECT_NE(id, std::thread::id());
  EXPECT_NE(id, std::this_thread::get_id());
}

Task<void> raise_and_wait(Runtime& runtime, bool& cleaned) {
  std::raise(SIGTERM);
  std::exception_ptr error;
  try {
    co_await runtime.sleep(seconds(60));
  } catch (const base::Cancelled&) {
    error = std::current_exception();
  }
  co_await shielded(runtime, runtime.sleep(milliseconds(1)));
  cleaned = true;
  if (error) std::rethrow_exception(error);
}

TEST(Real, ASignalCancelsMain) {
  Lines lines;
  auto runtime = make_quiet(lines);
  bool cleaned = false;
  EXPECT_THROW(runtime->run(raise_and_wait(*runtime, cleaned)), base::Cancelled);
  EXPECT_TRUE(cleaned);
  ASSERT_EQ(lines.lines.size(), 1U);
  EXPECT_EQ(lines.lines[0],
            "level=info msg=\"stopping; a second signal ends the process at once\" signal=SIGTERM");
}

Task<void> ignore_signals(Runtime& runtime) {
  std::raise(SIGINT);
  co_await shielded(runtime, runtime.sleep(milliseconds(20)));
  std::raise(SIGINT);
  co_await shielded(runtime, runtime.sleep(seconds(60)));
}

TEST(RealDeathTest, ASecondSignalEndsTheProcess) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        auto runtime = make_real_runtime();
        runtime->run(ignore_signals(*runtime));
      },
      testing::ExitedWithCode(130), "stopping");
}

Task<void> log_all(Runtime& runtime) {
  runtime.log().debug("hidden");
  runtime.log().warning("shown", {{"key", "two words"}});
  co_return;
}

TEST(Real, LogsFromItsLevelUp) {
  Lines lines;
  auto runtime = make_quiet(lines);
  runtime->run(log_all(*runtime));
  EXPECT_EQ(lines.lines, std::vector<std::string>{"level=warning msg=\"shown\" key=\"two words\""});
}

}  // namespace
}  // namespace jibe::rt
