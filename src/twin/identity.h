// The API server as somebody certain reaches it, without a socket.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "http/message.h"

namespace jibe::twin {

// Requests that carry no credentials of their own arrive as that user. `server` outlives it.
std::unique_ptr<http::Handler> acting_as(http::Handler& server, std::string user,
                                         std::vector<std::string> groups);

// As the service account of the pod.
std::unique_ptr<http::Handler> acting_as_service_account(http::Handler& server,
                                                         const std::string& ns,
                                                         const std::string& name);

}  // namespace jibe::twin
