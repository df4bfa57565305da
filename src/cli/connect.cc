#include "cli/connect.h"

#include <filesystem>

#include "base/strings.h"
#include "kube/transport.h"

namespace jibe::cli {

kube::Kubeconfig load_kubeconfig(const Environment& environment, const std::string& file) {
  if (!file.empty()) return kube::Kubeconfig::load_file(file);
  std::vector<std::string> paths;
  for (auto part : base::split(environment.kubeconfig, ':'))
    if (!part.empty()) paths.emplace_back(part);
  if (paths.empty())
    paths.push_back((std::filesystem::path(environment.home) / ".kube" / "config").string());
  return kube::Kubeconfig::load(paths);
}

ConnectedCluster connect(rt::Runtime& runtime, const kube::Kubeconfig& config,
                         const base::ContextName& context) {
  ConnectedCluster out;
  out.context = context.empty() ? config.current_context() : context;
  out.transport = kube::make_transport(config.connection(out.context), runtime);
  kube::ClientOptions options;
  options.where = "context " + out.context.str();
  out.client = std::make_unique<kube::Client>(*out.transport, runtime, options);
  return out;
}

}  // namespace jibe::cli
