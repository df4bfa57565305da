// The same expectations of every kind of stream: a pipe on both runtimes, TCP, TLS over both.
#include "net/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/coroutine.h"
#include "net/pipe.h"
#include "net/tcp.h"
#include "net/tls.h"
#include "pki/certificate.h"
#include "rt/sync.h"
#include "rt/task_group.h"

namespace jibe::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

enum class Kind { kPipe, kTcp, kTlsOverPipe, kTlsOverTcp };

// A listener and a dialer that meet.
struct Port {
  std::unique_ptr<PipePort> pipe;
  std::unique_ptr<Listener> listener;
  std::unique_ptr<Dialer> dialer;
};

class StreamTest : public testing::TestWithParam<Kind> {
 protected:
  StreamTest() {
    if (over_tcp())
      runtime_ = rt::make_real_runtime();
    else
      runtime_ = rt::make_simulated_runtime();
    open_port();
  }

  bool over_tcp() const { return GetParam() == Kind::kTcp || GetParam() == Kind::kTlsOverTcp; }
  bool over_tls() const {
    return GetParam() == Kind::kTlsOverPipe || GetParam() == Kind::kTlsOverTcp;
  }

  void open_port() {
    if (over_tcp()) {
      port_.listener = listen_tcp(*runtime_, "127.0.0.1", 0);
      port_.dialer = tcp_dialer(*runtime_, "127.0.0.1", port_.listener->port());
    } else {
      port_.pipe = std::make_unique<PipePort>(*runtime_);
      port_.listener = port_.pipe->listen();
      port_.dialer = port_.pipe->dialer();
    }
    if (over_tls()) add_tls();
  }

  void add_tls() {
    pki::CertificateSpec spec;
    spec.common_name = "test";
    spec.ips = {"127.0.0.1"};
    spec.not_before = runtime_->now() - std::chrono::hours(1);
    spec.not_after = runtime_->now() + std::chrono::hours(1);
    auto identity = pki::make_self_signed(spec);
    TlsServerOptions server;
    server.cert_pem = identity.cert_pem;
    server.key_pem = identity.key_pem;
    TlsClientOptions client;
    client.ca_pem = identity.cert_pem;
    client.server_name = "127.0.0.1";
    port_.listener = tls_listener(*runtime_, std::move(port_.listener), server);
    port_.dialer = tls_dialer(*runtime_, std::move(port_.dialer), client);
  }

  std::unique_ptr<rt::Runtime> runtime_;
  Port port_;
};

Task<void> echo_connection(std::unique_ptr<ByteStream> stream) {
  while (true) {
    std::string piece = co_await stream->read();
    if (piece.empty()) break;
    co_await stream->write(std::move(piece));
  }
  co_await stream->write("bye");
  co_await stream->shutdown();
}

Task<void> serve_one(Listener& listener) {
  auto stream = co_await listener.accept();
  co_await echo_connection(std::move(stream));
}

Task<void> send_and_end(ByteStream& stream, std::string text) {
  co_await stream.write(std::move(text));
  co_await stream.shutdown();
}

Task<std::string> read_to_end(ByteStream& stream) {
  std::string all;
  while (true) {
    std::string piece = co_await stream.read();
    if (piece.empty()) co_return all;
    all += piece;
  }
}

Task<void> echo_much(rt::Runtime& runtime, Port& port, std::string text, std::string& back) {
  rt::TaskGroup group(runtime);
  group.spawn("server", serve_one(*port.listener));
  auto stream = co_await port.dialer->dial();
  group.spawn("sender", send_and_end(*stream, std::move(text)));
  back = co_await read_to_end(*stream);
  co_await group.join();
}

TEST_P(StreamTest, CarriesMuchInBothDirectionsAndHalfCloses) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += std::to_string(i);
  std::string back;
  runtime_->run(echo_much(*runtime_, port_, text, back));
  EXPECT_EQ(back.size(), text.size() + 3);
  EXPECT_TRUE(back == text + "bye");
}

Task<void> accept_silently(Listener& listener, std::unique_ptr<ByteStream>& into) {
  into = co_await listener.accept();
  co_await into->ready();
}

// Dials; both ends are open afterwards.
Task<std::unique_ptr<ByteStream>> connect(rt::Runtime& runtime, Port& port,
                                          std::unique_ptr<ByteStream>& other) {
  rt::TaskGroup group(runtime);
  group.spawn("server", accept_silently(*port.listener, other));
  auto stream = co_await port.dialer->dial();
  co_await group.join();
  co_return std::move(stream);
}

Task<void> read_with_deadline(rt::Runtime& runtime, Port& port) {
  std::unique_ptr<ByteStream> other;
  auto stream = co_await connect(runtime, port, other);
  co_await rt::within(runtime, milliseconds(50), "reading", stream->read());
}

TEST_P(StreamTest, AReadCanBeCancelled) {
  EXPECT_THROW(runtime_->run(read_with_deadline(*runtime_, port_)), base::DeadlineExceeded);
}

Task<void> write_with_deadline(rt::Runtime& runtime, Port& port) {
  std::unique_ptr<ByteStream> other;
  auto stream = co_await connect(runtime, port, other);
  std::string much(size_t{64} << 20, 'x');
  co_await rt::within(runtime, milliseconds(200), "writing", stream->write(std::move(much)));
}

