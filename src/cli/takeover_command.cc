// jibe takeover: from an Istio that jibe does not manage to a managed revision.
#include <fmt/core.h>

#include <iostream>
#include <memory>

#include "base/coroutine.h"
#include "cli/print.h"
#include "cli/program.h"
#include "cli/takeover_session.h"

namespace jibe::cli {

namespace {

using Arguments = std::shared_ptr<TakeoverArguments>;

class Progress : public takeover::Listener {
 public:
  void begins(const base::ClusterName& cluster, const takeover::Step& step) override {
    std::cout << fmt::format("{}: {}\n", cluster.str(), step.sentence) << std::flush;
  }
  void ended(const base::ClusterName& cluster, const takeover::Step&,
             const takeover::Removed& removed) override {
    for (const auto& object : removed)
      std::cout << fmt::format("{}:   removed {}\n", cluster.str(), object);
    std::cout << std::flush;
  }
  void kept(const base::ClusterName& cluster, const std::string& sentence) override {
    std::cout << fmt::format("{}:   {}\n", cluster.str(), sentence) << std::flush;
  }
};

void print_list(const data::Value& list, const std::string& output) {
  std::cout << print_object(list, output);
}

Task<void> discover(rt::Runtime& runtime, const TakeoverArguments& a, kube::Kubeconfig config) {
  std::vector<takeover::ClusterState> states;
  std::vector<base::ContextName> contexts;
  for (const auto& name : a.clusters) contexts.emplace_back(name);
  if (contexts.empty()) contexts = {base::ContextName(a.context)};
  for (const auto& context : contexts) {
    auto cluster = connect(runtime, config, context);
    auto state =
        co_await takeover::observe(*cluster.client, base::ClusterName(cluster.context.str()));
    for (const auto& sentence : state.proxies.unreachable)
      std::cerr << "warning: " << sentence << "\n";
    states.push_back(std::move(state));
  }
  if (a.output.empty())
    std::cout << discovery_table(states);
  else
    print_list(discovery_value(states), a.output);
}

Task<void> show_plan(rt::Runtime& runtime, const TakeoverArguments& a, kube::Kubeconfig config) {
  auto session = co_await open_takeover(runtime, config, a);
  auto list = data::Value::list();
  for (const auto& member : session.members) {
    auto state = co_await takeover::observe(*member.connection.client, member.name);
    auto plan = takeover::make_plan(state, session.goal);
    if (a.output.empty())
      std::cout << plan_text(member.name, plan);
    else
      list.push_back(plan_value(member.name, plan));
  }
  if (!a.output.empty()) print_list(list, a.output);
}

Task<void> show_status(rt::Runtime& runtime, const TakeoverArguments& a, kube::Kubeconfig config) {
  auto session = co_await open_takeover(runtime, config, a);
  std::vector<takeover::ClusterState> states;
  for (const auto& member : session.members) {
    auto state = co_await takeover::observe(*member.connection.client, member.name);
    states.push_back(std::move(state));
  }
  std::cout << status_table(states, session.goal);
}

// One cluster after the other: what goes wrong in the first one has not yet happened to the rest.
Task<void> start(rt::Runtime& runtime, const TakeoverArguments& a, kube::Kubeconfig config) {
  auto session = co_await open_takeover(runtime, config, a);
  Progress progress;
  size_t asks = 0;
  for (const auto& member : session.members) {
    auto result = co_await takeover::run_takeover(session.site(member), progress);
    if (result.asks.empty())
      std::cout << fmt::format("{}: done, {} steps\n", member.name.str(), result.steps);
    for (const auto& sentence : result.asks)
      std::cout << fmt::format("{}: waits for you: {}\n", member.name.str(), sentence);
    asks += result.asks.size();
  }
  if (asks > 0)
    throw base::Error(fmt::format(
        "the takeover is not finished: {} of the lines above wait for you; do what they say, then "
        "run the same command again",
        asks));
}

using Run = Task<void> (*)(rt::Runtime&, const TakeoverArguments&, kube::Kubeconfig);

int run(const Environment& environment, const TakeoverArguments& a, Run what) {
  rt::RealOptions options;
  options.log_level = base::LogLevel::kError;
  auto config = load_kubeconfig(environment, a.kubeconfig);
  auto runtime = rt::make_real_runtime(options);
  runtime->run(what(*runtime, a, std::move(config)));
  return 0;
}

CLI::App* add(Program& program, CLI::App& parent, const char* name, const char* help, Run what,
              const Arguments& a) {
  auto* command = parent.add_subcommand(name, help);
  command->add_option("--kubeconfig", a->kubeconfig);
  command->callback([&program, a, what] {
    program.chosen = [&program, a, what] { return run(program.environment, *a, what); };
  });
  return command;
}

void add_goal(CLI::App& command, const Arguments& a) {
  command.add_option("--context", a->context, "the management cluster's context");
  command.add_option("--ilm", a->ilm, "namespace/name of the IstioLifecycleManager");
  command.add_option("--revision", a->revision, "the managed revision that takes over");
  command.add_option("--from", a->from, "the revision to take over; 'default' for none");
  command.add_option("--cluster", a->clusters, "NAME or NAME=CONTEXT, may be repeated")
      ->allow_extra_args(false);
  command.add_flag("--gateways-moved", a->gateways_moved,
                   "clients use the new gateways' addresses: the old gateways may go");
}

}  // namespace

void add_takeover(Program& program) {
  auto* takeover = program.app.add_subcommand(
      "takeover", "move workloads from an unmanaged Istio to a managed one");
  takeover->require_subcommand(1);
  auto a = std::make_shared<TakeoverArguments>();
  auto* look = add(program, *takeover, "discover", "which Istio is installed, how, who uses it",
                   discover, a);
  look->add_option("--context", a->context, "a context of the kubeconfig");
  look->add_option("--cluster", a->clusters, "a context, may be repeated");
  look->add_option("-o,--output", a->output)->check(CLI::IsMember({"json", "yaml"}));
  auto* plan = add(program, *takeover, "plan", "what is left to do, step by step", show_plan, a);
  add_goal(*plan, a);
  plan->add_option("-o,--output", a->output)->check(CLI::IsMember({"json", "yaml"}));
  add_goal(*add(program, *takeover, "status", "how far it is", show_status, a), a);
  auto* run = add(program, *takeover, "start", "do it, or go on with it", start, a);
  add_goal(*run, a);
  run->add_option("--timeout", a->timeout, "for one step, such as 10m");
}

}  // namespace jibe::cli
