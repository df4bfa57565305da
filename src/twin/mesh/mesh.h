// Istio's images become programs: in pods of */pilot:* an istiod of any revision and release, in
// */proxyv2:* a proxy or what prepares its pod.
#pragma once
#include "twin/cluster.h"

namespace jibe::twin {

void add_mesh(Cluster& cluster);

}  // namespace jibe::twin
