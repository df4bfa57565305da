// The API server's HTTP face: routes of /api, /apis and the rest, for kubectl and every other
// client.
#pragma once
#include <memory>

#include "http/message.h"
#include "twin/server/core.h"

namespace jibe::twin {

// Both outlive the handler; response bodies may outlive all three.
std::unique_ptr<http::Handler> make_http_face(ServerCore& core, Api& api);

}  // namespace jibe::twin
