// jibe demo: what works today of the guide's journey, on embedded clusters with real charts: an
// unmanaged Istio in two clusters, a managed one of another revision beside it, and the default
// revision moved to it with exactly one injector at every look.
#include <fmt/core.h>

#include <fstream>
#include <iostream>
#include <memory>

#include "base/coroutine.h"
#include "cli/demo_steps.h"
#include "cli/embedded.h"
#include "cli/example_files.h"
#include "cli/installer_pod.h"
#include "cli/print.h"
#include "cli/program.h"
#include "cli/scenario.h"
#include "data/yaml.h"
#include "kube/wait.h"
#include "lifecycle/clusters.h"
#include "lifecycle/operator_spec.h"
#include "lifecycle/server.h"
#include "rt/task_group.h"

extern "C" const char jibe_example_istiod_begin[], jibe_example_istiod_end[];

namespace jibe::cli {

namespace {

constexpr base::Duration kPatience = std::chrono::minutes(3);
constexpr const char* kHub = "docker.io/istio";

struct DemoArguments {
  bool fast = false;
  std::string old_version;
  std::string new_version;
  std::string revision;
  uint64_t seed = 1;
  std::string event_log;
};

struct Versions {
  istio::Version old_one;
  istio::Version new_one;
};

// The guide's two where they are installed, else the two newest minors, else one release twice.
Versions choose_versions(const DemoArguments& a, const istio::ChartStore& charts) {
  auto known = charts.versions();
  auto has = [&](const char* text) {
    auto version = istio::parse_version(text);
    return std::find(known.begin(), known.end(), *version) != known.end();
  };
  if (!a.old_version.empty() || !a.new_version.empty()) {
    auto fresh = a.new_version.empty() ? istio::default_version(known)
                                       : istio::chart_version_for_tag(a.new_version, known);
    return {a.old_version.empty() ? fresh : istio::chart_version_for_tag(a.old_version, known),
            fresh};
  }
  if (has("1.14.5") && has("1.15.3"))
    return {*istio::parse_version("1.14.5"), *istio::parse_version("1.15.3")};
  auto newest = istio::default_version(known);
  auto older = newest;
  for (const auto& version : known)
    if (version < newest && version.pre_release.empty() && version.minor + 1 == newest.minor)
      older = version;
  return {older, newest};
}

// One journey: clusters, clients and what has been seen.
class Demo {
 public:
  Demo(rt::Runtime& runtime, const istio::ChartStore& charts, const DemoArguments& a)
      : runtime_(runtime),
        charts_(charts),
        releases_(charts),
        versions_(choose_versions(a, charts)) {
    options_.releases = &releases_;
    revision_ = base::Revision(a.revision.empty()
                                   ? lifecycle::revision_of_version(versions_.new_one.str()).str()
                                   : a.revision);
    for (auto name : {"mgmt", "cluster-1", "cluster-2"}) options_.names.emplace_back(name);
  }

  Task<void> run();

 private:
  Task<void> journey(EmbeddedClusters& clusters, rt::TaskGroup& group);
  Task<void> install_old(EmbeddedClusters& clusters);
  Task<void> apply_manager(kube::Client& management);
  Task<void> activate(kube::Client& management);
  void say(const std::string& text);
  void print_summary();

