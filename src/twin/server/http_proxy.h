// pods/proxy and services/proxy: a request carried on to what listens in a pod or behind a Service
// (kube-apiserver 1.36, pkg/registry/core/{pod,service}, apimachinery util/proxy).
#pragma once
#include "http/message.h"
#include "twin/server/core.h"
#include "twin/server/request_path.h"

namespace jibe::twin {

bool is_proxy_request(const RequestPath& path);

// The answer of the other side, its body still streaming. `[scheme:]name[:port]`: without a port a
// pod's first one, and a Service's only one. Throws kube::StatusError: 404 for what does not exist,
// 503 where nobody answers.
Task<http::Response> proxy_request(const ServerCore& core, http::Request request,
                                   const RequestPath& path);

}  // namespace jibe::twin
