#include "net/tls_engine.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <openssl/err.h>

#include "base/strings.h"
#include "pki/certificate.h"

namespace jibe::net {

namespace {

bool is_ip(const std::string& text) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, text.c_str(), bytes) == 1 ||
         inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

// Alerts by which a peer says that it does not like our certificate (RFC 8446 §6.2).
bool is_certificate_alert(int reason) {
  int alert = reason - SSL_AD_REASON_OFFSET;
  return (alert >= 41 && alert <= 46) || alert == 48 || alert == 116;
}

std::string names_in(const pki::CertificateInfo& info) {
  std::vector<std::string> names = info.dns_names;
  names.insert(names.end(), info.ips.begin(), info.ips.end());
  return names.empty() ? "no name at all" : base::join(names, ", ");
}

}  // namespace

TlsEngine::TlsEngine(const TlsContext& context, base::Time now, std::string where)
    : ssl_(SSL_new(context.ssl.get())),
      in_(BIO_new(BIO_s_mem())),
      out_(BIO_new(BIO_s_mem())),
      where_(std::move(where)),
      server_name_(context.server_name),
      role_(context.role) {
  pki::check(ssl_ && in_ && out_, "cannot prepare TLS");
  BIO_set_mem_eof_return(in_, -1);
  SSL_set_bio(ssl_.get(), in_, out_);
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_verify(ssl_.get(), SSL_get_verify_mode(ssl_.get()), verified);
  X509_VERIFY_PARAM* parameters = SSL_get0_param(ssl_.get());
  X509_VERIFY_PARAM_set_time(
      parameters, std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count());
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  if (role_ == TlsRole::kServer) {
    SSL_set_accept_state(ssl_.get());
    return;
  }
  SSL_set_connect_state(ssl_.get());
  if (server_name_.empty()) return;
  if (is_ip(server_name_)) {
    if (!context.insecure) X509_VERIFY_PARAM_set1_ip_asc(parameters, server_name_.c_str());
    return;
  }
  SSL_set_tlsext_host_name(ssl_.get(), server_name_.c_str());
  // As Go: a name in the subject alone does not count.
  X509_VERIFY_PARAM_set_hostflags(
      parameters, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (!context.insecure) SSL_set1_host(ssl_.get(), server_name_.c_str());
}

// OpenSSL forgets a certificate that it refuses; the sentence should tell whose it was.
int TlsEngine::verified(int ok, X509_STORE_CTX* context) {
  X509* leaf = X509_STORE_CTX_get0_cert(context);
  if (ok == 1 || leaf == nullptr) return ok;
  auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* engine = static_cast<TlsEngine*>(SSL_get_app_data(ssl));
  engine->refused_pem_ = pki::certificate_pem(leaf);
  return ok;
}

TlsStep TlsEngine::handshake() {
  ERR_clear_error();
  return step(SSL_do_handshake(ssl_.get()), true);
}

TlsStep TlsEngine::read(size_t limit, std::string& into) {
  ERR_clear_error();
  constexpr size_t kRecord = size_t{16} << 10;
  char buffer[kRecord];
  size_t count = 0;
  int result = SSL_read_ex(ssl_.get(), buffer, std::min(limit, kRecord), &count);
  if (result == 1) into.assign(buffer, count);
  return step(result, false);
}

TlsStep TlsEngine::write(std::string_view bytes) {
  ERR_clear_error();
  size_t count = 0;
  return step(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count), false);
}

void TlsEngine::close_notify() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

void TlsEngine::feed(std::string_view bytes) {
  size_t count = 0;
  pki::check(BIO_write_ex(in_, bytes.data(), bytes.size(), &count) == 1, "cannot buffer TLS data");
}

bool TlsEngine::has_output() const {
  return BIO_ctrl_pending(out_) > 0;
}

std::string TlsEngine::take_output() {
  std::string bytes(BIO_ctrl_pending(out_), '\0');
  size_t count = 0;
  if (!bytes.empty()) BIO_read_ex(out_, bytes.data(), bytes.size(), &count);
  bytes.resize(count);
  return bytes;
}

TlsStep TlsEngine::step(int result, bool handshaking) {
  if (result == 1) return TlsStep::kDone;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return TlsStep::kWantInput;
    case SSL_ERROR_ZERO_RETURN:
      if (!handshaking) return TlsStep::kEnd;
      [[fallthrough]];
    default:
      explain_failure(ERR_peek_last_error());
      ERR_clear_error();
      return TlsStep::kFailed;
  }
}

void TlsEngine::explain_failure(unsigned long code) {
  std::string_view other = role_ == TlsRole::kClient ? "server" : "client";
  int reason = ERR_GET_REASON(code);
  long verified = SSL_get_verify_result(ssl_.get());
  bool ours = reason == SSL_R_CERTIFICATE_VERIFY_FAILED;
  if (ours || is_certificate_alert(reason)) error_kind_ = ConnectError::Kind::kCertificate;
  if (ours &&
      (verified == X509_V_ERR_HOSTNAME_MISMATCH || verified == X509_V_ERR_IP_ADDRESS_MISMATCH)) {
    std::string names =
        refused_pem_.empty() ? "another name" : names_in(pki::inspect(refused_pem_));
    error_ = fmt::format("the {} at {} shows a certificate for {}, not for {}", other, where_,
                         names, server_name_);
  } else if (ours) {
    error_ = fmt::format("the certificate of the {} at {} is not trusted: {}", other, where_,
                         X509_verify_cert_error_string(verified));
  } else if (is_certificate_alert(reason)) {
    error_ = fmt::format("the {} at {} does not accept our certificate ({})", other, where_,
                         ERR_reason_error_string(code));
  } else if (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) {
    error_kind_ = ConnectError::Kind::kCertificate;
    error_ = fmt::format("the client at {} shows no certificate", where_);
  } else if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST ||
             reason == SSL_R_HTTPS_PROXY_REQUEST) {
    error_ = fmt::format("the {} at {} does not speak TLS", other, where_);
  } else {
    const char* text = code == 0 ? "it closed the connection" : ERR_reason_error_string(code);
    error_ = fmt::format("TLS with the {} at {} failed: {}", other, where_,
                         text != nullptr ? text : "unknown error");
  }
}

void TlsEngine::describe_peer(PeerInfo& peer) const {
  X509* certificate = SSL_get0_peer_certificate(ssl_.get());
  if (certificate == nullptr || SSL_get_verify_result(ssl_.get()) != X509_V_OK) return;
  peer.certificate_pem = pki::certificate_pem(certificate);
  auto info = pki::inspect(peer.certificate_pem);
  peer.common_name = info.common_name;
  peer.organizations = info.organizations;
  peer.dns_names = info.dns_names;
  peer.uris = info.uris;
}

std::string TlsEngine::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

}  // namespace jibe::net