  rt::Runtime& runtime_;
  const istio::ChartStore& charts_;
  Releases releases_;
  Versions versions_;
  base::Revision revision_;
  EmbeddedOptions options_;
  lifecycle::FixedClusters workload_;
  base::Time started_{};
  struct Seen {
    std::string before;
    std::string after;
    int looks = 0;
  };
  std::map<base::ClusterName, Seen> seen_;
  const kube::ObjectName ilm_{"gloo-mesh", "istiod-control-plane"};
};

void Demo::say(const std::string& text) {
  runtime_.log().info("demo", {{"step", text}});
  auto seconds = std::chrono::duration<double>(runtime_.now() - started_).count();
  std::cout << fmt::format("{:7.1f}s  {}\n", seconds, text) << std::flush;
}

Task<void> Demo::install_old(EmbeddedClusters& clusters) {
  bool has_operator = versions_.old_one < istio::Version{1, 24, 0, ""};
  auto scenario =
      load_scenario(fmt::format("examples/scenarios/{}.yaml", has_operator ? "guide" : "istioctl"),
                    {{"REPO", kHub}, {"OLD_VERSION", versions_.old_one.str()}}, read_example);
  auto tell = [this](const std::string& line) { say(line); };
  co_await prepare(runtime_, ScenarioRun{scenario, clusters, releases_, tell});
  for (const auto& name : workload_.names()) {
    auto injector = co_await default_injector(*workload_.find(name));
    seen_[name].before = injector.injector;
    say(fmt::format("{}: unmanaged Istio {} is installed; {} injects", name.str(),
                    versions_.old_one.str(), injector.injector));
  }
}

Task<void> Demo::apply_manager(kube::Client& management) {
  std::string_view text(jibe_example_istiod_begin, jibe_example_istiod_end);
  auto ilm = data::parse_yaml(substitute(text, {{"REVISION", revision_.str()},
                                                {"REPO", kHub},
                                                {"ISTIO_IMAGE", versions_.new_one.str()},
                                                {"REMOTE_CLUSTER1", "cluster-1"},
                                                {"REMOTE_CLUSTER2", "cluster-2"}}));
  kube::WriteOptions options;
  options.field_manager = "kubectl";
  options.field_validation = "Strict";
  co_await management.apply_object(ilm, options);
  say(fmt::format("IstioLifecycleManager {} asks for Istio {} as revision {}", ilm_.str(),
                  versions_.new_one.str(), revision_.str()));
  co_await wait_healthy(management, ilm_, kPatience);
  say("the managed control planes are HEALTHY in both clusters; nothing is active yet");
  for (const auto& name : workload_.names()) {
    auto injector = co_await default_injector(*workload_.find(name));
    if (injector.injector != seen_[name].before)
      throw base::Error(fmt::format("{}: the default injector changed before activation: {}",
                                    name.str(), injector.injector));
  }
}

Task<void> Demo::activate(kube::Client& management) {
  co_await set_default_revision(management, ilm_, true);
  say("defaultRevision is true: tag, injector and validator move as one");
  for (const auto& name : workload_.names()) {
    auto& seen = seen_[name];
    seen.after = "istio-system/istiod-" + revision_.str();
    seen.looks = co_await wait_default_injector(*workload_.find(name), seen.after, kPatience);
    say(fmt::format("{}: {} injects ({} looks, exactly one injector at each)", name.str(),
                    seen.after, seen.looks));
  }
  co_await wait_healthy(management, ilm_, kPatience);
}

Task<void> Demo::journey(EmbeddedClusters& clusters, rt::TaskGroup& group) {
  co_await clusters.start(group);
  say("three embedded clusters are up: mgmt, cluster-1, cluster-2");
  for (size_t i = 1; i < options_.names.size(); ++i)
    workload_.add(options_.names[i], clusters.admin(options_.names[i]), runtime_);
  kube::ClientOptions management_options;
  management_options.where = "cluster mgmt";
  kube::Client management(clusters.admin(options_.names[0]), runtime_, management_options);
  co_await install_old(clusters);
  lifecycle::ServerOptions server;
  server.installer_image = kJibeImage;
  group.spawn("server", lifecycle::run_server(runtime_, management, workload_, charts_, server));
  // The namespace is the last thing that the server prepares before it starts its controllers.
  auto exists = [](const data::Value& object) { return !object.is_null(); };
  co_await kube::wait_until(management, {"", "v1", "namespaces"}, {"", ilm_.ns}, exists, kPatience,
                            "namespace gloo-mesh");
  co_await apply_manager(management);
  co_await activate(management);
  // The server uses the client above, so it ends first.
  co_await group.stop();
}

void Demo::print_summary() {
  std::vector<std::vector<std::string>> rows = {
      {"CLUSTER", "VERSION BEFORE", "DEFAULT BEFORE", "VERSION NOW", "DEFAULT NOW"}};
  for (const auto& [name, seen] : seen_)
    rows.push_back(
        {name.str(), versions_.old_one.str(), seen.before, versions_.new_one.str(), seen.after});
  std::cout << "\n"
            << table(rows)
            << "\nNot shown yet: restarting workloads, moving gateways, removing the old Istio.\n";
}

Task<void> Demo::run() {
  started_ = runtime_.now();
  say(fmt::format("real charts: Istio {} (unmanaged) and {} (managed)", versions_.old_one.str(),
                  versions_.new_one.str()));
  EmbeddedClusters clusters(runtime_, options_);
  rt::TaskGroup group(runtime_);
  std::exception_ptr failure;
  try {
    co_await journey(clusters, group);
  } catch (...) {
    failure = std::current_exception();
  }
  co_await group.stop();
  if (failure) std::rethrow_exception(failure);
  print_summary();
}

// In virtual time: the same seed gives the same order of everything, which the event log shows.
void run_fast(const istio::ChartStore& charts, const DemoArguments& a) {
  rt::SimulatedOptions options;
  options.seed = a.seed;
  auto runtime = rt::make_simulated_runtime(options);
  Demo demo(*runtime, charts, a);
  std::exception_ptr failure;
  try {
    runtime->run(demo.run());
  } catch (...) {
    failure = std::current_exception();
  }
  if (!a.event_log.empty()) {
    std::ofstream out(a.event_log, std::ios::trunc);
    out << runtime->event_log();
    if (!out.flush()) throw base::InvalidInput(fmt::format("cannot write {}", a.event_log));
  }
  if (failure) std::rethrow_exception(failure);
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
  Demo demo(*runtime, charts, a);
  runtime->run(demo.run());
  return 0;
}

}  // namespace

void add_demo(Program& program) {
  auto* command = program.app.add_subcommand(
      "demo",
      "a managed Istio beside an unmanaged one, and the default moved, on embedded clusters");
  auto a = std::make_shared<DemoArguments>();
  command->add_flag("--fast", a->fast, "in virtual time: a few seconds");
  command->add_option("--old-version", a->old_version);
  command->add_option("--new-version", a->new_version);
  command->add_option("--revision", a->revision);
  command->add_option("--seed", a->seed, "of --fast");
  command->add_option("--event-log", a->event_log, "with --fast: write every event there");
  command->callback([&program, a] {
    program.chosen = [&program, a] { return run_demo(program.environment, *a); };
  });
}

}  // namespace jibe::cli
