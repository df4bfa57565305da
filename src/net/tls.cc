// TLS streams: the engine between two byte streams.
#include "net/tls.h"

#include <fmt/core.h>

#include "base/coroutine.h"
#include "net/tls_engine.h"
#include "rt/sync.h"

namespace jibe::net {

namespace {

class TlsStream : public ByteStream {
 public:
  TlsStream(rt::Runtime& runtime, std::shared_ptr<TlsContext> context,
            std::unique_ptr<ByteStream> inner, std::string where)
      : runtime_(runtime),
        context_(std::move(context)),
        inner_(std::move(inner)),
        engine_(*context_, runtime.now(), where),
        where_(std::move(where)),
        changed_(runtime),
        peer_(inner_->peer()) {}

  Task<void> ready() override;
  Task<std::string> read(size_t limit) override;
  std::optional<std::string> try_read(size_t limit) override;
  Task<void> write(std::string bytes) override;
  Task<void> shutdown() override;
  void close() override;
  const PeerInfo& peer() const override { return peer_; }
  std::string protocol() const { return engine_.protocol(); }

 private:
  enum class State { kNew, kHandshaking, kReady, kBroken };

  Task<void> handshake();
  Task<void> handshake_steps();
  // Sends what the engine has produced. Reader and writer may both come here: one sends, the other
  // waits for it.
  Task<void> flush();
  Task<void> send_output();
  // One step of input; false at the peer's end.
  Task<bool> feed();
  [[noreturn]] void fail();

  rt::Runtime& runtime_;
  std::shared_ptr<TlsContext> context_;
  std::unique_ptr<ByteStream> inner_;
  TlsEngine engine_;
  std::string where_;
  State state_ = State::kNew;
  bool flushing_ = false;
  rt::Event changed_;
  PeerInfo peer_;
};

void TlsStream::fail() {
  state_ = State::kBroken;
  throw ConnectError(engine_.error_kind(), engine_.error());
}

Task<void> TlsStream::ready() {
  while (state_ == State::kHandshaking) {
    changed_.reset();
    co_await changed_.wait();
  }
  if (state_ == State::kReady) co_return;
  if (state_ == State::kBroken)
    throw base::Error(fmt::format("the TLS connection to {} is broken", where_));
  state_ = State::kHandshaking;
  std::exception_ptr error;
  try {
    co_await handshake();
    engine_.describe_peer(peer_);
    state_ = State::kReady;
  } catch (...) {
    error = std::current_exception();
    state_ = State::kBroken;
  }
  changed_.set();
  if (!error) co_return;
  inner_->close();
  std::rethrow_exception(error);
}

Task<void> TlsStream::handshake() {
  if (context_->handshake_timeout == base::Duration{}) {
    co_await handshake_steps();
    co_return;
  }
  rt::Alarm alarm(runtime_, context_->handshake_timeout, [this] { inner_->close(); });
  std::exception_ptr error;
  try {
    co_await handshake_steps();
  } catch (...) {
    error = std::current_exception();
  }
  if (alarm.rang())
    throw ConnectError(ConnectError::Kind::kTimeout,
                       fmt::format("the TLS handshake with {} took too long", where_));
  if (error) std::rethrow_exception(error);
}

Task<void> TlsStream::handshake_steps() {
  while (true) {
    TlsStep step = engine_.handshake();
    co_await flush();
    if (step == TlsStep::kDone) co_return;
    if (step != TlsStep::kWantInput) fail();
    bool more = co_await feed();
    if (!more)
      throw ConnectError(ConnectError::Kind::kProtocol,
                         fmt::format("{} closed the connection during the TLS handshake", where_));
  }
}

Task<bool> TlsStream::feed() {
  std::string bytes = co_await inner_->read();
  if (bytes.empty()) co_return false;
  engine_.feed(bytes);
  co_return true;
}

Task<void> TlsStream::flush() {
  while (flushing_) {
    changed_.reset();
    co_await changed_.wait();
  }
  if (!engine_.has_output()) co_return;
  flushing_ = true;
  std::exception_ptr error;
  try {
    co_await send_output();
  } catch (...) {
    // A record may have gone out in part: nothing after it could be understood.
    error = std::current_exception();
    state_ = State::kBroken;
  }
  flushing_ = false;
  changed_.set();
  if (error) std::rethrow_exception(error);
}

Task<void> TlsStream::send_output() {
  while (engine_.has_output()) co_await inner_->write(engine_.take_output());
}

Task<std::string> TlsStream::read(size_t limit) {
  co_await ready();
  while (true) {
    std::string piece;
    TlsStep step = engine_.read(limit, piece);
    if (engine_.has_output()) co_await flush();
    if (step == TlsStep::kDone) co_return piece;
    if (step == TlsStep::kEnd) co_return "";
    if (step == TlsStep::kFailed) fail();
    bool more = co_await feed();
    if (!more)
      throw base::Error(
          fmt::format("{} broke off the TLS connection; what it sent may be incomplete", where_));
  }
}

std::optional<std::string> TlsStream::try_read(size_t limit) {
  if (state_ == State::kBroken) return "";
  if (state_ != State::kReady) return std::nullopt;
  while (true) {
    std::string piece;
    TlsStep step = engine_.read(limit, piece);
    if (step == TlsStep::kDone) return piece;
    if (step != TlsStep::kWantInput) return "";
    auto bytes = inner_->try_read(limit);
    if (!bytes) return std::nullopt;
    if (bytes->empty()) return "";
    engine_.feed(*bytes);
  }
}

Task<void> TlsStream::write(std::string bytes) {
  co_await ready();
  // In slices, so that a large text is not held encrypted as a whole.
  constexpr size_t kSlice = size_t{128} << 10;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    if (state_ == State::kBroken)
      throw base::Error(fmt::format("the TLS connection to {} is broken", where_));
    TlsStep step = engine_.write(rest.substr(0, kSlice));
    if (step != TlsStep::kDone) fail();
    rest.remove_prefix(std::min(kSlice, rest.size()));
    co_await flush();
  }
}

Task<void> TlsStream::shutdown() {
  co_await ready();
  engine_.close_notify();
  co_await flush();
  co_await inner_->shutdown();
}

void TlsStream::close() {
  if (state_ == State::kReady) state_ = State::kBroken;
  inner_->close();
}

class TlsDialer : public Dialer {
 public:
  TlsDialer(rt::Runtime& runtime, std::unique_ptr<Dialer> inner, const TlsClientOptions& options,
            base::Duration timeout)
      : runtime_(runtime),
        inner_(std::move(inner)),
        context_(make_tls_client_context(options)),
        timeout_(timeout) {}

