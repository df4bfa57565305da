// The Asio bodies of TCP.
#include "net/tcp.h"

#include <fmt/core.h>

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/coroutine.h"
#include "rt/sync.h"

namespace jibe::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

std::string join_host_port(std::string_view host, int port) {
  if (host.find(':') != std::string_view::npos) return fmt::format("[{}]:{}", host, port);
  return fmt::format("{}:{}", host, port);
}

namespace {

std::string text_of(const tcp::endpoint& endpoint) {
  return join_host_port(endpoint.address().to_string(), endpoint.port());
}

std::string sentence_part(const error_code& error) {
  if (error == asio::error::connection_refused) return "connection refused";
  if (error == asio::error::connection_reset) return "the other side reset it";
  if (error == asio::error::broken_pipe) return "the other side closed it";
  if (error == asio::error::timed_out) return "no answer";
  return error.message();
}

class TcpStream : public ByteStream {
 public:
  explicit TcpStream(tcp::socket socket) : socket_(std::move(socket)) {
    error_code ignored;
    peer_.address = text_of(socket_.remote_endpoint(ignored));
    socket_.non_blocking(true, ignored);
    socket_.set_option(tcp::no_delay(true), ignored);
    socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  }

  Task<std::string> read(size_t limit) override;
  std::optional<std::string> try_read(size_t limit) override;
  Task<void> write(std::string bytes) override;
  Task<void> shutdown() override;
  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }
  const PeerInfo& peer() const override { return peer_; }

 private:
  // Nullopt: nothing there yet.
  std::optional<std::string> receive(size_t limit, error_code& error);
  Task<void> wait_for(tcp::socket::wait_type what);
  // Lets other tasks run now and then, although this peer never makes us wait.
  Task<void> breathe();
  [[noreturn]] void fail(const error_code& error) const;

  tcp::socket socket_;
  PeerInfo peer_;
  unsigned without_wait_ = 0;
  // The last receive emptied the socket: the next one would only say that nothing is there.
  bool drained_ = false;
};

void TcpStream::fail(const error_code& error) const {
  if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor)
    throw base::Error(fmt::format("the connection to {} was closed on this side", peer_.address));
  throw base::Error(
      fmt::format("the connection to {} broke: {}", peer_.address, sentence_part(error)));
}

Task<void> TcpStream::wait_for(tcp::socket::wait_type what) {
  co_await rt::throw_if_cancelled();
  without_wait_ = 0;
  error_code error;
  co_await socket_.async_wait(what, asio::redirect_error(asio::use_awaitable, error));
  if (error == asio::error::operation_aborted) co_await rt::throw_if_cancelled();
  if (error) fail(error);
}

Task<void> TcpStream::breathe() {
  constexpr unsigned kOperationsInARow = 32;
  co_await rt::throw_if_cancelled();
  if (++without_wait_ < kOperationsInARow) co_return;
  without_wait_ = 0;
  co_await asio::post(socket_.get_executor(), asio::use_awaitable);
}

std::optional<std::string> TcpStream::receive(size_t limit, error_code& error) {
  // A buffer on the stack: an idle connection holds none, and a string gets its size at once.
  std::array<char, size_t{32} << 10> buffer;
  size_t room = std::min(limit, buffer.size());
  size_t count = socket_.read_some(asio::buffer(buffer.data(), room), error);
  if (error == asio::error::would_block || error == asio::error::try_again) {
    error = {};
    return std::nullopt;
  }
  drained_ = count < room;
  if (error == asio::error::eof) error = {};
  return std::string(buffer.data(), count);
}

Task<std::string> TcpStream::read(size_t limit) {
  co_await breathe();
  // Registering a wait reports what arrived before it, too.
  if (drained_) co_await wait_for(tcp::socket::wait_read);
  while (true) {
    error_code error;
    auto piece = receive(limit, error);
    if (error) fail(error);
    if (piece) co_return std::move(*piece);
    co_await wait_for(tcp::socket::wait_read);
  }
}

std::optional<std::string> TcpStream::try_read(size_t limit) {
  error_code error;
  auto piece = receive(limit, error);
  if (error) return "";
  return piece;
}

Task<void> TcpStream::write(std::string bytes) {
  co_await breathe();
  size_t sent = 0;
  while (sent < bytes.size()) {
    error_code error;
    sent += socket_.write_some(asio::buffer(bytes.data() + sent, bytes.size() - sent), error);
    if (error == asio::error::would_block || error == asio::error::try_again)
      co_await wait_for(tcp::socket::wait_write);
    else if (error)
      fail(error);
  }
}

Task<void> TcpStream::shutdown() {
  error_code error;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  if (error && error != asio::error::not_connected) fail(error);
  co_return;
}

class TcpListener : public Listener {
 public:
  TcpListener(rt::Runtime& runtime, const std::string& host, int port);

  Task<std::unique_ptr<ByteStream>> accept() override;
  std::string address() const override { return text_of(local_); }
  int port() const override { return local_.port(); }
  void close() override {
    error_code ignored;
    acceptor_.close(ignored);
  }

 private:
  rt::Runtime& runtime_;
  tcp::acceptor acceptor_;
  tcp::endpoint local_;
};

