// jibe twin up: embedded clusters behind the real Kubernetes API on loopback.
#include <fmt/core.h>

#include <iostream>
#include <memory>

#include "base/coroutine.h"
#include "base/strings.h"
#include "cli/embedded.h"
#include "cli/program.h"
#include "cli/scenario.h"
#include "rt/sync.h"
#include "rt/task_group.h"

namespace jibe::cli {

namespace {

struct TwinArguments {
  std::string clusters;
  std::string scenario;
  std::vector<std::string> variables;
  std::string kubeconfig = "jibe-twin.kubeconfig";
};

// "2" means cluster-1 and cluster-2; "a,b" are names. The management cluster comes first.
std::vector<base::ClusterName> cluster_names(const std::string& text) {
  std::vector<base::ClusterName> out = {base::ClusterName("mgmt")};
  if (text.find_first_not_of("0123456789") == std::string::npos && text.size() < 3) {
    int count = text.empty() ? 0 : std::stoi(text);
    for (int i = 1; i <= count; ++i) out.emplace_back(fmt::format("cluster-{}", i));
    return out;
  }
  for (auto name : base::split(text, ',')) {
    if (!base::is_dns_label(name))
      throw base::InvalidInput(fmt::format(
          "\"{}\" is no name for a cluster: it becomes part of certificates, so it must be a DNS "
          "label (lower-case letters, digits and '-')",
          name));
    out.emplace_back(std::string(name));
  }
  return out;
}

Variables given_variables(const std::vector<std::string>& assignments) {
  Variables out;
  for (const auto& assignment : assignments) {
    auto parts = base::cut(assignment, "=");
    if (!parts.found || parts.before.empty())
      throw base::InvalidInput(fmt::format("\"--variable {}\" is no NAME=VALUE", assignment));
    out[std::string(parts.before)] = parts.after;
  }
  return out;
}

// Those of --clusters, else those of the scenario, else two.
std::vector<base::ClusterName> names_of(const TwinArguments& a, const Scenario& scenario) {
  if (!a.clusters.empty() || scenario.clusters.empty())
    return cluster_names(a.clusters.empty() ? "2" : a.clusters);
  std::vector<base::ClusterName> out = {base::ClusterName("mgmt")};
  for (const auto& cluster : scenario.clusters)
    if (cluster.name != out[0]) out.push_back(cluster.name);
  return out;
}

void say(const std::string& line) {
  std::cout << line << "\n" << std::flush;
}

Task<void> serve(rt::Runtime& runtime, Releases& releases, TwinArguments a) {
  Scenario scenario;
  if (!a.scenario.empty())
    scenario = load_scenario(a.scenario, given_variables(a.variables), read_file);
  EmbeddedOptions options;
  options.names = names_of(a, scenario);
  options.releases = &releases;
  EmbeddedClusters clusters(runtime, options);
  rt::TaskGroup group(runtime);
  std::exception_ptr failure;
  try {
    co_await clusters.start(group);
    clusters.serve(group, a.kubeconfig);
    std::cout << fmt::format("{} clusters are up. Try:\n\n  export KUBECONFIG={}\n",
                             clusters.size(), a.kubeconfig);
    for (const auto& name : options.names)
      std::cout << fmt::format("  kubectl --context {} get nodes\n", name.str());
    std::cout << "\nCtrl-C ends them.\n" << std::flush;
    if (!a.scenario.empty()) {
      co_await prepare(runtime, ScenarioRun{scenario, clusters, releases, say});
      say(fmt::format("scenario {} is ready", a.scenario));
    }
    rt::Event never(runtime);
    co_await never.wait();
  } catch (...) {
    failure = std::current_exception();
  }
  co_await group.stop();
  std::rethrow_exception(failure);
}

int run_twin(const Environment& environment, const TwinArguments& a) {
  rt::RealOptions options;
  options.log_level = base::LogLevel::kWarning;
  auto runtime = rt::make_real_runtime(options);
  Releases releases(chart_store(environment));
  try {
    runtime->run(serve(*runtime, releases, a));
  } catch (const base::Cancelled&) {
    // SIGINT or SIGTERM: that is how it is meant to end
  }
  return 0;
}

}  // namespace

void add_twin(Program& program) {
  auto* twin = program.app.add_subcommand("twin", "embedded clusters to try things on");
  twin->require_subcommand(1);
  auto* up = twin->add_subcommand("up", "start them, write a kubeconfig, run until Ctrl-C");
  auto a = std::make_shared<TwinArguments>();
  up->add_option("--clusters", a->clusters, "how many workload clusters (2), or their names a,b,c");
  up->add_option("--scenario", a->scenario, "what is in them from the start: a file");
  up->add_option("--variable", a->variables, "NAME=VALUE, goes before the scenario's own")
      ->needs("--scenario");
  up->add_option("--kubeconfig", a->kubeconfig, "where to write the kubeconfig");
  up->callback([&program, a] {
    program.chosen = [&program, a] { return run_twin(program.environment, *a); };
  });
}

}  // namespace jibe::cli
