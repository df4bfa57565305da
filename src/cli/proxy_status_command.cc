// jibe proxy-status: every proxy, the istiod that it is connected to, and whether it is in sync.
#include <iostream>
#include <memory>

#include "base/coroutine.h"
#include "cli/connect.h"
#include "cli/print.h"
#include "cli/program.h"
#include "istio/proxy_status.h"

namespace jibe::cli {

namespace {

struct ProxyStatusArguments {
  std::string kubeconfig;
  std::string context;
  bool all = false;
  std::string output;
};

data::Value to_value(const istio::ProxyConnection& c) {
  return data::Value::map({{"proxy", c.proxy},
                           {"cluster", c.cluster},
                           {"cds", to_string(c.cds)},
                           {"lds", to_string(c.lds)},
                           {"eds", to_string(c.eds)},
                           {"rds", to_string(c.rds)},
                           {"ecds", to_string(c.ecds)},
                           {"istiod", c.istiod},
                           {"version", c.version}});
}

std::vector<std::string> row_of(const istio::ProxyConnection& c) {
  std::vector<std::string> row = {c.proxy, c.cluster};
  for (auto state : {c.cds, c.lds, c.eds, c.rds, c.ecds}) row.emplace_back(to_string(state));
  row.push_back(c.istiod);
  row.push_back(c.version);
  return row;
}

std::vector<base::ContextName> chosen_contexts(const ProxyStatusArguments& a,
                                               const kube::Kubeconfig& config) {
  if (a.all) return config.contexts();
  return {base::ContextName(a.context)};
}

Task<void> show(rt::Runtime& runtime, const ProxyStatusArguments& a, kube::Kubeconfig config,
                int& code) {
  std::vector<istio::ProxyConnection> found;
  for (const auto& context : chosen_contexts(a, config)) {
    auto cluster = connect(runtime, config, context);
    auto status = co_await istio::proxy_status(*cluster.client);
    found.insert(found.end(), status.connections.begin(), status.connections.end());
    for (const auto& sentence : status.unreachable) {
      std::cerr << "error: " << sentence << "\n";
      code = 1;
    }
  }
  if (a.output == "json" || a.output == "yaml") {
    data::Value list = data::Value::list();
    for (const auto& connection : found) list.push_back(to_value(connection));
    std::cout << print_object(list, a.output);
    co_return;
  }
  std::vector<std::vector<std::string>> rows = {
      {"NAME", "CLUSTER", "CDS", "LDS", "EDS", "RDS", "ECDS", "ISTIOD", "VERSION"}};
  for (const auto& connection : found) rows.push_back(row_of(connection));
  std::cout << table(rows, 5);
}

int run_proxy_status(const Environment& environment, const ProxyStatusArguments& a) {
  rt::RealOptions options;
  options.log_level = base::LogLevel::kError;
  auto runtime = rt::make_real_runtime(options);
  int code = 0;
  runtime->run(show(*runtime, a, load_kubeconfig(environment, a.kubeconfig), code));
  return code;
}

}  // namespace

void add_proxy_status(Program& program) {
  auto* command = program.app.add_subcommand("proxy-status", "every proxy and its istiod");
  auto a = std::make_shared<ProxyStatusArguments>();
  command->add_option("--kubeconfig", a->kubeconfig);
  auto* context = command->add_option("--context", a->context, "a context of the kubeconfig");
  command->add_flag("--all", a->all, "every context of the kubeconfig")->excludes(context);
  command->add_option("-o,--output", a->output)->check(CLI::IsMember({"json", "yaml", "wide"}));
  command->callback([&program, a] {
    program.chosen = [&program, a] { return run_proxy_status(program.environment, *a); };
  });
}

}  // namespace jibe::cli