  Task<std::unique_ptr<ByteStream>> dial() override;
  std::string address() const override { return inner_->address(); }

 private:
  Task<std::unique_ptr<ByteStream>> dial_and_shake();

  rt::Runtime& runtime_;
  std::unique_ptr<Dialer> inner_;
  std::shared_ptr<TlsContext> context_;
  base::Duration timeout_;
};

Task<std::unique_ptr<ByteStream>> TlsDialer::dial() {
  std::exception_ptr late;
  try {
    auto stream = co_await rt::within(runtime_, timeout_, "the TLS handshake", dial_and_shake());
    co_return std::move(stream);
  } catch (const base::DeadlineExceeded&) {
    late = std::current_exception();
  }
  throw ConnectError(ConnectError::Kind::kTimeout,
                     fmt::format("cannot connect to {}: no answer in time", address()));
}

Task<std::unique_ptr<ByteStream>> TlsDialer::dial_and_shake() {
  auto inner = co_await inner_->dial();
  auto stream = tls_stream(runtime_, context_, std::move(inner), address());
  co_await stream->ready();
  co_return std::move(stream);
}

class TlsListener : public Listener {
 public:
  TlsListener(rt::Runtime& runtime, std::unique_ptr<Listener> inner,
              const TlsServerOptions& options)
      : runtime_(runtime), inner_(std::move(inner)), context_(make_tls_server_context(options)) {}

  Task<std::unique_ptr<ByteStream>> accept() override {
    auto stream = co_await inner_->accept();
    if (!stream) co_return nullptr;
    std::string where = stream->peer().address;
    co_return tls_stream(runtime_, context_, std::move(stream), std::move(where));
  }
  std::string address() const override { return inner_->address(); }
  int port() const override { return inner_->port(); }
  void close() override { inner_->close(); }

 private:
  rt::Runtime& runtime_;
  std::unique_ptr<Listener> inner_;
  std::shared_ptr<TlsContext> context_;
};

}  // namespace

std::unique_ptr<ByteStream> tls_stream(rt::Runtime& runtime, std::shared_ptr<TlsContext> context,
                                       std::unique_ptr<ByteStream> inner, std::string where) {
  return std::make_unique<TlsStream>(runtime, std::move(context), std::move(inner),
                                     std::move(where));
}

std::string negotiated_protocol(const ByteStream& stream) {
  const auto* tls = dynamic_cast<const TlsStream*>(&stream);
  return tls != nullptr ? tls->protocol() : "";
}

std::unique_ptr<Dialer> tls_dialer(rt::Runtime& runtime, std::unique_ptr<Dialer> inner,
                                   TlsClientOptions options, base::Duration timeout) {
  return std::make_unique<TlsDialer>(runtime, std::move(inner), options, timeout);
}

std::unique_ptr<Listener> tls_listener(rt::Runtime& runtime, std::unique_ptr<Listener> inner,
                                       TlsServerOptions options) {
  return std::make_unique<TlsListener>(runtime, std::move(inner), options);
}

}  // namespace jibe::net
