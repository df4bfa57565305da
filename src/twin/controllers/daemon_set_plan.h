// What a DaemonSet's controller decides (pkg/controller/daemon, 1.36). Pure.
#pragma once
#include <string>
#include <vector>

#include "base/clock.h"
#include "data/value.h"

namespace jibe::twin {

struct DaemonView {
  data::Value set;
  // controller-revision-hash of pods with the present template.
  std::string hash;
  std::vector<data::Value> nodes;
  std::vector<data::Value> pods;
  base::Time now;
};

struct DaemonPlan {
  // Names of nodes that get a pod.
  std::vector<std::string> create;
  // Failed pods among them are reported.
  std::vector<data::Value> remove;
};
DaemonPlan plan_daemon_set(const DaemonView& view);
data::Value daemon_set_status(const DaemonView& view);
// A pod bound for that node, with the tolerations of every daemon.
data::Value make_daemon_pod(const data::Value& set, const std::string& hash,
                            const std::string& node);

}  // namespace jibe::twin
