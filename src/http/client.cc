#include "http/client.h"

#include <fmt/core.h>

#include "base/error.h"
#include "http/client_connection.h"
#include "http/gzip.h"
#include "http/url.h"
#include "net/tcp.h"
#include "rt/sync.h"

namespace jibe::http {

namespace {

// A kept connection turned out to be closed before the server can have seen the request.
class StaleConnection : public base::Error {
 public:
  using Error::Error;
};

// What of a client does not change.
struct Origin {
  std::string host;  // the Host header
  std::string path;  // before every target, without a slash at its end
};

class Client : public Handler {
 public:
  Client(rt::Runtime& runtime, std::unique_ptr<net::Dialer> dialer, Origin origin,
         ClientOptions options)
      : runtime_(runtime),
        dialer_(std::move(dialer)),
        origin_(std::move(origin)),
        options_(std::move(options)),
        pool_(std::make_shared<ClientPool>(runtime, options_.max_idle, options_.idle_timeout)) {}

  Task<Response> handle(Request request) override;

 private:
  void complete(Request& request) const;
  Task<std::unique_ptr<ClientConnection>> connect();
  Task<Response> attempt(std::unique_ptr<ClientConnection> connection, const Request& request);
  Task<ResponseHead> exchange(ClientConnection& connection, const Request& request);
  Task<ResponseHead> read_head(ClientConnection& connection, const std::string& method);
  Task<Response> response_of(std::unique_ptr<ClientConnection> connection, ResponseHead head);
  std::string named(const Request& request) const {
    return fmt::format("{} {} at {}", request.method, request.target, dialer_->address());
  }

