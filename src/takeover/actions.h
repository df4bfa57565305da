// The steps of a plan, done. Each may be ended at any instant and done again; each checks what it
// relies on right before it writes. What a step takes away or changes is told to the reporter.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "kube/client.h"
#include "takeover/goal.h"
#include "takeover/plan.h"
#include "takeover/workloads.h"

namespace jibe::takeover {

// Where a takeover acts, and how long it waits for one step.
struct Site {
  kube::Client& client;
  base::ClusterName cluster;
  kube::Client& management;
  Manager manager;
  Goal goal;
  base::Duration patience;
};

// What a step has done: "Deployment istio-system/istiod". Objects that were removed.
using Removed = std::vector<std::string>;

// Sets defaultRevision of the manager's revision in this cluster, and waits until the server
// reports it HEALTHY and injector, validator and tag agree on it.
Task<void> activate(Site site);
Task<void> relabel_namespace(Site site, Step step);
// As `kubectl rollout restart`; waits until every proxy of the workload is moved. Throws
// base::Error with what is missing when the patience ends.
Task<void> restart_workload(Site site, Step step);
Task<void> switch_service(Site site, Step step);
// The removals throw base::Error where a proxy still uses the istiod that they would take away.
Task<Removed> delete_istio_operator(Site site, Step step, base::Revision from);
Task<Removed> delete_components(Site site, Step step, base::Revision from);
Task<Removed> delete_controller(Site site, Step step);
// Deletes it and waits until it is gone; where anything but what every namespace has is in it, it
// stays, and `kept` says why.
Task<Removed> delete_namespace(Site site, Step step, std::string& kept);

// Marks namespaces that may be of no use once the step is done (kLeftBehindAnnotation).
Task<void> mark_namespaces(kube::Client& client, std::vector<std::string> names);

// Waits, looking again and again, until `missing` gives "".
using Missing = std::function<std::string(const ClusterState&)>;
Task<void> wait_until_nothing_missing(Site site, std::string what, Missing missing);

}  // namespace jibe::takeover
