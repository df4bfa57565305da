// TLS 1.2 and 1.3 over any byte stream. Certificates and keys are PEM in memory.
#pragma once
#include <memory>
#include <string>

#include "net/stream.h"
#include "rt/runtime.h"

namespace jibe::net {

struct TlsClientOptions {
  // Certificates to trust; empty trusts the system's.
  std::string ca_pem;
  // Accepts whatever certificate the server shows.
  bool insecure = false;
  // The name that the server's certificate must carry, and SNI; may be an IP address.
  std::string server_name;
  // The client's certificate (with its chain) and key; both empty where there is none.
  std::string cert_pem;
  std::string key_pem;
  // Application protocols in order of preference; empty offers none.
  std::vector<std::string> alpn = {"http/1.1"};
};

enum class ClientCertificate { kNone, kOptional, kRequired };

struct TlsServerOptions {
  std::string cert_pem;  // with its chain
  std::string key_pem;
  // Whom to trust for client certificates; a certificate that does not verify ends the handshake.
  std::string client_ca_pem;
  ClientCertificate client_certificate = ClientCertificate::kNone;
  std::vector<std::string> alpn = {"http/1.1"};
  base::Duration handshake_timeout = std::chrono::seconds(10);
};

// Certificates and keys are parsed once, here; throws base::InvalidInput with a sentence where that
// fails. May be shared by any number of streams.
class TlsContext;
std::shared_ptr<TlsContext> make_tls_client_context(const TlsClientOptions& options);
std::shared_ptr<TlsContext> make_tls_server_context(const TlsServerOptions& options);

// A stream whose ready() makes the handshake. ready() throws ConnectError (kCertificate where a
// certificate is to blame). `where` names the other side in sentences.
std::unique_ptr<ByteStream> tls_stream(rt::Runtime& runtime, std::shared_ptr<TlsContext> context,
                                       std::unique_ptr<ByteStream> inner, std::string where);

// The protocol that the handshake agreed on, "" without; `stream` must come from above.
std::string negotiated_protocol(const ByteStream& stream);

// Dials `inner`, then the handshake, which together may take `timeout`.
std::unique_ptr<Dialer> tls_dialer(rt::Runtime& runtime, std::unique_ptr<Dialer> inner,
                                   TlsClientOptions options,
                                   base::Duration timeout = std::chrono::seconds(10));
std::unique_ptr<Listener> tls_listener(rt::Runtime& runtime, std::unique_ptr<Listener> inner,
                                       TlsServerOptions options);

}  // namespace jibe::net
