// An HTTP/1.1 client for one server, as a Handler.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "http/message.h"
#include "net/stream.h"
#include "net/tls.h"
#include "rt/runtime.h"

namespace jibe::http {

struct ClientOptions {
  // From the request's first byte until the response's head is there; 0 = no limit.
  base::Duration response_timeout = std::chrono::seconds(60);
  base::Duration connect_timeout = std::chrono::seconds(10);
  // Connections kept for later, and for how long.
  size_t max_idle = 16;
  base::Duration idle_timeout = std::chrono::seconds(90);
  // Asks for gzip and unpacks it.
  bool accept_gzip = true;
  // Sent as "Authorization: Bearer …" where it is set, gives a token, and the request has none.
  std::function<std::string()> bearer_token;
};

// Keeps connections alive between requests. A response's body that dies unread closes its
// connection; one that is read to the end gives it back. A request that meets a kept connection
// which the server has just closed is sent once more where its method is safe (GET, HEAD, OPTIONS,
// TRACE). A response with status 101 has the connection in Response::upgraded.
//
// handle() throws net::ConnectError, base::DeadlineExceeded, base::Cancelled, or base::Error where
// the server broke off or spoke no HTTP.
//
// `base_url`'s path is put before every target. The client must outlive its responses' bodies.
std::unique_ptr<Handler> make_client(rt::Runtime& runtime, std::string_view base_url,
                                     net::TlsClientOptions tls = {}, ClientOptions options = {});
// Over connections of any kind; `host` is the Host header.
std::unique_ptr<Handler> make_client(rt::Runtime& runtime, std::unique_ptr<net::Dialer> dialer,
                                     std::string host, ClientOptions options = {});

}  // namespace jibe::http