TcpListener::TcpListener(rt::Runtime& runtime, const std::string& host, int port)
    : runtime_(runtime), acceptor_(runtime.executor()) {
  error_code error;
  std::string literal = host == "localhost" ? "127.0.0.1" : host;
  auto ip = asio::ip::make_address(literal, error);
  if (error)
    throw base::InvalidInput(
        fmt::format("cannot listen on \"{}\": it is not an IP address of this machine", host));
  tcp::endpoint endpoint(ip, static_cast<unsigned short>(port));
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (!error) local_ = acceptor_.local_endpoint(error);
  if (error)
    throw base::Error(fmt::format("cannot listen on {}: {}", join_host_port(host, port),
                                  error == asio::error::address_in_use
                                      ? "another program listens there already"
                                      : error.message()));
}

Task<std::unique_ptr<ByteStream>> TcpListener::accept() {
  while (true) {
    co_await rt::throw_if_cancelled();
    if (!acceptor_.is_open()) co_return nullptr;
    error_code error;
    tcp::socket socket =
        co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (!error) co_return std::make_unique<TcpStream>(std::move(socket));
    if (error == asio::error::operation_aborted) continue;
    // A peer that gave up in the queue is no matter; running out of descriptors passes.
    if (error == asio::error::connection_aborted) continue;
    runtime_.log().warning("cannot accept a connection",
                           {{"address", address()}, {"error", error.message()}});
    co_await runtime_.sleep(std::chrono::milliseconds(100));
  }
}

class TcpDialer : public Dialer {
 public:
  TcpDialer(rt::Runtime& runtime, std::string host, int port, base::Duration timeout)
      : runtime_(runtime), host_(std::move(host)), port_(port), timeout_(timeout) {}

  Task<std::unique_ptr<ByteStream>> dial() override;
  std::string address() const override { return join_host_port(host_, port_); }

 private:
  struct Resolution {
    explicit Resolution(rt::Runtime& runtime) : done(runtime) {}
    rt::Event done;
    error_code error;
    std::vector<tcp::endpoint> endpoints;
  };

  Task<std::vector<tcp::endpoint>> resolve();
  Task<error_code> connect(tcp::socket& socket, tcp::endpoint endpoint);
  [[noreturn]] void fail(const error_code& error) const;

  rt::Runtime& runtime_;
  std::string host_;
  int port_;
  base::Duration timeout_;
};

void TcpDialer::fail(const error_code& error) const {
  using Kind = ConnectError::Kind;
  Kind kind = error == asio::error::connection_refused ? Kind::kRefused
              : error == asio::error::timed_out        ? Kind::kTimeout
                                                       : Kind::kUnreachable;
  throw ConnectError(kind,
                     fmt::format("cannot connect to {}: {}", address(), sentence_part(error)));
}

Task<std::vector<tcp::endpoint>> TcpDialer::resolve() {
  error_code error;
  auto port = static_cast<unsigned short>(port_);
  auto literal = asio::ip::make_address(host_, error);
  if (!error) co_return std::vector<tcp::endpoint>{tcp::endpoint(literal, port)};
  // The look-up runs on a thread of Asio's and cannot be interrupted: a cancelled task leaves its
  // result behind.
  auto resolution = std::make_shared<Resolution>(runtime_);
  tcp::resolver resolver(runtime_.executor());
  resolver.async_resolve(host_, std::to_string(port_),
                         [resolution](const error_code& e, tcp::resolver::results_type results) {
                           resolution->error = e;
                           for (const auto& result : results)
                             resolution->endpoints.push_back(result.endpoint());
                           resolution->done.set();
                         });
  bool known = co_await resolution->done.wait_until(runtime_.now() + timeout_);
  if (!known)
    throw ConnectError(
        ConnectError::Kind::kTimeout,
        fmt::format("cannot connect to {}: looking up the name took too long", address()));
  if (resolution->error || resolution->endpoints.empty())
    throw ConnectError(ConnectError::Kind::kNameUnknown,
                       fmt::format("cannot connect to {}: the name {} is unknown ({})", address(),
                                   host_, resolution->error.message()));
  co_return resolution->endpoints;
}

Task<error_code> TcpDialer::connect(tcp::socket& socket, tcp::endpoint endpoint) {
  co_await rt::throw_if_cancelled();
  error_code error;
  rt::Alarm alarm(runtime_, timeout_, [&socket] {
    error_code ignored;
    socket.close(ignored);
  });
  co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, error));
  if (error == asio::error::operation_aborted) co_await rt::throw_if_cancelled();
  if (alarm.rang()) error = asio::error::timed_out;
  co_return error;
}

Task<std::unique_ptr<ByteStream>> TcpDialer::dial() {
  auto endpoints = co_await resolve();
  error_code error;
  for (const auto& endpoint : endpoints) {
    tcp::socket socket(runtime_.executor());
    error = co_await connect(socket, endpoint);
    if (!error) co_return std::make_unique<TcpStream>(std::move(socket));
  }
  fail(error);
}

}  // namespace

std::unique_ptr<Listener> listen_tcp(rt::Runtime& runtime, std::string host, int port) {
  return std::make_unique<TcpListener>(runtime, host, port);
}

std::unique_ptr<Dialer> tcp_dialer(rt::Runtime& runtime, std::string host, int port,
                                   base::Duration timeout) {
  return std::make_unique<TcpDialer>(runtime, std::move(host), port, timeout);
}

}  // namespace jibe::net
