// What a new cluster holds before anybody does anything: namespaces, a node, the Service of the API
// server, the ClusterRoles and PriorityClasses that kubectl and charts expect.
#pragma once
#include <string>

#include "base/task.h"
#include "twin/server/api.h"

namespace jibe::twin {

struct BootstrapOptions {
  std::string cluster_name;
  std::string kubernetes_version;
  // The first two bytes of cluster IPs.
  std::string service_network;
  // Where the one node, and on it the API server, is.
  std::string node_ip;
  int api_port = 6443;
};

// Creates what is missing and leaves alone what is there (a snapshot was loaded before).
Task<void> bootstrap(Api& api, BootstrapOptions options, std::string now);

}  // namespace jibe::twin
