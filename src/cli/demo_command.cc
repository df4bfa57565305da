// jibe demo: the guide's takeover, from start to end, on embedded clusters with real charts.
#include <fmt/core.h>

#include <fstream>
#include <iostream>
#include <memory>

#include "base/coroutine.h"
#include "cli/demo_journey.h"
#include "cli/program.h"

namespace jibe::cli {

namespace {

struct DemoArguments {
  bool fast = false;
  bool keep = false;
  std::string old_version;
  std::string new_version;
  std::string revision;
  uint64_t seed = 1;
  std::string event_log;
};

DemoPlan plan_of(const DemoArguments& a, const istio::ChartStore& charts) {
  return plan_demo(charts.versions(), a.old_version, a.new_version, a.revision);
}

// In virtual time: the same seed gives the same order of everything, which the event log shows.
void run_fast(const istio::ChartStore& charts, const DemoArguments& a) {
  rt::SimulatedOptions options;
  options.seed = a.seed;
  auto runtime = rt::make_simulated_runtime(options);
  DemoScreen screen(false);
  DemoJourney journey(*runtime, charts, plan_of(a, charts), screen);
  std::exception_ptr failure;
  try {
    runtime->run(journey.run());
  } catch (...) {
    failure = std::current_exception();
  }
  if (!a.event_log.empty()) {
    std::ofstream out(a.event_log, std::ios::trunc);
    out << runtime->event_log();
    if (!out.flush()) throw base::InvalidInput(fmt::format("cannot write {}", a.event_log));
  }
  if (failure) std::rethrow_exception(failure);
  std::cout << journey.summary();
}

int run_demo(const Environment& environment, const DemoArguments& a) {
  auto charts = chart_store(environment);
  if (a.fast) {
    run_fast(charts, a);
    return 0;
  }
  rt::RealOptions real;
  real.log_level = base::LogLevel::kError;
  auto runtime = rt::make_real_runtime(real);
  DemoScreen screen(environment.terminal);
  DemoJourney journey(*runtime, charts, plan_of(a, charts), screen);
  if (!a.keep) {
    runtime->run(journey.run());
    std::cout << journey.summary();
    return 0;
  }
  try {
    runtime->run(journey.run("jibe-demo.kubeconfig"));
  } catch (const base::Cancelled&) {
    // Ctrl-C: that is how it is meant to end
  }
  return 0;
}

}  // namespace

void add_demo(Program& program) {
  auto* command = program.app.add_subcommand(
      "demo", "the guide's takeover, from start to end, on embedded clusters");
  auto a = std::make_shared<DemoArguments>();
  auto* fast = command->add_flag("--fast", a->fast, "in virtual time: a few seconds");
  command
      ->add_flag("--keep", a->keep, "leave the clusters up afterwards, for kubectl, until Ctrl-C")
      ->excludes(fast);
  command->add_option("--old-version", a->old_version, "the Istio that is taken over");
  command->add_option("--new-version", a->new_version, "the Istio that takes over");
  command->add_option("--revision", a->revision, "its revision (default: from the version)");
  command->add_option("--seed", a->seed, "of --fast");
  command->add_option("--event-log", a->event_log, "with --fast: write every event there");
  command->callback([&program, a] {
    program.chosen = [&program, a] { return run_demo(program.environment, *a); };
  });
}

}  // namespace jibe::cli
