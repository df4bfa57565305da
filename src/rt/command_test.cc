#include "rt/command.h"

#include <gmock/gmock.h>

#include <optional>

#include "base/error.h"
#include "rt/sync.h"

namespace jibe::rt {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

class CommandTest : public testing::Test {
 protected:
  CommandResult run(CommandLine line) {
    std::optional<CommandResult> result;
    runtime_->run(store_result(runner_->run(std::move(line)), result));
    return std::move(*result);
  }

  std::unique_ptr<Runtime> runtime_ = make_real_runtime();
  std::unique_ptr<CommandRunner> runner_ =
      make_command_runner(*runtime_, {"PATH=/usr/bin:/bin", "A=1", "B=2"});
};

TEST_F(CommandTest, GivesTheEnvironmentAndTakesBothStreams) {
  CommandLine line{"sh", {"-c", "echo $A $B $0; echo oops >&2; cat; exit 4", "arg"}};
  line.env = {{"B", "3"}};
  CommandResult result = run(line);
  EXPECT_EQ(result.out, "1 3 arg\n");
  EXPECT_EQ(result.err, "oops\n");
  EXPECT_EQ(result.exit_code, 4);
}

TEST_F(CommandTest, GivesTheInputAndItsEnd) {
  CommandLine line{"cat", {}};
  line.input = "registry.example.com";
  EXPECT_EQ(run(line).out, "registry.example.com");
  CommandLine deaf{"true", {}};
  deaf.input = std::string(4096, 'x');
  EXPECT_EQ(run(deaf).exit_code, 0);
  deaf.input += "x";
  EXPECT_THROW(run(deaf), base::Error);
}

TEST_F(CommandTest, KillsWhatTakesTooLong) {
  CommandLine hanging{"sh", {"-c", "exec sleep 60 >/dev/null 2>&1"}};
  hanging.deadline = milliseconds(200);
  base::Time start = runtime_->now();
  EXPECT_THROW(run(hanging), base::DeadlineExceeded);
  hanging.args[1] = "echo out; sleep 3 & wait";
  EXPECT_THROW(run(hanging), base::DeadlineExceeded);
  EXPECT_LT(runtime_->now() - start, seconds(10));
}

TEST_F(CommandTest, SaysWhatCannotBeStarted) {
  EXPECT_THAT(
      [&] {
        run({"no-such-program", {}});
      },
      testing::ThrowsMessage<base::Error>(HasSubstr("no-such-program not found")));
}

}  // namespace
}  // namespace jibe::rt
