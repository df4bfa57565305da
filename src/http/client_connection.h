// One connection of a client, and the store of those that wait for their next request; private to
// http.
#pragma once
#include <deque>
#include <memory>
#include <string>

#include "base/coroutine.h"
#include "http/codec.h"
#include "net/stream.h"
#include "rt/runtime.h"

namespace jibe::http {

struct ClientConnection {
  explicit ClientConnection(std::unique_ptr<net::ByteStream> s) : stream(std::move(s)) {}
  // False where the server has ended it meanwhile, or has sent what nobody asked for.
  bool usable() const { return input.size() == 0 && !stream->try_read(1); }
  // Reads once; false at the end.
  Task<bool> more_input();

  std::unique_ptr<net::ByteStream> stream;
  InputBuffer input;
  base::Time idle_since;
  bool reused = false;
};

class ClientPool {
 public:
  ClientPool(rt::Runtime& runtime, size_t max_idle, base::Duration idle_timeout)
      : runtime_(runtime), max_idle_(max_idle), idle_timeout_(idle_timeout) {}
  // The youngest that is still good, or nullptr.
  std::unique_ptr<ClientConnection> take();
  void put(std::unique_ptr<ClientConnection> connection);

 private:
  rt::Runtime& runtime_;
  size_t max_idle_;
  base::Duration idle_timeout_;
  std::deque<std::unique_ptr<ClientConnection>> idle_;
};

// Reads the rest of a response from its connection, which then goes back to the pool where
// `reusable`, or dies with the body.
std::unique_ptr<Body> connection_body(std::unique_ptr<ClientConnection> connection,
                                      std::shared_ptr<ClientPool> pool, const Framing& framing,
                                      std::string where);

// The connection after a switch of protocols; what was read too far comes first.
std::shared_ptr<net::ByteStream> upgraded_stream(std::unique_ptr<ClientConnection> connection);

}  // namespace jibe::http
