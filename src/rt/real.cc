// The real runtime: the machine's clock, a timer for the earliest deadline, signals, a pool of
// threads for heavy work.
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <csignal>
#include <cstdio>
#include <thread>

#include "base/time_text.h"
#include "rt/loop_runtime.h"
#include "rt/random.h"

namespace jibe::rt {

namespace {

namespace asio = boost::asio;

class StderrLog : public base::Log {
 public:
  explicit StderrLog(const base::Clock& clock) : clock_(clock) {}
  void write(base::LogLevel level, std::string_view message,
             std::vector<base::LogField> fields) override {
    std::string line = "time=" + base::format_rfc3339_millis(clock_.now()) + ' ' +
                       base::format_line(level, message, fields) + '\n';
    std::fwrite(line.data(), 1, line.size(), stderr);
  }

 private:
  const base::Clock& clock_;
};

// Passes on what is severe enough.
class LeveledLog : public base::Log {
 public:
  LeveledLog(base::Log& sink, base::LogLevel level) : sink_(sink), level_(level) {}
  void write(base::LogLevel level, std::string_view message,
             std::vector<base::LogField> fields) override {
    if (level >= level_) sink_.write(level, message, std::move(fields));
  }

 private:
  base::Log& sink_;
  base::LogLevel level_;
};

class Real : public LoopRuntime<Runtime> {
 public:
  explicit Real(RealOptions options)
      : stderr_log_(*this),
        log_(options.log != nullptr ? *options.log : stderr_log_, options.log_level) {}
  ~Real() override;

  Time now() const override { return std::chrono::system_clock::now(); }
  Duration monotonic() const override {
    return std::chrono::steady_clock::now().time_since_epoch();
  }
  base::Random& random() override { return random_; }
  base::Log& log() override { return log_; }
  Task<void> compute(std::function<void()> work) override;

 private:
  // What a pool thread and the task that waits for it share.
  struct Job {
    std::function<void()> work;
    WaitQueue waiters;
    bool done = false;
    std::exception_ptr error;
  };

  void drive() override;
  void deadline_changed() override { arm_timer(); }
  void arm_timer();
  void watch_signals();

  StderrLog stderr_log_;
  LeveledLog log_;
  KernelRandom random_;
  std::unique_ptr<asio::steady_timer> timer_ = std::make_unique<asio::steady_timer>(context());
  std::unique_ptr<asio::signal_set> signals_;
  std::unique_ptr<asio::thread_pool> pool_;
  int signals_seen_ = 0;
};

Real::~Real() {
  if (pool_) pool_->join();
  timer_.reset();
  signals_.reset();
  abandon();
}

void Real::drive() {
  signals_ = std::make_unique<asio::signal_set>(context(), SIGINT, SIGTERM);
  watch_signals();
  context().run();
  signals_.reset();
}

void Real::watch_signals() {
  signals_->async_wait([this](const boost::system::error_code& error, int number) {
    if (error) return;
    if (++signals_seen_ > 1) std::_Exit(130);
    log_.info("stopping; a second signal ends the process at once",
              {{"signal", number == SIGINT ? "SIGINT" : "SIGTERM"}});
    cancel_main();
    watch_signals();
  });
}

void Real::arm_timer() {
  auto next = next_deadline();
  if (!next || !timer_) return;
  timer_->expires_at(std::chrono::steady_clock::time_point(*next));
  timer_->async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    Duration reached = monotonic();
    for (auto first = next_deadline(); first && *first <= reached; first = next_deadline())
      expire_first();
    arm_timer();
  });
}

Task<void> Real::compute(std::function<void()> work) {
  if (!pool_)
    pool_ = std::make_unique<asio::thread_pool>(std::max(1U, std::thread::hardware_concurrency()));
  auto job = std::make_shared<Job>();
  job->work = std::move(work);
  asio::post(*pool_, [this, job] {
    try {
      job->work();
    } catch (...) {
      job->error = std::current_exception();
    }
    post([this, job] {
      job->done = true;
      wake_all(job->waiters);
    });
  });
  // The work may refer to what the caller owns, so even a cancelled caller waits for its end.
  while (!job->done) co_await wait(&job->waiters, std::nullopt, Interrupt::kShielded);
  if (job->error) std::rethrow_exception(job->error);
}

}  // namespace

std::unique_ptr<Runtime> make_real_runtime(RealOptions options) {
  return std::make_unique<Real>(options);
}

}  // namespace jibe::rt
