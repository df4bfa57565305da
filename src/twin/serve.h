// A cluster on sockets, for kubectl and curl: the API server behind TLS on loopback, and the
// LoadBalancer addresses of its Services. On the real runtime alone.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/names.h"
#include "base/task.h"
#include "data/value.h"
#include "pki/certificate.h"
#include "twin/cluster.h"

namespace jibe::net {
class Listener;
}

namespace jibe::twin {

// The root that signs a cluster's server certificate and its clients'. Its certificate belongs into
// ClusterOptions::ca_pem.
pki::Identity make_cluster_ca(const std::string& cluster, base::Time now);

struct ServeOptions {
  std::string host = "127.0.0.1";
  // 0 takes a free one.
  int port = 0;
  pki::Identity ca;
  // Listen on the addresses of LoadBalancer Services too. An address that cannot be had (a low port
  // without the right to it, a port that is taken) is a warning in the log.
  bool load_balancers = true;
};

// What a client needs to be system:masters.
struct AdminAccess {
  std::string server;
  std::string ca_pem;
  std::string cert_pem;
  std::string key_pem;
};

class ClusterSockets {
 public:
  // Listens at once; throws base::Error where it cannot. The cluster outlives it.
  ClusterSockets(Cluster& cluster, ServeOptions options);
  ~ClusterSockets();

  int port() const;
  AdminAccess admin() const;
  // Answers until cancelled.
  Task<void> run();

 private:
  Cluster& cluster_;
  ServeOptions options_;
  std::unique_ptr<net::Listener> listener_;
};

// A kubeconfig with one context, cluster and user per entry, the first one current.
struct KubeconfigEntry {
  base::ContextName context;
  AdminAccess access;
};
data::Value make_kubeconfig(const std::vector<KubeconfigEntry>& entries);

}  // namespace jibe::twin
