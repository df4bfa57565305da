// The API server's HTTP face: routes of /api, /apis and the rest, for kubectl and every other
// client.
#pragma once
#include <memory>

#include "http/message.h"
#include "twin/server/core.h"

namespace jibe::twin {

// `api` outlives the handler. Response bodies may outlive everything.
std::unique_ptr<http::Handler> make_http_face(std::shared_ptr<ServerCore> core, Api& api);

}  // namespace jibe::twin
