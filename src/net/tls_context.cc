// Certificates, keys and rules of one side, parsed once.
#include <fmt/core.h>

#include "net/tls_engine.h"

namespace jibe::net {

namespace {

SslContextPtr new_context(const SSL_METHOD* method) {
  SslContextPtr context(SSL_CTX_new(method));
  pki::check(context != nullptr, "cannot prepare TLS");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // Without resumption every connection shows its certificates, and none outlives their rotation.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context.get(), 0);
  return context;
}

void use_identity(SSL_CTX* context, const std::string& cert_pem, const std::string& key_pem,
                  const std::string& whose) {
  auto chain = pki::parse_certificates(cert_pem, "the certificate of the " + whose);
  auto key = pki::parse_key(key_pem, "the key of the " + whose);
  if (X509_check_private_key(chain.front().get(), key.get()) != 1) {
    pki::openssl_error();
    throw base::InvalidInput(
        fmt::format("the key of the {} does not belong to its certificate", whose));
  }
  pki::check(SSL_CTX_use_certificate(context, chain.front().get()) == 1 &&
                 SSL_CTX_use_PrivateKey(context, key.get()) == 1,
             fmt::format("cannot use the certificate of the {}", whose));
  for (size_t i = 1; i < chain.size(); ++i)
    pki::check(SSL_CTX_add1_chain_cert(context, chain[i].get()) == 1,
               fmt::format("cannot use the certificate chain of the {}", whose));
}

void trust(SSL_CTX* context, const std::string& ca_pem) {
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  for (const auto& root : pki::parse_certificates(ca_pem, "the CA bundle"))
    X509_STORE_add_cert(store, root.get());
}

std::string wire_form(const std::vector<std::string>& protocols) {
  std::string wire;
  for (const auto& name : protocols) {
    JIBE_ASSERT(!name.empty() && name.size() < 256);
    wire += static_cast<char>(name.size());
    wire += name;
  }
  return wire;
}

// The server's first preference that the client offers; without overlap the connection goes on
// without a protocol, as clients expect that know none but HTTP/1.1.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void* context) {
  const std::string& wire = static_cast<TlsContext*>(context)->alpn;
  unsigned char* found = nullptr;
  int result = SSL_select_next_proto(&found, chosen_size,
                                     reinterpret_cast<const unsigned char*>(wire.data()),
                                     static_cast<unsigned>(wire.size()), offered, offered_size);
  if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

std::shared_ptr<TlsContext> make_tls_client_context(const TlsClientOptions& options) {
  auto context = std::make_shared<TlsContext>();
  context->ssl = new_context(TLS_client_method());
  context->role = TlsRole::kClient;
  context->server_name = options.server_name;
  context->insecure = options.insecure;
  SSL_CTX* ssl = context->ssl.get();
  SSL_CTX_set_verify(ssl, options.insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  if (!options.ca_pem.empty())
    trust(ssl, options.ca_pem);
  else if (!options.insecure)
    pki::check(SSL_CTX_set_default_verify_paths(ssl) == 1, "cannot read the system's CAs");
  if (options.cert_pem.empty() != options.key_pem.empty())
    throw base::InvalidInput("a client certificate needs its key, and a key its certificate");
  if (!options.cert_pem.empty()) use_identity(ssl, options.cert_pem, options.key_pem, "client");
  std::string alpn = wire_form(options.alpn);
  if (!alpn.empty())
    SSL_CTX_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(alpn.data()),
                            static_cast<unsigned>(alpn.size()));
  return context;
}

std::shared_ptr<TlsContext> make_tls_server_context(const TlsServerOptions& options) {
  auto context = std::make_shared<TlsContext>();
  context->ssl = new_context(TLS_server_method());
  context->role = TlsRole::kServer;
  context->handshake_timeout = options.handshake_timeout;
  SSL_CTX* ssl = context->ssl.get();
  use_identity(ssl, options.cert_pem, options.key_pem, "server");
  if (options.client_certificate != ClientCertificate::kNone) {
    trust(ssl, options.client_ca_pem);
    for (const auto& ca : pki::parse_certificates(options.client_ca_pem, "the clients' CA bundle"))
      SSL_CTX_add_client_CA(ssl, ca.get());
    int mode = SSL_VERIFY_PEER;
    if (options.client_certificate == ClientCertificate::kRequired)
      mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX_set_verify(ssl, mode, nullptr);
  }
  context->alpn = wire_form(options.alpn);
  if (!context->alpn.empty()) SSL_CTX_set_alpn_select_cb(ssl, choose_protocol, context.get());
  return context;
}

}  // namespace jibe::net
