// Where a takeover leads: which revision takes over from which.
#pragma once
#include <optional>
#include <string>

#include "base/names.h"
#include "base/task.h"
#include "kube/client.h"
#include "takeover/cluster_state.h"

namespace jibe::takeover {

struct Goal {
  base::Revision to;
  // Not set: the only control plane that jibe does not manage.
  std::optional<base::Revision> from;
  // The user says that clients use the new gateways' addresses: the old gateways may go.
  bool gateways_moved = false;
};

// The managed revision that takes over, as an IstioLifecycleManager names it.
struct Manager {
  kube::ObjectName name;
  base::Revision revision;
  std::vector<base::ClusterName> clusters;
};

// `name` or `revision` may be empty where only one fits. Throws base::InvalidInput naming those
// that there are.
Task<Manager> find_manager(kube::Client& management, kube::ObjectName name,
                           base::Revision revision);

// Which revision is taken over, or the sentence why that is not certain. Neither: no control plane
// is left that jibe does not manage.
struct Old {
  std::optional<base::Revision> revision;
  std::string trouble;
};
Old old_revision(const ClusterState& state, const Goal& goal);

}  // namespace jibe::takeover
