#include "twin/mesh/mesh.h"

#include "twin/mesh/istiod.h"
#include "twin/mesh/proxy.h"

namespace jibe::twin {

void add_mesh(Cluster& cluster) {
  cluster.add_behaviour("*/pilot:*", make_istiod);
  cluster.add_behaviour("*/proxyv2:*", make_proxy);
}

}  // namespace jibe::twin
