// The transport over real TLS and TCP.
#include "http/client.h"
#include "kube/transport.h"
#include "net/tls.h"

namespace jibe::kube {

std::unique_ptr<http::Handler> make_transport(Connection connection, rt::Runtime& runtime,
                                              CommandRunner* commands) {
  auto dial = [&runtime](const Endpoint& endpoint) {
    net::TlsClientOptions tls;
    tls.ca_pem = endpoint.ca_pem;
    tls.insecure = endpoint.insecure;
    tls.server_name = endpoint.tls_server_name;
    tls.cert_pem = endpoint.client_cert_pem;
    tls.key_pem = endpoint.client_key_pem;
    return http::make_client(runtime, endpoint.server, std::move(tls));
  };
  return make_transport(std::move(connection), runtime, commands, dial);
}

}  // namespace jibe::kube
