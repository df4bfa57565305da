// One embedded cluster: API server, controllers, one simulated kubelet, and a network between its
// pods, all on one rt::Runtime.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/names.h"
#include "base/task.h"
#include "data/value.h"
#include "http/message.h"
#include "rt/runtime.h"
#include "twin/controllers/pod_process.h"
#include "twin/server/api.h"

namespace jibe::twin {

class Cluster;
class Server;

// What a program in a pod sees of the world.
struct PodContext {
  Cluster& cluster;
  // The pod as it was when the container started.
  data::Value pod;
  std::string container;
  // The API server as this pod's service account reaches it.
  http::Handler& api;
};

// By container image: given the context, the program to run. nullptr: nothing runs in it, and the
// container is ready once it started.
using Behaviour = std::function<std::unique_ptr<PodProcess>(PodContext context)>;

struct ClusterOptions {
  base::ClusterName name;
  // Pods take this long from scheduled to running, and from running to ready.
  base::Duration start_delay = std::chrono::milliseconds(300);
  base::Duration ready_delay = std::chrono::milliseconds(200);
  // Part of cluster IPs, pod IPs and LoadBalancer addresses, so that clusters do not overlap (the
  // first 128 of them; LoadBalancer addresses: the first 200).
  int index = 1;
  std::string kubernetes_version = "v1.36.3";
  // What ConfigMap kube-root-ca.crt of every namespace holds.
  std::string ca_pem;
};

class Cluster {
 public:
  virtual ~Cluster() = default;
  virtual const base::ClusterName& name() const = 0;
  virtual rt::Runtime& runtime() = 0;
  virtual Api& api() = 0;
  // The HTTP face of the API server, as kubectl sees it; the caller's identity comes from the
  // Authorization header or the verified client certificate.
  virtual http::Handler& http() = 0;
  // Tokens, and the rest of the server that is no verb.
  virtual Server& server() = 0;

  // The first rule whose image pattern (fnmatch; "*/pilot:*") matches runs in the container.
  virtual void add_behaviour(std::string image_pattern, Behaviour behaviour) = 0;

  // The cluster's network as a pod sees it: "name.namespace.svc" and port → a ready pod of that
  // Service, or a pod IP. nullptr where nothing listens.
  virtual http::Handler* connect(const std::string& host, int port) = 0;

  // Pulling images that match one of the patterns (fnmatch) fails from now on.
  virtual void set_failing_images(std::vector<std::string> patterns) = 0;

  // Bootstraps (namespaces default, kube-system, kube-public, kube-node-lease, the node, service
  // kubernetes, service accounts) and runs everything until cancelled.
  virtual Task<void> run() = 0;
  // Returns when bootstrap is done.
  virtual Task<void> wait_ready() = 0;
};

std::unique_ptr<Cluster> make_cluster(rt::Runtime& runtime, ClusterOptions options);

}  // namespace jibe::twin
