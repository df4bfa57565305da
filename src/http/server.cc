#include "http/server.h"

#include <list>

#include "base/error.h"
#include "http/server_connection.h"

namespace jibe::http {

struct Server::State {
  State(rt::Runtime& r, Handler& h, ServerOptions o)
      : runtime(r), handler(h), options(o), changed(r) {}

  static Task<void> accept_all(std::shared_ptr<State> state, net::Listener& listener,
                               rt::TaskGroup& group);
  static Task<void> serve_stream(std::shared_ptr<State> state,
                                 std::unique_ptr<net::ByteStream> stream);

  rt::Runtime& runtime;
  Handler& handler;
  ServerOptions options;
  // Lists keep the order of arrival, which a set of pointers would not.
  std::list<ServerConnection*> connections;
  std::list<net::Listener*> listeners;
  rt::Event changed;
  bool stopping = false;
};

Server::Server(rt::Runtime& runtime, Handler& handler, ServerOptions options)
    : state_(std::make_shared<State>(runtime, handler, options)) {}

Server::~Server() = default;

size_t Server::connections() const {
  return state_->connections.size();
}

Task<void> Server::serve_stream(std::unique_ptr<net::ByteStream> stream) {
  return State::serve_stream(state_, std::move(stream));
}

Task<void> Server::State::serve_stream(std::shared_ptr<State> state,
                                       std::unique_ptr<net::ByteStream> stream) {
  ServerConnection connection(state->runtime, state->handler, state->options, std::move(stream));
  auto place = state->connections.insert(state->connections.end(), &connection);
  std::exception_ptr error;
  try {
    if (!state->stopping) co_await connection.run();
  } catch (...) {
    error = std::current_exception();
  }
  state->connections.erase(place);
  state->changed.set();
  if (error) std::rethrow_exception(error);
}

Task<void> Server::State::accept_all(std::shared_ptr<State> state, net::Listener& listener,
                                     rt::TaskGroup& group) {
  while (!state->stopping) {
    auto stream = co_await listener.accept();
    if (!stream) co_return;
    group.spawn("http connection", serve_stream(state, std::move(stream)));
  }
}

Task<void> Server::serve(net::Listener& listener) {
  auto state = state_;
  auto place = state->listeners.insert(state->listeners.end(), &listener);
  rt::TaskGroup group(state->runtime);
  std::exception_ptr error;
  try {
    co_await State::accept_all(state, listener, group);
    // stop() decides how the connections end; a listener that was closed by others ends them now.
    if (state->stopping) co_await group.join();
  } catch (...) {
    error = std::current_exception();
  }
  state->listeners.erase(place);
  co_await group.stop();
  if (error) std::rethrow_exception(error);
}

Task<void> Server::stop(base::Duration grace) {
  auto state = state_;
  state->stopping = true;
  for (net::Listener* listener : state->listeners) listener->close();
  auto open = state->connections;
  for (ServerConnection* connection : open) connection->wind_down();
  base::Time deadline = state->runtime.now() + grace;
  while (!state->connections.empty()) {
    state->changed.reset();
    bool changed = co_await state->changed.wait_until(deadline);
    if (changed) continue;
    for (ServerConnection* connection : state->connections) connection->abort();
    deadline += std::chrono::seconds(1);
  }
}

}  // namespace jibe::http
