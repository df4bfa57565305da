// Asking every istiod of a cluster which proxies are connected to it.
#pragma once
#include <string>
#include <vector>

#include "base/task.h"
#include "istio/proxies.h"
#include "kube/client.h"

namespace jibe::istio {

struct ProxyStatus {
  std::vector<ProxyConnection> connections;  // by proxy
  // One sentence per istiod pod that could not be asked. Its proxies are then unknown, not absent:
  // who decides on removal must treat this as "still in use".
  std::vector<std::string> unreachable;
};

// Asks each running istiod pod (app=istiod, any namespace) for /debug/syncz through the API
// server's pod proxy, first on the monitoring port 15014, then on 8080.
Task<ProxyStatus> proxy_status(kube::Client& client);

}  // namespace jibe::istio
