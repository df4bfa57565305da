#include "http/client_connection.h"

#include <fmt/core.h>

#include "base/error.h"

namespace jibe::http {

Task<bool> ClientConnection::more_input() {
  constexpr size_t kRead = size_t{32} << 10;
  std::string piece = co_await stream->read(kRead);
  if (piece.empty()) co_return false;
  input.append(piece);
  co_return true;
}

std::unique_ptr<ClientConnection> ClientPool::take() {
  base::Time oldest = runtime_.now() - idle_timeout_;
  while (!idle_.empty() && idle_.front()->idle_since < oldest) idle_.pop_front();
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (!connection->usable()) continue;
    connection->reused = true;
    return connection;
  }
  return nullptr;
}

void ClientPool::put(std::unique_ptr<ClientConnection> connection) {
  if (connection->input.size() > 0) return;
  connection->idle_since = runtime_.now();
  idle_.push_back(std::move(connection));
  if (idle_.size() > max_idle_) idle_.pop_front();
}

namespace {

class ConnectionBody : public Body {
 public:
  ConnectionBody(std::unique_ptr<ClientConnection> connection, std::shared_ptr<ClientPool> pool,
                 const Framing& framing, std::string where)
      : connection_(std::move(connection)),
        pool_(std::move(pool)),
        decoder_(framing),
        sized_(framing.kind == BodyKind::kLength),
        keep_alive_(framing.keep_alive),
        where_(std::move(where)) {}

  Task<std::string> read() override;
  std::optional<size_t> size() const override {
    if (!sized_) return std::nullopt;
    return static_cast<size_t>(decoder_.left());
  }

 private:
  Task<std::string> next_piece();
  void release();

  std::unique_ptr<ClientConnection> connection_;
  std::shared_ptr<ClientPool> pool_;
  BodyDecoder decoder_;
  bool sized_;
  bool keep_alive_;
  std::string where_;
};

Task<std::string> ConnectionBody::read() {
  if (!connection_) co_return "";
  std::string failure;
  try {
    std::string piece = co_await next_piece();
    if (decoder_.done()) release();
    co_return piece;
  } catch (const base::Cancelled&) {
    connection_.reset();
    throw;
  } catch (const base::Error& e) {
    failure = e.what();
  }
  connection_.reset();
  throw base::Error(fmt::format("reading the answer of {} failed: {}", where_, failure));
}

Task<std::string> ConnectionBody::next_piece() {
  while (true) {
    auto piece = decoder_.next(connection_->input);
    if (piece) co_return std::move(*piece);
    if (decoder_.done()) co_return "";
    bool more = co_await connection_->more_input();
    if (!more) decoder_.end_of_input();
  }
}

void ConnectionBody::release() {
  if (keep_alive_) pool_->put(std::move(connection_));
  connection_.reset();
}

class PrefixedStream : public net::ByteStream {
 public:
  explicit PrefixedStream(std::unique_ptr<ClientConnection> connection)
      : connection_(std::move(connection)) {}

  Task<std::string> read(size_t limit) override {
    if (connection_->input.size() > 0) co_return connection_->input.take(limit);
    std::string piece = co_await connection_->stream->read(limit);
    co_return piece;
  }
  std::optional<std::string> try_read(size_t limit) override {
    if (connection_->input.size() > 0) return connection_->input.take(limit);
    return connection_->stream->try_read(limit);
  }
  Task<void> write(std::string bytes) override {
    return connection_->stream->write(std::move(bytes));
  }
  Task<void> shutdown() override { return connection_->stream->shutdown(); }
  void close() override { connection_->stream->close(); }
  const net::PeerInfo& peer() const override { return connection_->stream->peer(); }

 private:
  std::unique_ptr<ClientConnection> connection_;
};

}  // namespace

std::unique_ptr<Body> connection_body(std::unique_ptr<ClientConnection> connection,
                                      std::shared_ptr<ClientPool> pool, const Framing& framing,
                                      std::string where) {
  return std::make_unique<ConnectionBody>(std::move(connection), std::move(pool), framing,
                                          std::move(where));
}

std::shared_ptr<net::ByteStream> upgraded_stream(std::unique_ptr<ClientConnection> connection) {
  return std::make_shared<PrefixedStream>(std::move(connection));
}

}  // namespace jibe::http
