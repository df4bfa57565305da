// The one interface through which everything else meets time, tasks, randomness and CPU-heavy work.
//
// Two implementations: the real one (Asio on the machine's clock) and the simulated one (virtual
// time, seeded randomness; the same seed gives the same order of everything). Both are one thread.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/random.h"
#include "base/task.h"

namespace jibe::rt {

using base::Duration;
using base::Time;

class Loop;  // private to src/rt

// A simulation that cannot go on: no task is ready and none sleeps, or the limits are reached.
class SimulationStuck : public base::Error {
 public:
  using Error::Error;
};

class Runtime : public base::Clock {
 public:
  // Ends at `deadline` at the earliest. Throws base::Cancelled where the task's group is cancelled.
  // A step of the machine's clock does not stretch a sleep that has begun.
  virtual Task<void> sleep_until(Time deadline) = 0;
  Task<void> sleep(Duration span);
  // Lets every other task that is ready run once.
  virtual Task<void> yield() = 0;

  // The real one is fit for secrets (the kernel's generator); the simulated one follows its seed.
  virtual base::Random& random() = 0;
  virtual base::Log& log() = 0;

  // The executor on which every task runs.
  virtual boost::asio::any_io_executor executor() = 0;

  // Runs pure CPU-heavy work away from the event loop (in simulation: inline) and gives what it
  // throws. The function must touch nothing that the event loop may touch meanwhile.
  virtual Task<void> compute(std::function<void()> work) = 0;

  // Runs `main` and everything it spawns; returns when `main` has ended. Rethrows what it throws.
  virtual void run(Task<void> main) = 0;

  virtual Loop& loop() = 0;
};

struct RealOptions {
  base::LogLevel log_level = base::LogLevel::kInfo;
  // Log lines go to stderr unless this names another sink; not owned.
  base::Log* log = nullptr;
};
// SIGINT and SIGTERM cancel the main task; a second one ends the process with status 130.
std::unique_ptr<Runtime> make_real_runtime(RealOptions options = {});

struct SimulatedOptions {
  uint64_t seed = 1;
  // Every run starts at this instant, whatever the machine's clock says.
  Time start = Time(std::chrono::seconds(1'767'225'600));  // 2026-01-01T00:00:00Z
  // run() throws SimulationStuck where no task can ever continue, where virtual time passes this
  // span, and where time stands still although tasks run and run. Before that, main is cancelled,
  // so that it can end in order.
  Duration limit = std::chrono::hours(24 * 30);
};
class SimulatedRuntime : public Runtime {
 public:
  // Everything that was logged, one line each, stamped with virtual time: the event log.
  virtual const std::string& event_log() const = 0;
};
std::unique_ptr<SimulatedRuntime> make_simulated_runtime(SimulatedOptions options = {});

}  // namespace jibe::rt
