// What a gateway's proxy listens on and where requests go, by the Gateway and VirtualService
// resources (networking.istio.io) that select it. HTTP only: hosts, prefix and exact paths,
// weighted destinations. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "data/value.h"

namespace jibe::twin {

struct GatewayResources {
  std::vector<data::Value> gateways;
  std::vector<data::Value> virtual_services;
  // Of the gateway's namespace: they say which port of the pod a server's port is.
  std::vector<data::Value> services;
};

// [{"port": 8080, "hosts": [{"domain", "routes": [{"prefix" | "exact", "to": [{"host", "port",
// "weight"}]}]}]}] for a proxy with these labels in that namespace. "port" of a destination is 0
// where the VirtualService names none.
data::Value gateway_listeners(const data::Value& labels, const std::string& ns,
                              const GatewayResources& resources);

struct RouteTarget {
  std::string host;  // name.namespace.svc.cluster.local, or as written where it is no short name
  int port = 0;
};
// Where a request goes; nullopt where nothing matches. `host` may carry a port.
std::optional<RouteTarget> find_route(const data::Value& listener, std::string_view host,
                                      std::string_view path, base::Random& random);

}  // namespace jibe::twin
