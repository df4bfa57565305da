#include "http/server_connection.h"

#include <fmt/core.h>

#include "base/error.h"
#include "http/date.h"
#include "http/gzip.h"

namespace jibe::http {

namespace {

// Input that is kept for a request that is not being read yet.
constexpr size_t kReadAhead = size_t{256} << 10;
constexpr auto kLinger = std::chrono::seconds(1);

std::shared_ptr<const Peer> peer_of(const net::PeerInfo& info) {
  auto peer = std::make_shared<Peer>();
  peer->address = info.address;
  peer->common_name = info.common_name;
  peer->organizations = info.organizations;
  peer->dns_names = info.dns_names;
  peer->uris = info.uris;
  return peer;
}

bool has_no_body(int status) {
  return status < 200 || status == 204 || status == 304;
}

}  // namespace

ServerConnection::ServerConnection(rt::Runtime& runtime, Handler& handler,
                                   const ServerOptions& options,
                                   std::unique_ptr<net::ByteStream> stream)
    : runtime_(runtime),
      handler_(handler),
      options_(options),
      stream_(std::move(stream)),
      tasks_(runtime),
      heads_(Limits{options.max_header_bytes, Limits().header_count}),
      arrived_(runtime),
      consumed_(runtime) {}

Task<void> ServerConnection::run() {
  std::exception_ptr error;
  try {
    co_await stream_->ready();
    peer_ = peer_of(stream_->peer());
    tasks_.spawn("http reader", read_input());
    tasks_.spawn("http connection", serve());
    co_await tasks_.join();
  } catch (const base::Cancelled&) {
    error = std::current_exception();
  } catch (const base::Error& e) {
    runtime_.log().debug("connection failed",
                         {{"peer", stream_->peer().address}, {"error", e.what()}});
  }
  stream_->close();
  if (error) std::rethrow_exception(error);
}

void ServerConnection::wind_down() {
  stopping_ = true;
  if (idle_ || streaming_) tasks_.cancel();
}

Task<void> ServerConnection::read_input() {
  bool broken = false;
  try {
    co_await fill_input();
  } catch (const base::Cancelled&) {
    throw;
  } catch (const base::Error&) {
    broken = true;
  }
  ended_ = true;
  arrived_.set();
  // A client that merely ends its side may still want an answer (it piped a request in), but
  // nobody is left to watch.
  if (broken || streaming_) tasks_.cancel();
}

Task<void> ServerConnection::fill_input() {
  while (true) {
    std::string piece = co_await stream_->read();
    if (piece.empty()) co_return;
    if (discarding_) continue;
    input_.append(piece);
    arrived_.set();
    while (input_.size() > kReadAhead) {
      consumed_.reset();
      co_await consumed_.wait();
    }
  }
}

Task<void> ServerConnection::serve() {
  int status = 0;
  std::string sentence;
  try {
    co_await serve_requests();
  } catch (const base::Cancelled&) {
    throw;
  } catch (const ProtocolError& e) {
    status = e.status();
    sentence = e.what();
  } catch (const base::Error& e) {
    sentence = e.what();
  }
  // Whatever fails on the way out fails because the client is gone.
  if (!sentence.empty())
    runtime_.log().debug("connection ended", {{"peer", peer_->address}, {"error", sentence}});
  try {
    if (status != 0) co_await refuse(status, sentence);
    co_await say_goodbye();
  } catch (const base::Cancelled&) {
    throw;
  } catch (const base::Error&) {
  }
  stream_->close();
}

Task<void> ServerConnection::say_goodbye() {
  rt::Alarm alarm(runtime_, kLinger, [this] { stream_->close(); });
  co_await stream_->shutdown();
}

Task<void> ServerConnection::serve_requests() {
  bool keep_alive = true;
  while (keep_alive && !stopping_) {
    auto head = co_await next_request();
    if (!head) co_return;
    idle_ = false;
    Request request;
    request.body = co_await read_body(*head);
    request.method = head->method;
    request.target = head->target;
    request.headers = head->headers;
    request.peer = peer_;
    auto response = co_await answer(std::move(request));
    if (response.status == 101 && response.upgraded) {
      co_await send(encode_head(101, response.headers));
      co_await serve_tunnel(*response.upgraded);
      co_return;
    }
    keep_alive = co_await respond(*head, std::move(response));
    idle_ = true;
  }
}

Task<std::optional<RequestHead>> ServerConnection::next_request() {
  base::Time deadline = runtime_.now() + options_.idle_timeout;
  bool begun = false;
  while (true) {
    auto head = heads_.request(input_);
    consumed_.set();
    if (head) co_return std::move(*head);
    if (ended_) co_return std::nullopt;
    if (!begun && input_.size() > 0) {
      begun = true;
      deadline = std::min(deadline, runtime_.now() + options_.request_timeout);
    }
    arrived_.reset();
    bool arrived = co_await arrived_.wait_until(deadline);
    if (arrived) continue;
    if (begun) throw ProtocolError(408, "the request did not arrive in time");
    co_return std::nullopt;
  }
}

Task<std::string> ServerConnection::read_body(const RequestHead& head) {
  if (head.framing.kind == BodyKind::kNone) co_return "";
  if (head.framing.length > options_.max_body_bytes)
    throw ProtocolError(
        413, fmt::format("the request's body is larger than {} bytes", options_.max_body_bytes));
  if (head.headers.has_token("Expect", "100-continue") && input_.size() == 0)
    co_await send("HTTP/1.1 100 Continue\r\n\r\n");
  base::Time deadline = runtime_.now() + options_.request_timeout;
  BodyDecoder decoder(head.framing);
  std::string body;
  while (true) {
    auto piece = decoder.next(input_);
    consumed_.set();
    if (piece) body += *piece;
    if (decoder.done()) co_return body;
    if (body.size() > options_.max_body_bytes)
      throw ProtocolError(
          413, fmt::format("the request's body is larger than {} bytes", options_.max_body_bytes));
    if (!piece) co_await more_input(deadline);
  }
}

Task<void> ServerConnection::more_input(base::Time deadline) {
  if (ended_) throw ProtocolError(400, "the client broke off in the middle of a request");
  arrived_.reset();
  bool arrived = co_await arrived_.wait_until(deadline);
  if (!arrived) throw ProtocolError(408, "the request did not arrive in time");
}

Task<Response> ServerConnection::answer(Request request) {
  std::string sentence;
  std::string what = request.method + " " + request.target;
  try {
    Response response = co_await handler_.handle(std::move(request));
    JIBE_ASSERT(response.body || response.status == 101);
    co_return std::move(response);
  } catch (const std::exception& e) {
    sentence = e.what();
  }
  co_await rt::throw_if_cancelled();
  runtime_.log().error("request failed", {{"request", what}, {"error", sentence}});
  co_return make_response(500, "text/plain; charset=utf-8", sentence + "\n");
}

Task<bool> ServerConnection::respond(const RequestHead& head, Response response) {
  co_await pack(head, response);
  Headers headers = std::move(response.headers);
  headers.erase("Content-Length");
  headers.erase("Transfer-Encoding");
  if (headers.find("Date") == nullptr) headers.add("Date", http_date(runtime_.now()));
  bool keep_alive =
      head.framing.keep_alive && !stopping_ && !headers.has_token("Connection", "close");
  auto size = response.body->size();
  bool bodiless = head.method == "HEAD" || has_no_body(response.status);
  // Without chunks (HTTP/1.0) only the end of the connection ends a body of unknown size.
  if (!bodiless && !size && head.minor_version == 0) keep_alive = false;
  if (!keep_alive) headers.set("Connection", "close");
  if (keep_alive && head.minor_version == 0) headers.set("Connection", "keep-alive");
  if (bodiless) {
    if (size && !has_no_body(response.status)) headers.add("Content-Length", std::to_string(*size));
    co_await send(encode_head(response.status, headers));
  } else if (size) {
    co_await send_sized(std::move(response), std::move(headers));
  } else {
    bool whole = co_await send_stream(head, std::move(response), std::move(headers));
    keep_alive = keep_alive && whole;
  }
  co_return keep_alive;
}

Task<void> ServerConnection::pack(const RequestHead& head, Response& response) {
  auto size = response.body->size();
  if (!size || *size < options_.gzip_from_bytes || has_no_body(response.status)) co_return;
  if (!head.headers.has_token("Accept-Encoding", "gzip")) co_return;
  if (response.headers.find("Content-Encoding") != nullptr) co_return;
  std::string text = co_await read_all(*response.body);
  std::string packed;
  auto work = [&text, &packed] { packed = gzip(text); };
  co_await runtime_.compute(work);
  response.body = text_body(std::move(packed));
  response.headers.add("Content-Encoding", "gzip");
  response.headers.add("Vary", "Accept-Encoding");
}

Task<void> ServerConnection::send_sized(Response response, Headers headers) {
  size_t left = *response.body->size();
  headers.add("Content-Length", std::to_string(left));
  std::string out = encode_head(response.status, headers);
  while (left > 0) {
    std::string piece = co_await response.body->read();
    if (piece.empty() || piece.size() > left)
      throw base::Error("a response's body is not as long as it says");
    left -= piece.size();
    out += piece;
    co_await send(std::exchange(out, {}));
  }
  if (!out.empty()) co_await send(std::move(out));
}

Task<bool> ServerConnection::send_stream(const RequestHead& head, Response response,
                                         Headers headers) {
  bool chunked = head.minor_version >= 1;
  if (chunked) headers.add("Transfer-Encoding", "chunked");
  // At once: whoever watches waits for the head before anything has happened.
  co_await send(encode_head(response.status, headers));
  if (ended_) co_return false;
  streaming_ = true;
  if (stopping_) co_return false;
  std::string failure;
  try {
    while (true) {
      std::string piece = co_await response.body->read();
      if (piece.empty()) break;
      if (chunked) piece = encode_chunk(piece);
      co_await send(std::move(piece));
    }
  } catch (const base::Cancelled&) {
    throw;
  } catch (const base::Error& e) {
    failure = e.what();
  }
  streaming_ = false;
  if (!failure.empty()) {
    // Without the last chunk the client sees that the body is incomplete.
    runtime_.log().error("a streaming response broke off", {{"error", failure}});
    co_return false;
  }
  if (chunked) co_await send(std::string(kLastChunk));
  co_return !ended_;
}

Task<void> ServerConnection::serve_tunnel(net::ByteStream& other) {
  co_await rt::with_group(runtime_, [this, &other](rt::TaskGroup& group) {
    group.spawn("http tunnel", tunnel_out(other));
    return tunnel_in(other);
  });
}

Task<void> ServerConnection::tunnel_in(net::ByteStream& other) {
  constexpr size_t kPiece = size_t{64} << 10;
  while (true) {
    if (input_.size() > 0) {
      std::string piece = input_.take(kPiece);
      consumed_.set();
      co_await other.write(std::move(piece));
    } else if (ended_) {
      break;
    } else {
      arrived_.reset();
      co_await arrived_.wait();
    }
  }
  co_await other.shutdown();
}

Task<void> ServerConnection::tunnel_out(net::ByteStream& other) {
  try {
    while (true) {
      std::string piece = co_await other.read();
      if (piece.empty()) break;
      co_await send(std::move(piece));
    }
    co_await say_goodbye();
  } catch (const base::Cancelled&) {
    throw;
  } catch (const base::Error&) {
    // Ends the reader, and with it the other direction.
    stream_->close();
  }
}

Task<void> ServerConnection::refuse(int status, std::string sentence) {
  discarding_ = true;
  consumed_.set();
  Headers headers{{"Content-Type", "text/plain; charset=utf-8"}, {"Connection", "close"}};
  sentence += '\n';
  headers.add("Content-Length", std::to_string(sentence.size()));
  co_await send(encode_head(status, headers) + sentence);
  co_await say_goodbye();
  // Closing with unread input would reset the connection and might take the answer with it.
  base::Time deadline = runtime_.now() + kLinger;
  while (!ended_ && runtime_.now() < deadline) {
    arrived_.reset();
    co_await arrived_.wait_until(deadline);
  }
}

Task<void> ServerConnection::send(std::string bytes) {
  rt::Alarm alarm(runtime_, options_.write_timeout, [this] { stream_->close(); });
  co_await stream_->write(std::move(bytes));
}

}  // namespace jibe::http
