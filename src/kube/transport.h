// From a Connection to something a Client can send through.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "http/message.h"
#include "kube/credentials.h"
#include "kube/kubeconfig.h"
#include "rt/runtime.h"

namespace jibe::kube {

// What a TLS client needs to know; made again when a plugin gives another certificate.
struct Endpoint {
  std::string server;
  std::string tls_server_name;
  std::string ca_pem;
  bool insecure = false;
  std::string client_cert_pem;
  std::string client_key_pem;
  bool operator==(const Endpoint&) const = default;
};
using EndpointFactory = std::function<std::unique_ptr<http::Handler>(const Endpoint&)>;

// Adds credentials, impersonation and the server's path prefix to every request, and asks once more
// with fresh credentials after a 401. `endpoints` and `commands` as in credentials.h.
std::unique_ptr<http::Handler> make_transport(Connection connection, rt::Runtime& runtime,
                                              CommandRunner* commands, EndpointFactory endpoints);
// The same over real TLS and TCP.
std::unique_ptr<http::Handler> make_transport(Connection connection, rt::Runtime& runtime,
                                              CommandRunner* commands = nullptr);

}  // namespace jibe::kube
