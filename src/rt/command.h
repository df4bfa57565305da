// Running other programs: exec plugins of kubeconfigs, Docker's credential helpers.
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/task.h"
#include "rt/runtime.h"

namespace jibe::rt {

struct CommandLine {
  std::string command;
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;  // on top of the runner's own
  Duration deadline = std::chrono::minutes(2);           // then it is killed
  std::string input;                                     // what it reads; at most 4096 bytes
};
struct CommandResult {
  int exit_code = 0;
  std::string out;
  std::string err;
};
// Runs a program to its end. Throws base::Error where it cannot be started, base::DeadlineExceeded
// where it had to be killed.
class CommandRunner {
 public:
  virtual ~CommandRunner() = default;
  virtual Task<CommandResult> run(CommandLine line) = 0;
};
// Real processes, waited for on the runtime's worker pool. `environment` ("K=V") is what they
// inherit; the command is searched in its PATH.
std::unique_ptr<CommandRunner> make_command_runner(Runtime& runtime,
                                                   std::vector<std::string> environment);

}  // namespace jibe::rt
