// TLS without a socket: bytes in, bytes out; private to net.
#pragma once
#include <openssl/ssl.h>

#include <optional>
#include <string>
#include <string_view>

#include "net/stream.h"
#include "net/tls.h"
#include "pki/openssl.h"

namespace jibe::net {

using SslPtr = std::unique_ptr<SSL, pki::Freer<SSL_free>>;
using SslContextPtr = std::unique_ptr<SSL_CTX, pki::Freer<SSL_CTX_free>>;

enum class TlsRole { kClient, kServer };

class TlsContext {
 public:
  SslContextPtr ssl;
  TlsRole role = TlsRole::kClient;
  std::string server_name;
  bool insecure = false;
  // ALPN in wire form: each name after its length.
  std::string alpn;
  base::Duration handshake_timeout{};
};

// What an operation gave. kWantInput: feed() what the peer sends, then ask again.
enum class TlsStep { kDone, kWantInput, kEnd, kFailed };

class TlsEngine {
 public:
  // Certificates are judged at `now`. `where` names the peer in error().
  TlsEngine(const TlsContext& context, base::Time now, std::string where);
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;

  TlsStep handshake();
  // kDone: `into` holds at least one byte.
  TlsStep read(size_t limit, std::string& into);
  TlsStep write(std::string_view bytes);
  // Says goodbye to the peer.
  void close_notify();

  void feed(std::string_view bytes);
  bool has_output() const;
  std::string take_output();

  // After kFailed: the sentence, and whose fault it was.
  const std::string& error() const { return error_; }
  ConnectError::Kind error_kind() const { return error_kind_; }

  // After the handshake.
  void describe_peer(PeerInfo& peer) const;
  std::string protocol() const;

 private:
  static int verified(int ok, X509_STORE_CTX* context);
  TlsStep step(int result, bool handshaking);
  void explain_failure(unsigned long code);

  SslPtr ssl_;
  BIO* in_ = nullptr;   // owned by ssl_
  BIO* out_ = nullptr;  // owned by ssl_
  std::string where_;
  std::string server_name_;
  std::string refused_pem_;  // the peer's certificate, where we refused it
  std::string error_;
  ConnectError::Kind error_kind_ = ConnectError::Kind::kProtocol;
  TlsRole role_;
};

}  // namespace jibe::net
