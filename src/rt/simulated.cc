// The simulated runtime: virtual time that moves only when nothing else can, seeded randomness.
#include <fmt/core.h>

#include "base/time_text.h"
#include "rt/loop_runtime.h"
#include "rt/random.h"

namespace jibe::rt {

namespace {

// Turns of the loop without time moving: far above what any simulated fleet needs at one instant.
constexpr uint64_t kTurnsPerInstant = 20'000'000;

class EventLog : public base::Log {
 public:
  explicit EventLog(const base::Clock& clock) : clock_(clock) {}
  void write(base::LogLevel level, std::string_view message,
             std::vector<base::LogField> fields) override {
    text_ += base::format_rfc3339_nanos(clock_.now());
    text_ += ' ';
    text_ += base::format_line(level, message, fields);
    text_ += '\n';
  }
  const std::string& text() const { return text_; }

 private:
  const base::Clock& clock_;
  std::string text_;
};

class Simulation : public LoopRuntime<SimulatedRuntime> {
 public:
  explicit Simulation(SimulatedOptions options)
      : options_(options), random_(options.seed), log_(*this) {}
  ~Simulation() override { abandon(); }

  Time now() const override { return options_.start + elapsed_; }
  Duration monotonic() const override { return elapsed_; }
  base::Random& random() override { return random_; }
  base::Log& log() override { return log_; }
  const std::string& event_log() const override { return log_.text(); }

  Task<void> compute(std::function<void()> work) override {
    co_await Loop::yield();
    work();
  }

 private:
  void drive() override;
  void run_ready();
  void give_up(std::string sentence);

  SimulatedOptions options_;
  SeededRandom random_;
  EventLog log_;
  Duration elapsed_{};
};

void Simulation::drive() {
  std::string stuck;
  while (true) {
    run_ready();
    if (main_ended()) return;
    auto next = next_deadline();
    if (!next)
      return give_up("the simulation cannot go on: every task waits for another and none sleeps");
    if (*next > options_.limit)
      return give_up(
          fmt::format("the simulation passed its limit of {} virtual hours",
                      std::chrono::duration_cast<std::chrono::hours>(options_.limit).count()));
    elapsed_ = std::max(elapsed_, *next);
    expire_first();
  }
}

void Simulation::run_ready() {
  uint64_t turns = 0;
  while (context().poll_one() > 0) {
    if (main_ended()) return;
    if (++turns == kTurnsPerInstant)
      throw SimulationStuck(
          fmt::format("the simulation stands still at {}: tasks run and run "
                      "without ever sleeping; alive are: {}",
                      base::format_rfc3339_nanos(now()), task_names()));
  }
}

// Lets main end in order, which may need timers; what does not end even then is abandoned with the
// runtime.
void Simulation::give_up(std::string sentence) {
  SimulationStuck error(fmt::format("{} at {}; alive are: {}", sentence,
                                    base::format_rfc3339_nanos(now()), task_names()));
  cancel_main();
  Duration patience = elapsed_ + std::chrono::hours(1);
  while (true) {
    run_ready();
    auto next = next_deadline();
    if (main_ended() || !next || *next > patience) throw error;
    elapsed_ = std::max(elapsed_, *next);
    expire_first();
  }
}

}  // namespace

std::unique_ptr<SimulatedRuntime> make_simulated_runtime(SimulatedOptions options) {
  return std::make_unique<Simulation>(options);
}

}  // namespace jibe::rt
