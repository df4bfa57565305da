// The ports of a Service up to Istio 1.23: merged by port and protocol, where a strategic merge
// patch knows the port alone (kubernetes/kubernetes#103544).
#pragma once
#include "data/value.h"

namespace jibe::istio {

// The rendered ports first, then new ones; each with the protocol, and with targetPort 0 where
// nothing says it, as Go writes an int-or-string.
data::Value merge_service_ports(const data::Value& rendered, const data::Value& given);

}  // namespace jibe::istio
