// The quality-of-service class of a pod (pkg/apis/core/v1/helper/qos of Kubernetes 1.36).
#pragma once
#include <string>

#include "data/value.h"

namespace jibe::twin {

// "Guaranteed", "Burstable" or "BestEffort", of what the containers ask for (cpu and memory).
std::string pod_qos_class(const data::Value& pod);

}  // namespace jibe::twin
