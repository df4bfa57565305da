// What kube-apiserver's registry hands out of its own pools: cluster IPs and node ports.
#pragma once
#include "twin/server/core.h"

namespace jibe::twin {

// Fills in a Service's cluster IP, families and node ports where its type wants them, and takes
// away what a changed type does not; `old` is null for a new one. Throws 422 for an address or a
// port that is taken or outside of the range. Everything but Services stays as it is.
void allocate_service(const ServerCore& core, const ApiWrite& write, data::Value& service,
                      const data::Value& old);

}  // namespace jibe::twin
