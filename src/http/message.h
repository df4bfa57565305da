// HTTP messages as values, whatever the version of the protocol that carries them.
#pragma once
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/task.h"

namespace jibe::net {
class ByteStream;
}

namespace jibe::http {

// Ordered; names compare without regard to case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

  void add(std::string name, std::string value);
  // Replaces every field of that name.
  void set(std::string_view name, std::string value);
  void erase(std::string_view name);
  // The first field's value, or nullptr.
  const std::string* find(std::string_view name) const;
  // The first field's value, or "".
  const std::string& get(std::string_view name) const;
  // True where a comma-separated list field holds the token, ignoring case.
  bool has_token(std::string_view name, std::string_view token) const;
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// A body that arrives in pieces.
class Body {
 public:
  virtual ~Body() = default;
  // The next piece, never empty; the empty string is the end. Throws base::Error where the peer
  // broke off, base::Cancelled on cancellation.
  virtual Task<std::string> read() = 0;
  // How many bytes are left, where that is known before reading.
  virtual std::optional<size_t> size() const { return std::nullopt; }
};

// A body that is already there.
std::unique_ptr<Body> text_body(std::string text);
// Reads to the end. Throws where more than `limit` bytes come.
Task<std::string> read_all(Body& body, size_t limit = size_t{256} << 20);

struct Request {
  std::string method = "GET";
  // Origin form: path and query, percent-encoded as on the wire.
  std::string target = "/";
  Headers headers;
  // Requests are small in this program; responses may stream.
  std::string body;
  // Set by a server: who the transport says the peer is.
  std::shared_ptr<const struct Peer> peer;
};

// What the transport knows about the other side.
struct Peer {
  std::string address;
  // Subject of a verified client certificate, RFC 4514 parts; empty where there is none.
  std::string common_name;
  std::vector<std::string> organizations;
  std::vector<std::string> dns_names;
  std::vector<std::string> uris;
};

struct Response {
  int status = 200;
  Headers headers;
  // Never null in a response that a Handler gives.
  std::unique_ptr<Body> body;
  // With status 101 only: the connection from here on (WebSocket, SPDY). A handler gives one end of
  // a pipe; a client gives its connection. So an upgrade also works without a socket between them.
  std::shared_ptr<net::ByteStream> upgraded;
};

Response make_response(int status, std::string content_type, std::string body);

// Answers requests: implemented by servers' handlers, and by clients (where it means "send this and
// give me the answer"), so a client may be joined straight to a handler without a socket.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual Task<Response> handle(Request request) = 0;
};

// Reason phrases of RFC 9110; "" for unknown codes.
std::string_view reason_phrase(int status);

}  // namespace jibe::http
