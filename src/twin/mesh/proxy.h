// A simulated proxy: what runs in containers of an image */proxyv2:*. As istio-proxy it finds its
// istiod as the real agent does, holds a stream to it, and in a gateway carries requests; as an
// init container (istio-init, istio-validation) it does its work and ends.
#pragma once
#include <memory>

#include "twin/cluster.h"

namespace jibe::twin {

std::unique_ptr<PodProcess> make_proxy(PodContext context);

}  // namespace jibe::twin
