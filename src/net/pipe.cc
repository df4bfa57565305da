#include "net/pipe.h"

#include <fmt/core.h>

#include "base/coroutine.h"
#include "rt/sync.h"

namespace jibe::net {

namespace {

// One direction.
struct Flow {
  explicit Flow(rt::Runtime& runtime) : readable(runtime), writable(runtime) {}

  size_t unread() const { return bytes.size() - start; }
  std::string take(size_t limit);
  void put(std::string_view more);

  rt::Event readable;
  rt::Event writable;
  std::string bytes;
  size_t start = 0;
  bool ended = false;   // nothing more will be written
  bool broken = false;  // nobody will read
};

std::string Flow::take(size_t limit) {
  size_t count = std::min(limit, unread());
  if (start == 0 && count == bytes.size()) return std::exchange(bytes, {});
  std::string piece = bytes.substr(start, count);
  start += count;
  // Moving the rest only when it is the smaller half keeps the cost per byte constant.
  if (start * 2 >= bytes.size()) {
    bytes.erase(0, start);
    start = 0;
  }
  return piece;
}

void Flow::put(std::string_view more) {
  bytes += more;
  readable.set();
}

class PipeEnd : public ByteStream {
 public:
  PipeEnd(PipeOptions options, std::shared_ptr<Flow> in, std::shared_ptr<Flow> out)
      : options_(std::move(options)), in_(std::move(in)), out_(std::move(out)) {
    peer_.address = options_.name;
  }
  ~PipeEnd() override { close(); }

  Task<std::string> read(size_t limit) override;
  std::optional<std::string> try_read(size_t limit) override;
  Task<void> write(std::string bytes) override;
  Task<void> shutdown() override;
  void close() override;
  const PeerInfo& peer() const override { return peer_; }

 private:
  void check_open() const {
    if (closed_) throw base::Error(fmt::format("{} was closed on this side", options_.name));
  }

  PipeOptions options_;
  std::shared_ptr<Flow> in_;
  std::shared_ptr<Flow> out_;
  PeerInfo peer_;
  bool closed_ = false;
};

Task<std::string> PipeEnd::read(size_t limit) {
  co_await rt::throw_if_cancelled();
  while (true) {
    auto piece = try_read(limit);
    if (piece) co_return std::move(*piece);
    in_->readable.reset();
    co_await in_->readable.wait();
  }
}

std::optional<std::string> PipeEnd::try_read(size_t limit) {
  check_open();
  if (in_->unread() > 0) {
    auto piece = in_->take(limit);
    in_->writable.set();
    return piece;
  }
  if (in_->ended) return "";
  return std::nullopt;
}

Task<void> PipeEnd::write(std::string bytes) {
  co_await rt::throw_if_cancelled();
  std::string_view rest = bytes;
  while (true) {
    check_open();
    if (out_->ended) throw base::Error(fmt::format("{} was shut down for writing", options_.name));
    if (out_->broken) throw base::Error(fmt::format("{} was closed by its peer", options_.name));
    size_t unread = out_->unread();
    size_t room = options_.capacity > unread ? options_.capacity - unread : 0;
    if (room > 0) out_->put(rest.substr(0, room));
    rest.remove_prefix(std::min(room, rest.size()));
    if (rest.empty()) co_return;
    out_->writable.reset();
    co_await out_->writable.wait();
  }
}

Task<void> PipeEnd::shutdown() {
  check_open();
  out_->ended = true;
  out_->readable.set();
  co_return;
}

void PipeEnd::close() {
  if (closed_) return;
  closed_ = true;
  out_->ended = true;
  in_->broken = true;
  for (auto& flow : {in_, out_}) {
    flow->readable.set();
    flow->writable.set();
  }
}

}  // namespace

std::pair<std::unique_ptr<ByteStream>, std::unique_ptr<ByteStream>> make_pipe(rt::Runtime& runtime,
                                                                              PipeOptions options) {
  auto there = std::make_shared<Flow>(runtime);
  auto back = std::make_shared<Flow>(runtime);
  return {std::make_unique<PipeEnd>(options, back, there),
          std::make_unique<PipeEnd>(options, there, back)};
}

struct PipePort::State {
  State(rt::Runtime& r, PipeOptions o) : runtime(r), options(std::move(o)), arriving(r) {}
  rt::Runtime& runtime;
  PipeOptions options;
  rt::Channel<std::unique_ptr<ByteStream>> arriving;
  bool listening = false;
};

namespace {

template <class State>
class PipeListener : public Listener {
 public:
  explicit PipeListener(std::shared_ptr<State> state) : state_(std::move(state)) {
    state_->listening = true;
  }
  ~PipeListener() override { close(); }

  Task<std::unique_ptr<ByteStream>> accept() override {
    auto stream = co_await state_->arriving.pop();
    if (!stream) co_return nullptr;
    co_return std::move(*stream);
  }
  std::string address() const override { return state_->options.name; }
  int port() const override { return 0; }
  void close() override {
    state_->listening = false;
    state_->arriving.close();
  }

 private:
  std::shared_ptr<State> state_;
};

template <class State>
class PipeDialer : public Dialer {
 public:
  explicit PipeDialer(std::shared_ptr<State> state) : state_(std::move(state)) {}

  Task<std::unique_ptr<ByteStream>> dial() override {
    co_await state_->runtime.yield();
    if (!state_->listening)
      throw ConnectError(ConnectError::Kind::kRefused,
                         fmt::format("cannot connect to {}: connection refused", address()));
    auto [mine, theirs] = make_pipe(state_->runtime, state_->options);
    state_->arriving.push(std::move(theirs));
    co_return std::move(mine);
  }
  std::string address() const override { return state_->options.name; }

 private:
  std::shared_ptr<State> state_;
};

}  // namespace

PipePort::PipePort(rt::Runtime& runtime, PipeOptions options)
    : state_(std::make_shared<State>(runtime, std::move(options))) {}

PipePort::~PipePort() = default;

std::unique_ptr<Listener> PipePort::listen() {
  return std::make_unique<PipeListener<State>>(state_);
}

std::unique_ptr<Dialer> PipePort::dialer() {
  return std::make_unique<PipeDialer<State>>(state_);
}

}  // namespace jibe::net
