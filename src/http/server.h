// An HTTP/1.1 server: byte streams in, a Handler behind.
#pragma once
#include <memory>
#include <string>

#include "http/message.h"
#include "net/stream.h"
#include "rt/runtime.h"

namespace jibe::http {

struct ServerOptions {
  // Between requests, for the rest of a request once it has begun, and for a write that the peer
  // does not take.
  base::Duration idle_timeout = std::chrono::seconds(180);
  base::Duration request_timeout = std::chrono::seconds(60);
  base::Duration write_timeout = std::chrono::seconds(60);
  size_t max_header_bytes = size_t{1} << 20;
  // Above the 3 MiB that kube-apiserver takes, so that its own check can answer.
  size_t max_body_bytes = size_t{16} << 20;
  // Bodies of known size from here on are packed where the client accepts gzip, as kube-apiserver
  // does; streaming bodies never.
  size_t gzip_from_bytes = size_t{128} << 10;
};

// Requests on one connection are answered one after the other. A response whose body does not know
// its size is streamed: every piece that read() gives is sent at once (a watch). When the client
// goes away while a body streams, or the connection breaks, the task that runs handle() and
// read() is cancelled. What a handler throws becomes a 500 with its sentence, or a cut connection
// where the head is already out. A response with status 101 and `upgraded` set: bytes are passed
// on in both directions until both ends are closed.
class Server {
 public:
  // The handler must outlive the server.
  Server(rt::Runtime& runtime, Handler& handler, ServerOptions options = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Accepts until cancelled, until stop(), or until the listener closes; then ends what is open.
  // May run for several listeners at once.
  Task<void> serve(net::Listener& listener);
  // One connection, to its end.
  Task<void> serve_stream(std::unique_ptr<net::ByteStream> stream);
  // Ends idle connections and streaming bodies at once, gives other requests `grace` to be
  // answered, then breaks off what is left. serve() returns.
  Task<void> stop(base::Duration grace = std::chrono::seconds(5));
  size_t connections() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace jibe::http