TEST_P(StreamTest, AWriteToAPeerThatDoesNotReadCanBeCancelled) {
  EXPECT_THROW(runtime_->run(write_with_deadline(*runtime_, port_)), base::DeadlineExceeded);
}

Task<void> close_after(rt::Runtime& runtime, ByteStream& stream) {
  co_await runtime.sleep(milliseconds(20));
  stream.close();
}

Task<void> close_while_reading(rt::Runtime& runtime, Port& port, std::string& sentence) {
  std::unique_ptr<ByteStream> other;
  auto stream = co_await connect(runtime, port, other);
  rt::TaskGroup group(runtime);
  group.spawn("closer", close_after(runtime, *stream));
  try {
    co_await stream->read();
  } catch (const base::Error& e) {
    sentence = e.what();
  }
  co_await group.join();
}

TEST_P(StreamTest, ClosingEndsAReadWithAnError) {
  std::string sentence;
  runtime_->run(close_while_reading(*runtime_, port_, sentence));
  EXPECT_THAT(sentence, testing::HasSubstr("was closed on this side"));
}

Task<void> try_reading(rt::Runtime& runtime, Port& port) {
  std::unique_ptr<ByteStream> other;
  auto stream = co_await connect(runtime, port, other);
  EXPECT_EQ(stream->try_read(10), std::nullopt);
  co_await other->write("abc");
  co_await runtime.sleep(milliseconds(50));
  EXPECT_EQ(stream->try_read(2), "ab");
  EXPECT_EQ(stream->try_read(2), "c");
  EXPECT_EQ(stream->try_read(2), std::nullopt);
  other->close();
  co_await runtime.sleep(milliseconds(50));
  EXPECT_EQ(stream->try_read(2), "");
}

TEST_P(StreamTest, TryReadNeverWaits) {
  runtime_->run(try_reading(*runtime_, port_));
}

Task<void> accept_null(rt::Runtime& runtime, Listener& listener, bool& null) {
  auto stream = co_await listener.accept();
  null = stream == nullptr;
  co_await runtime.yield();
}

Task<void> close_listener(rt::Runtime& runtime, Port& port, bool& null, std::string& refused) {
  rt::TaskGroup group(runtime);
  group.spawn("server", accept_null(runtime, *port.listener, null));
  co_await runtime.sleep(milliseconds(20));
  port.listener->close();
  co_await group.join();
  try {
    co_await port.dialer->dial();
  } catch (const ConnectError& e) {
    EXPECT_EQ(e.kind(), ConnectError::Kind::kRefused);
    refused = e.what();
  }
}

TEST_P(StreamTest, AClosedListenerAcceptsNullAndRefuses) {
  bool null = false;
  std::string refused;
  runtime_->run(close_listener(*runtime_, port_, null, refused));
  EXPECT_TRUE(null);
  EXPECT_EQ(refused, "cannot connect to " + port_.dialer->address() + ": connection refused");
}

Task<void> write_to_closed(rt::Runtime& runtime, Port& port, bool& failed) {
  std::unique_ptr<ByteStream> other;
  auto stream = co_await connect(runtime, port, other);
  other->close();
  try {
    for (int i = 0; i < 100; ++i) {
      co_await stream->write("x");
      co_await runtime.sleep(milliseconds(1));
    }
  } catch (const base::Error&) {
    failed = true;
  }
}

TEST_P(StreamTest, WritingToAPeerThatIsGoneFails) {
  bool failed = false;
  runtime_->run(write_to_closed(*runtime_, port_, failed));
  EXPECT_TRUE(failed);
}

std::string kind_name(const testing::TestParamInfo<Kind>& info) {
  switch (info.param) {
    case Kind::kPipe:
      return "Pipe";
    case Kind::kTcp:
      return "Tcp";
    case Kind::kTlsOverPipe:
      return "TlsOverPipe";
    case Kind::kTlsOverTcp:
      return "TlsOverTcp";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Kinds, StreamTest,
                         testing::Values(Kind::kPipe, Kind::kTcp, Kind::kTlsOverPipe,
                                         Kind::kTlsOverTcp),
                         kind_name);

Task<void> dial_only(Dialer& dialer) {
  co_await dialer.dial();
}

TEST(Tcp, NamesAreLookedUp) {
  auto runtime = rt::make_real_runtime();
  auto listener = listen_tcp(*runtime, "127.0.0.1", 0);
  auto dialer = tcp_dialer(*runtime, "localhost", listener->port());
  EXPECT_NO_THROW(runtime->run(dial_only(*dialer)));
  auto nowhere = tcp_dialer(*runtime, "no-such-host.invalid", 80, seconds(5));
  try {
    runtime->run(dial_only(*nowhere));
    FAIL() << "no error";
  } catch (const ConnectError& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("cannot connect to no-such-host.invalid:80: "));
  }
  EXPECT_THROW(listen_tcp(*runtime, "no-such-host.invalid", 0), base::InvalidInput);
  try {
    listen_tcp(*runtime, "127.0.0.1", listener->port());
    FAIL() << "no error";
  } catch (const base::Error& e) {
    EXPECT_EQ(std::string(e.what()), "cannot listen on " + listener->address() +
                                         ": another program listens there already");
  }
}

}  // namespace
}  // namespace jibe::net
