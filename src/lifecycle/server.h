// `jibe server`: everything that runs in the management cluster.
#pragma once
#include <memory>
#include <string>

#include "base/task.h"
#include "istio/chart_store.h"
#include "kube/client.h"
#include "lifecycle/clusters.h"
#include "rt/runtime.h"

namespace jibe::lifecycle {

struct ServerOptions {
  // The image of jibe itself, for the installers' Deployments.
  std::string installer_image = "docker.io/jibe/jibe:latest";
};

// Applies jibe's CustomResourceDefinitions (management cluster and workload clusters), registers
// the clusters as KubernetesCluster resources, and runs the controllers until cancelled. `charts`,
// `management` and `clusters` outlive it.
Task<void> run_server(rt::Runtime& runtime, kube::Client& management, Clusters& clusters,
                      const istio::ChartStore& charts, ServerOptions options);

}  // namespace jibe::lifecycle
