// The applications of examples/ as programs for the pods of embedded clusters: they answer HTTP on
// their containers' ports, and say which pod and version answered.
#pragma once
#include "twin/cluster.h"

namespace jibe::cli {

// Bookinfo: product page → details and reviews; reviews v2 and v3 → ratings, each through the
// cluster's network, so that one request of /productpage proves the whole chain. What cannot reach
// the next one answers 502 and says whom it could not reach. Petstore answers by itself.
void add_app_behaviours(twin::Cluster& cluster);

}  // namespace jibe::cli
