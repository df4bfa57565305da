// jibe server and jibe installer: the two long-running parts that this version has.
#include <fmt/core.h>

#include <memory>

#include "base/coroutine.h"
#include "base/strings.h"
#include "cli/connect.h"
#include "cli/installer_pod.h"
#include "cli/program.h"
#include "kube/transport.h"
#include "lifecycle/installer.h"
#include "lifecycle/server.h"

namespace jibe::cli {

namespace {

struct ServerArguments {
  std::string kubeconfig;
  std::string context = "mgmt";
  std::vector<std::string> clusters;
  std::string image = kJibeImage;
};

struct NamedContext {
  base::ClusterName cluster;
  base::ContextName context;
};

// The context name becomes a SAN of the agent's certificate, and underscores are not allowed there.
void check_name(const std::string& name) {
  if (name.find('_') == std::string::npos) return;
  throw base::InvalidInput(fmt::format(
      "context name \"{}\" contains an underscore, which certificates do not allow; rename it: "
      "kubectl config rename-context {} {}",
      name, name, base::replace_all(name, "_", "-")));
}

// NAME or NAME=CONTEXT; without any: every context but the management one.
std::vector<NamedContext> chosen_clusters(const ServerArguments& a,
                                          const kube::Kubeconfig& config) {
  std::vector<NamedContext> out;
  for (const auto& text : a.clusters) {
    auto parts = base::cut(text, "=");
    out.push_back({base::ClusterName(std::string(parts.before)),
                   base::ContextName(std::string(parts.found ? parts.after : parts.before))});
  }
  if (out.empty())
    for (const auto& context : config.contexts())
      if (context.str() != a.context) out.push_back({base::ClusterName(context.str()), context});
  for (const auto& [cluster, context] : out) {
    check_name(cluster.str());
    check_name(context.str());
    if (!config.has_context(context)) config.connection(context);  // throws the sentence
  }
  return out;
}

Task<void> serve(rt::Runtime& runtime, const ServerArguments& a, kube::Kubeconfig config,
                 const istio::ChartStore& charts) {
  check_name(a.context);
  auto management = connect(runtime, config, base::ContextName(a.context));
  lifecycle::FixedClusters clusters;
  std::vector<std::unique_ptr<http::Handler>> transports;
  for (const auto& [cluster, context] : chosen_clusters(a, config)) {
    transports.push_back(kube::make_transport(config.connection(context), runtime));
    clusters.add(cluster, *transports.back(), runtime);
  }
  lifecycle::ServerOptions options;
  options.installer_image = a.image;
  co_await lifecycle::run_server(runtime, *management.client, clusters, charts, options);
}

int run_until_signal(rt::Runtime& runtime, Task<void> task) {
  try {
    runtime.run(std::move(task));
  } catch (const base::Cancelled&) {
    // SIGINT or SIGTERM
  }
  return 0;
}

int run_server(const Environment& environment, const ServerArguments& a) {
  auto charts = chart_store(environment);
  auto config = load_kubeconfig(environment, a.kubeconfig);
  auto runtime = rt::make_real_runtime();
  return run_until_signal(*runtime, serve(*runtime, a, config, charts));
}

struct InstallerArguments {
  std::string kubeconfig;
  std::string context;
  std::string revision;
  std::string ns;
};

Task<void> install(rt::Runtime& runtime, kube::Connection connection, InstallerArguments a) {
  auto transport = kube::make_transport(std::move(connection), runtime);
  kube::Client client(*transport, runtime);
  lifecycle::InstallerOptions options{base::Revision(a.revision), a.ns};
  co_await lifecycle::run_installer(runtime, client, options);
}

int run_installer(const Environment& environment, InstallerArguments a) {
  if (a.revision.empty()) a.revision = environment.revision;
  if (a.ns.empty()) a.ns = environment.pod_namespace;
  if (a.revision.empty() || a.ns.empty())
    throw base::InvalidInput(
        "an installer needs its revision and namespace: set REVISION and POD_NAMESPACE, or pass "
        "--revision and --namespace");
  auto connection =
      a.kubeconfig.empty() && !environment.kubernetes_host.empty()
          ? kube::in_cluster_connection("/var/run/secrets/kubernetes.io/serviceaccount",
                                        environment.kubernetes_host, environment.kubernetes_port)
          : load_kubeconfig(environment, a.kubeconfig).connection(base::ContextName(a.context));
  auto runtime = rt::make_real_runtime();
  return run_until_signal(*runtime, install(*runtime, std::move(connection), a));
}

}  // namespace

void add_server(Program& program) {
  auto* command = program.app.add_subcommand("server", "the controllers of the management cluster");
  auto a = std::make_shared<ServerArguments>();
  command->add_option("--kubeconfig", a->kubeconfig);
  command->add_option("--context", a->context, "the management cluster's context");
  command->add_option("--cluster", a->clusters, "NAME or NAME=CONTEXT, may be repeated")
      ->allow_extra_args(false);
  command->add_option("--installer-image", a->image);
  command->callback([&program, a] {
    program.chosen = [&program, a] { return run_server(program.environment, *a); };
  });
}

void add_installer(Program& program) {
  auto* command = program.app.add_subcommand("installer", "installs one revision in one cluster");
  auto a = std::make_shared<InstallerArguments>();
  command->add_option("--kubeconfig", a->kubeconfig, "without it: the pod's own cluster");
  command->add_option("--context", a->context);
  command->add_option("--revision", a->revision);
  command->add_option("-n,--namespace", a->ns);
  command->callback([&program, a] {
    program.chosen = [&program, a] { return run_installer(program.environment, *a); };
  });
}

}  // namespace jibe::cli
