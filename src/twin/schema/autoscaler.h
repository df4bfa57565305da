// HorizontalPodAutoscalers in both of their served versions (pkg/apis/autoscaling/v1/conversion.go
// of Kubernetes 1.36).
#pragma once
#include <string>

#include "data/value.h"

namespace jibe::twin {

// autoscaling/v2 of an object in either version; apiVersion is set.
data::Value autoscaler_as_v2(const data::Value& object);
// autoscaling/v1; what it cannot say is kept in annotations.
data::Value autoscaler_as_v1(const data::Value& object);

// The TARGETS column: "cpu: <unknown>/80%".
std::string metrics_text(const data::Value& specs, const data::Value& statuses);

}  // namespace jibe::twin