  rt::Runtime& runtime_;
  std::unique_ptr<net::Dialer> dialer_;
  Origin origin_;
  ClientOptions options_;
  std::shared_ptr<ClientPool> pool_;
};

// Doing these twice is as good as once (RFC 9110 §9.2.1).
bool is_safe(const std::string& method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE";
}

Task<Response> Client::handle(Request request) {
  bool own_encoding = request.headers.find("Accept-Encoding") != nullptr;
  complete(request);
  Response response;
  auto kept = pool_->take();
  bool stale = false;
  if (kept) {
    try {
      response = co_await attempt(std::move(kept), request);
    } catch (const StaleConnection&) {
      if (!is_safe(request.method)) throw;
      stale = true;
    }
  }
  if (stale || !response.body) {
    auto fresh = co_await connect();
    response = co_await attempt(std::move(fresh), request);
  }
  const std::string* coding = response.headers.find("Content-Encoding");
  if (!own_encoding && coding != nullptr && *coding == "gzip" && request.method != "HEAD") {
    response.body = gunzip_body(std::move(response.body));
    response.headers.erase("Content-Encoding");
    response.headers.erase("Content-Length");
  }
  co_return std::move(response);
}

void Client::complete(Request& request) const {
  request.target = origin_.path + request.target;
  Headers& headers = request.headers;
  if (headers.find("Host") == nullptr) headers.add("Host", origin_.host);
  headers.erase("Transfer-Encoding");
  bool writes = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (writes || !request.body.empty())
    headers.set("Content-Length", std::to_string(request.body.size()));
  else
    headers.erase("Content-Length");
  if (options_.accept_gzip && headers.find("Accept-Encoding") == nullptr)
    headers.add("Accept-Encoding", "gzip");
  if (options_.bearer_token && headers.find("Authorization") == nullptr) {
    std::string token = options_.bearer_token();
    if (!token.empty()) headers.add("Authorization", "Bearer " + token);
  }
}

Task<std::unique_ptr<ClientConnection>> Client::connect() {
  std::unique_ptr<net::ByteStream> stream;
  bool late = false;
  try {
    stream = co_await rt::within(runtime_, options_.connect_timeout,
                                 "connecting to " + dialer_->address(), dialer_->dial());
  } catch (const base::DeadlineExceeded&) {
    late = true;
  }
  if (late)
    throw net::ConnectError(
        net::ConnectError::Kind::kTimeout,
        fmt::format("cannot connect to {}: no answer in time", dialer_->address()));
  co_return std::make_unique<ClientConnection>(std::move(stream));
}

Task<Response> Client::attempt(std::unique_ptr<ClientConnection> connection,
                               const Request& request) {
  std::optional<rt::Alarm> alarm;
  net::ByteStream* stream = connection->stream.get();
  if (options_.response_timeout > base::Duration{})
    alarm.emplace(runtime_, options_.response_timeout, [stream] { stream->close(); });
  std::string failure;
  bool heard = true;
  try {
    ResponseHead head = co_await exchange(*connection, request);
    alarm.reset();
    auto response = co_await response_of(std::move(connection), std::move(head));
    co_return std::move(response);
  } catch (const net::ConnectError&) {
    // TLS 1.3 servers judge a client's certificate only after the handshake.
    throw;
  } catch (const base::Cancelled&) {
    throw;
  } catch (const base::InvalidInput&) {
    throw;
  } catch (const base::Error& e) {
    failure = e.what();
    heard = connection == nullptr || connection->input.size() > 0;
  }
  if (alarm && alarm->rang())
    throw base::DeadlineExceeded(fmt::format("{} was not answered in time", named(request)));
  std::string sentence = fmt::format("{} failed: {}", named(request), failure);
  if (connection && connection->reused && !heard) throw StaleConnection(sentence);
  throw base::Error(sentence);
}

Task<ResponseHead> Client::exchange(ClientConnection& connection, const Request& request) {
  std::string out = encode_head(request.method, request.target, request.headers);
  out += request.body;
  std::string failure;
  try {
    co_await connection.stream->write(std::move(out));
  } catch (const base::Cancelled&) {
    throw;
  } catch (const base::Error& e) {
    failure = e.what();
  }
  // A server may answer without having read everything, and then close.
  ResponseHead head;
  try {
    head = co_await read_head(connection, request.method);
  } catch (const base::Cancelled&) {
    throw;
  } catch (const base::Error&) {
    if (failure.empty()) throw;
  }
  if (head.status == 0) throw base::Error(failure);
  if (!failure.empty()) head.framing.keep_alive = false;
  co_return std::move(head);
}

Task<ResponseHead> Client::read_head(ClientConnection& connection, const std::string& method) {
  HeadParser parser{Limits()};
  while (true) {
    auto head = parser.response(connection.input, method);
    bool interim = head && head->status < 200 && head->status != 101;
    if (interim) continue;
    if (head) co_return std::move(*head);
    bool more = co_await connection.more_input();
    if (!more) throw base::Error("the server closed the connection without an answer");
  }
}

Task<Response> Client::response_of(std::unique_ptr<ClientConnection> connection,
                                   ResponseHead head) {
  Response response;
  response.status = head.status;
  response.headers = std::move(head.headers);
  if (head.status == 101) {
    response.body = text_body("");
    response.upgraded = upgraded_stream(std::move(connection));
    co_return std::move(response);
  }
  bool all_here =
      head.framing.kind == BodyKind::kNone ||
      (head.framing.kind == BodyKind::kLength && connection->input.size() >= head.framing.length);
  auto body = connection_body(std::move(connection), pool_, head.framing, dialer_->address());
  // A body that has arrived already gives its connection back whether it will be read or not.
  if (all_here) {
    std::string text = co_await read_all(*body);
    body = text_body(std::move(text));
  }
  response.body = std::move(body);
  co_return std::move(response);
}

}  // namespace

std::unique_ptr<Handler> make_client(rt::Runtime& runtime, std::string_view base_url,
                                     net::TlsClientOptions tls, ClientOptions options) {
  Url url = parse_url(base_url);
  Origin origin;
  bool standard = url.port == (url.scheme == "https" ? 443 : 80);
  origin.host = net::join_host_port(url.host, url.port);
  if (standard) origin.host.resize(origin.host.rfind(':'));
  origin.path = url.target.substr(0, url.target.find('?'));
  while (!origin.path.empty() && origin.path.back() == '/') origin.path.pop_back();
  auto dialer = net::tcp_dialer(runtime, url.host, url.port, options.connect_timeout);
  if (url.scheme == "https") {
    if (tls.server_name.empty()) tls.server_name = url.host;
    dialer = net::tls_dialer(runtime, std::move(dialer), std::move(tls), options.connect_timeout);
  }
  return std::make_unique<Client>(runtime, std::move(dialer), std::move(origin),
                                  std::move(options));
}

std::unique_ptr<Handler> make_client(rt::Runtime& runtime, std::unique_ptr<net::Dialer> dialer,
                                     std::string host, ClientOptions options) {
  return std::make_unique<Client>(runtime, std::move(dialer), Origin{std::move(host), ""},
                                  std::move(options));
}

}  // namespace jibe::http
