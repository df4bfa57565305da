// Checks of an IstioOperator that all versions of istioctl share.
#pragma once
#include <string>
#include <vector>

#include "data/value.h"

namespace jibe::istio {

// Gateways do not run as root: their containers may not listen below port 1024.
void check_gateway_ports(const data::Value& spec, std::vector<std::string>& errors);

// values.global.proxy: IP ranges and ports that the sidecar captures or leaves alone.
void check_proxy_ranges(const data::Value& spec, std::vector<std::string>& errors);

// A number of replicas beside an autoscaler is overruled by it.
void warn_of_replicas(const data::Value& spec, std::vector<std::string>& warnings);

}  // namespace jibe::istio
