// status of a Pod from the states of its containers (pkg/kubelet kubelet_pods.go and
// status/generate.go, 1.36). Pure.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "data/value.h"
#include "twin/controllers/container.h"

namespace jibe::twin {

using Containers = std::vector<std::unique_ptr<ContainerRecord>>;

// Every init container has ended well, every sidecar has started.
bool is_initialized(const Containers& containers);
// "Always", "OnFailure" or "Never".
const std::string& restart_policy(const data::Value& pod);
bool will_restart(const data::Value& pod, const ContainerRecord& record);
std::string phase_of(const data::Value& pod, const Containers& containers);

struct PodAddresses {
  std::string host_ip;
  std::string pod_ip;
};
// The new status; everything that the kubelet does not own stays as it is.
data::Value pod_status(const data::Value& pod, const Containers& containers,
                       const PodAddresses& addresses, const std::string& now);

// One thing that a container needs and that is not there.
struct MissingReference {
  // "secret "cacerts" not found"
  std::string sentence;
  std::string volume;
};
// `exists(kind, name)` asks for "ConfigMap", "Secret" or "PersistentVolumeClaim" in the pod's
// namespace. What is optional is never missing.
using Exists = std::function<bool(std::string_view kind, const std::string& name)>;
std::vector<MissingReference> missing_volumes(const data::Value& pod, const Exists& exists);
std::string missing_environment(const data::Value& container, const Exists& exists);

}  // namespace jibe::twin
