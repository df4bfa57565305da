// A simulated istiod: what runs in the container `discovery` of an image */pilot:*. Its release is
// its image's tag; everything else comes from its own pod and its own ConfigMaps.
#pragma once
#include <memory>

#include "twin/cluster.h"

namespace jibe::twin {

std::unique_ptr<PodProcess> make_istiod(PodContext context);

}  // namespace jibe::twin
