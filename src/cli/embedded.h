// Embedded clusters of one process: the management cluster and the workload clusters, with what
// runs in their pods.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/names.h"
#include "base/task.h"
#include "pki/certificate.h"
#include "rt/runtime.h"
#include "rt/task_group.h"
#include "twin/cluster.h"

namespace jibe::twin {
class ClusterSockets;
}

namespace jibe::cli {

class Releases;

struct EmbeddedOptions {
  std::vector<base::ClusterName> names;
  // The charts that Istio's in-cluster operators know; outlives the clusters. Null: their pods run
  // nothing.
  Releases* releases = nullptr;
  // Pods take this long to start and to become ready.
  base::Duration start_delay = std::chrono::milliseconds(300);
  base::Duration ready_delay = std::chrono::milliseconds(200);
};

class EmbeddedClusters {
 public:
  EmbeddedClusters(rt::Runtime& runtime, EmbeddedOptions options);
  ~EmbeddedClusters();

  // Starts every cluster in the group and returns when all have bootstrapped.
  Task<void> start(rt::TaskGroup& group);

  // Puts every started cluster on sockets, served in the group, and writes a kubeconfig with one
  // context per cluster. Real runtime alone.
  void serve(rt::TaskGroup& group, const std::string& kubeconfig);

  size_t size() const { return members_.size(); }
  twin::Cluster& cluster(size_t index) { return *members_[index].cluster; }
  const pki::Identity& ca(size_t index) const { return members_[index].ca; }
  // Throws base::InvalidInput for an unknown name.
  twin::Cluster& find(const base::ClusterName& name);
  // The API server with an administrator's identity; lives as long as this object.
  http::Handler& admin(const base::ClusterName& name);

 private:
  struct Member {
    pki::Identity ca;
    std::unique_ptr<twin::Cluster> cluster;
    std::unique_ptr<http::Handler> admin;
    std::unique_ptr<twin::ClusterSockets> sockets;
  };
  Member& member(const base::ClusterName& name);

  rt::Runtime& runtime_;
  std::vector<Member> members_;
};

}  // namespace jibe::cli
