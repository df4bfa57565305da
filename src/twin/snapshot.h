// Every object of a cluster at one instant, and a cluster filled from that.
#pragma once
#include "base/task.h"
#include "data/value.h"
#include "twin/server/api.h"

namespace jibe::twin {

// A v1 List of every stored object, each once, in one version, ordered by group, resource,
// namespace and name; Events left out unless asked for.
data::Value snapshot(const Api& api, bool with_events = false);

// Creates every object of a List (a snapshot, or what `kubectl get -o yaml` printed) with its
// status: definitions and namespaces first, owners before what they own (owner references get the
// new uids), webhook configurations last. What is there already is replaced by what the snapshot
// says. Call it before Cluster::run, so that controllers find the world complete. Throws
// kube::StatusError for the first object that the server refuses.
Task<void> restore(Api& api, data::Value list);

}  // namespace jibe::twin
