// Whether a workload is rolled out, and if not, what stands in the way.
#pragma once
#include <string>
#include <vector>

#include "base/task.h"
#include "data/value.h"
#include "kube/client.h"

namespace jibe::lifecycle {

// Why a workload is not rolled out, "" where it is. For Deployments, DaemonSets and StatefulSets;
// "" for the rest.
std::string not_ready_reason(const data::Value& live);

// Adds what the first of its pods in trouble says: that it cannot be scheduled, or why a container
// waits (ImagePullBackOff, CrashLoopBackOff, …). `pods` may hold those of other workloads, too.
std::string not_ready_reason(const data::Value& live, const std::vector<data::Value>& pods);

// The same with the pods that the cluster has now.
Task<std::string> ask_not_ready_reason(kube::Client& client, data::Value live);

}  // namespace jibe::lifecycle
