// Real processes: spawned with posix_spawn, read to the end on the worker pool.
#include "rt/command.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <map>

#include "base/coroutine.h"
#include "base/error.h"
#include "base/strings.h"
#include "rt/sync.h"

namespace jibe::rt {
namespace {

class Pipe {
 public:
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
      throw base::Error(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
    }
    read_end = ends[0];
    write_end = ends[1];
  }
  ~Pipe() {
    ::close(read_end);
    close_write_end();
  }
  // Fits into the pipe's buffer, so it does not matter when, or whether, anybody reads it.
  void fill(const std::string& text) {
    if (text.size() > PIPE_BUF) throw base::Error("the input of a command is too long");
    ssize_t written = ::write(write_end, text.data(), text.size());
    if (written != static_cast<ssize_t>(text.size())) {
      throw base::Error(fmt::format("cannot write to a pipe: {}", std::strerror(errno)));
    }
    close_write_end();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_write_end() {
    if (write_end >= 0) ::close(write_end);
    write_end = -1;
  }

  int read_end = -1;
  int write_end = -1;
};

// What a command runs with: the inherited variables, replaced by the line's own.
std::vector<std::string> environment_for(const std::vector<std::string>& inherited,
                                         const CommandLine& line) {
  std::map<std::string, std::string> variables;
  for (const std::string& variable : inherited) {
    base::Cut cut = base::cut(variable, "=");
    variables[std::string(cut.before)] = std::string(cut.after);
  }
  for (const auto& [name, value] : line.env) variables[name] = value;
  std::vector<std::string> out;
  for (const auto& [name, value] : variables) out.push_back(name + "=" + value);
  return out;
}

// posix_spawnp would search the PATH of this process, not the one that the command will have.
std::string search_path(const std::string& command, const std::vector<std::string>& environment) {
  if (base::contains(command, "/")) return command;
  for (const std::string& variable : environment) {
    base::Cut cut = base::cut(variable, "=");
    if (cut.before != "PATH") continue;
    for (std::string_view folder : base::split(cut.after, ':')) {
      std::string candidate = std::string(folder.empty() ? "." : folder) + "/" + command;
      if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    }
  }
  throw base::Error("executable " + command + " not found");
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

pid_t spawn(const CommandLine& line, const std::vector<std::string>& inherited, const Pipe& in,
            const Pipe& out, const Pipe& err) {
  std::vector<std::string> environment = environment_for(inherited, line);
  std::string path = search_path(line.command, environment);
  std::vector<std::string> arguments = {line.command};
  arguments.insert(arguments.end(), line.args.begin(), line.args.end());
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in.read_end, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out.write_end, 1);
  ::posix_spawn_file_actions_adddup2(&actions, err.write_end, 2);
  pid_t pid = 0;
  int error = ::posix_spawn(&pid, path.c_str(), &actions, nullptr, pointers(arguments).data(),
                            pointers(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw base::Error(std::strerror(error));
  return pid;
}

// False at the end of the stream.
bool drain(int fd, std::string& into) {
  std::array<char, 4096> buffer;
  ssize_t n = ::read(fd, buffer.data(), buffer.size());
  if (n < 0 && errno == EINTR) return true;
  if (n <= 0) return false;
  into.append(buffer.data(), static_cast<size_t>(n));
  return true;
}

using Stop = std::atomic<bool>;

// How soon a worker notices that it is to stop.
constexpr int kTickMs = 50;

void read_both(const Pipe& out, const Pipe& err, const Stop& stop, CommandResult& result) {
  std::array<pollfd, 2> fds = {{{out.read_end, POLLIN, 0}, {err.read_end, POLLIN, 0}}};
  while ((fds[0].fd >= 0 || fds[1].fd >= 0) && !stop) {
    if (::poll(fds.data(), fds.size(), kTickMs) < 0 && errno != EINTR) return;
    if (fds[0].revents != 0 && !drain(fds[0].fd, result.out)) fds[0].fd = -1;
    if (fds[1].revents != 0 && !drain(fds[1].fd, result.err)) fds[1].fd = -1;
  }
}

int wait_for_end(pid_t pid, const Stop& stop) {
  int status = 0;
  bool killed = false;
  while (true) {
    pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) break;
    if (ended < 0 && errno != EINTR) return -1;
    if (stop && !killed) killed = ::kill(pid, SIGKILL) == 0;
    ::poll(nullptr, 0, kTickMs / 10);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

CommandResult run_to_end(const CommandLine& line, const std::vector<std::string>& inherited,
                         const Stop& stop) {
  Pipe in;
  Pipe out;
  Pipe err;
  in.fill(line.input);
  CommandResult result;
  pid_t pid = spawn(line, inherited, in, out, err);
  out.close_write_end();
  err.close_write_end();
  read_both(out, err, stop, result);
  result.exit_code = wait_for_end(pid, stop);
  return result;
}

class Commands : public CommandRunner {
 public:
  Commands(Runtime& runtime, std::vector<std::string> environment)
      : runtime_(runtime), environment_(std::move(environment)) {}

  // Work on the pool cannot be cancelled; the alarm makes it end by killing the process.
  Task<CommandResult> run(CommandLine line) override {
    Stop stop = false;
    CommandResult result;
    Alarm alarm(runtime_, line.deadline, [&stop] { stop = true; });
    co_await runtime_.compute([&] { result = run_to_end(line, environment_, stop); });
    if (stop) {
      throw base::DeadlineExceeded(
          fmt::format("{} was killed: it took longer than {} s", line.command,
                      std::chrono::duration_cast<std::chrono::seconds>(line.deadline).count()));
    }
    co_return result;
  }

 private:
  Runtime& runtime_;
  std::vector<std::string> environment_;
};

}  // namespace

std::unique_ptr<CommandRunner> make_command_runner(Runtime& runtime,
                                                   std::vector<std::string> environment) {
  return std::make_unique<Commands>(runtime, std::move(environment));
}

}  // namespace jibe::rt
