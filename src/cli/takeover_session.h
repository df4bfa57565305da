// What every `jibe takeover` command starts from: the management cluster, the revision that takes
// over, and the clusters that it is installed in.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "cli/connect.h"
#include "takeover/goal.h"
#include "takeover/run.h"

namespace jibe::cli {

struct TakeoverArguments {
  std::string kubeconfig;
  std::string context;                // of the management cluster; "" = the current one
  std::string ilm;                    // namespace/name; "" = the only one
  std::string revision;               // "" = the only one
  std::string from;                   // "" = found by looking; "default" = the one without revision
  std::vector<std::string> clusters;  // NAME or NAME=CONTEXT; empty = all of the ILM
  bool gateways_moved = false;
  std::string timeout = "10m";
  std::string output;
};

struct TakeoverSession {
  struct Member {
    base::ClusterName name;
    ConnectedCluster connection;
  };
  ConnectedCluster management;
  takeover::Manager manager;
  takeover::Goal goal;
  std::vector<Member> members;
  base::Duration patience{};

  takeover::Site site(const Member& member) const;
};

// Throws base::InvalidInput for what does not fit together: an unknown context, a cluster that the
// IstioLifecycleManager does not name, a name that is no namespace/name.
Task<TakeoverSession> open_takeover(rt::Runtime& runtime, const kube::Kubeconfig& config,
                                    const TakeoverArguments& arguments);

// Pure printers. Text for people; values for -o json and -o yaml.
std::string discovery_table(const std::vector<takeover::ClusterState>& states);
data::Value discovery_value(const std::vector<takeover::ClusterState>& states);
std::string plan_text(const base::ClusterName& cluster, const std::vector<takeover::Step>& plan);
data::Value plan_value(const base::ClusterName& cluster, const std::vector<takeover::Step>& plan);
std::string status_table(const std::vector<takeover::ClusterState>& states,
                         const takeover::Goal& goal);

}  // namespace jibe::cli
