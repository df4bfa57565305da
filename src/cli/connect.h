// From the command line's --kubeconfig and --context to clients.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/names.h"
#include "cli/program.h"
#include "kube/client.h"
#include "kube/kubeconfig.h"

namespace jibe::cli {

// --kubeconfig names one file that must exist; else $KUBECONFIG's files, else ~/.kube/config.
kube::Kubeconfig load_kubeconfig(const Environment& environment, const std::string& file);

// A cluster reached through one context: the transport and a client on it.
struct ConnectedCluster {
  base::ContextName context;
  std::unique_ptr<http::Handler> transport;
  std::unique_ptr<kube::Client> client;
};
// An empty name is the current context.
ConnectedCluster connect(rt::Runtime& runtime, const kube::Kubeconfig& config,
                         const base::ContextName& context);

}  // namespace jibe::cli
