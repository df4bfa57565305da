// jibe twin up: embedded clusters behind the real Kubernetes API on loopback.
#include <fmt/core.h>

#include <fstream>
#include <iostream>
#include <memory>

#include "base/coroutine.h"
#include "base/strings.h"
#include "cli/embedded.h"
#include "cli/program.h"
#include "data/yaml.h"
#include "rt/sync.h"
#include "rt/task_group.h"
#include "twin/serve.h"

namespace jibe::cli {

namespace {

struct TwinArguments {
  std::string clusters = "2";
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

void write_kubeconfig(const std::string& path, const data::Value& config) {
  std::ofstream out(path, std::ios::trunc);
  out << data::to_yaml(config);
  if (!out.flush()) throw base::InvalidInput(fmt::format("cannot write {}", path));
}

Task<void> serve(rt::Runtime& runtime, TwinArguments a) {
  EmbeddedOptions options;
  options.names = cluster_names(a.clusters);
  EmbeddedClusters clusters(runtime, options);
  rt::TaskGroup group(runtime);
  std::exception_ptr failure;
  std::vector<std::unique_ptr<twin::ClusterSockets>> sockets;
  try {
    co_await clusters.start(group);
    std::vector<twin::KubeconfigEntry> entries;
    for (size_t i = 0; i < clusters.size(); ++i) {
      twin::ServeOptions serve;
      serve.ca = clusters.ca(i);
      sockets.push_back(std::make_unique<twin::ClusterSockets>(clusters.cluster(i), serve));
      group.spawn("sockets", sockets.back()->run());
      entries.push_back(
          {base::ContextName(clusters.cluster(i).name().str()), sockets.back()->admin()});
    }
    write_kubeconfig(a.kubeconfig, twin::make_kubeconfig(entries));
    std::cout << fmt::format("{} clusters are up. Try:\n\n  export KUBECONFIG={}\n",
                             clusters.size(), a.kubeconfig);
    for (const auto& entry : entries)
      std::cout << fmt::format("  kubectl --context {} get nodes\n", entry.context.str());
    std::cout << "\nCtrl-C ends them.\n" << std::flush;
    rt::Event never(runtime);
    co_await never.wait();
  } catch (...) {
    failure = std::current_exception();
  }
  co_await group.stop();
  std::rethrow_exception(failure);
}

int run_twin(const TwinArguments& a) {
  rt::RealOptions options;
  options.log_level = base::LogLevel::kWarning;
  auto runtime = rt::make_real_runtime(options);
  try {
    runtime->run(serve(*runtime, a));
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
  up->add_option("--clusters", a->clusters, "how many workload clusters, or their names a,b,c");
  up->add_option("--kubeconfig", a->kubeconfig, "where to write the kubeconfig");
  up->callback([&program, a] { program.chosen = [a] { return run_twin(*a); }; });
}

}  // namespace jibe::cli
