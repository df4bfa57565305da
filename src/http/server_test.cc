// Client and server together: the same expectations over pipes in virtual time, over TCP and TLS.
#include "http/server.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/coroutine.h"
#include "base/error.h"
#include "base/strings.h"
#include "http/client.h"
#include "net/pipe.h"
#include "net/tcp.h"
#include "net/tls.h"
#include "pki/certificate.h"
#include "rt/sync.h"
#include "rt/task_group.h"

namespace jibe::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// One line every ten milliseconds; counts when it is dropped before its end, wherever the server
// was with it.
class Ticks : public Body {
 public:
  Ticks(rt::Runtime& runtime, int count, int& cancelled)
      : runtime_(runtime), count_(count), cancelled_(cancelled) {}
  ~Ticks() override {
    if (next_ != count_ && next_ != 666) ++cancelled_;
  }
  Task<std::string> read() override {
    if (next_ == count_) co_return "";
    co_await runtime_.sleep(milliseconds(10));
    if (next_ == 666) throw base::Error("the source dried up");
    co_return fmt::format("tick {}\n", next_++);
  }

  void start_at(int next) { next_ = next; }

 private:
  rt::Runtime& runtime_;
  int count_;
  int& cancelled_;
  int next_ = 0;
};

Task<void> echo_upgraded(std::shared_ptr<net::ByteStream> stream) {
  while (true) {
    std::string piece = co_await stream->read();
    if (piece.empty()) break;
    co_await stream->write("<" + piece + ">");
  }
  co_await stream->write("end");
  co_await stream->shutdown();
}

class TestHandler : public Handler {
 public:
  explicit TestHandler(rt::Runtime& runtime) : runtime_(runtime), upgraded_(runtime) {}

  Task<Response> handle(Request request) override {
    ++requests;
    last_peer = request.peer;
    last_headers = request.headers;
    std::string path(base::cut(request.target, "?").before);
    if (path == "/echo") co_return make_response(200, "text/plain", request.body);
    if (path == "/large") co_return make_response(200, "text/plain", large());
    if (path == "/none") co_return make_response(204, "", "");
    if (path == "/throw") throw base::Error("the cluster is on fire");
    if (path == "/ticks") co_return stream(3, 0);
    if (path == "/endless") co_return stream(-1, 0);
    if (path == "/broken") co_return stream(-1, 665);
    if (path == "/slow") {
      co_await runtime_.sleep(milliseconds(300));
      co_return make_response(200, "text/plain", "at last");
    }
    if (path == "/upgrade") co_return upgrade();
    co_return make_response(404, "text/plain", request.target);
  }

  static std::string large() {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += std::to_string(i) + "\n";
    return text;
  }
  Task<void> stop() { return upgraded_.stop(); }

  int requests = 0;
  int cancelled = 0;
  std::shared_ptr<const Peer> last_peer;
  Headers last_headers;

 private:
  Response stream(int count, int start) {
    auto ticks = std::make_unique<Ticks>(runtime_, count, cancelled);
    ticks->start_at(start);
    Response response;
    response.headers.add("Content-Type", "application/json;stream=watch");
    response.body = std::move(ticks);
    return response;
  }

  Response upgrade() {
    auto [mine, theirs] = net::make_pipe(runtime_);
    upgraded_.spawn("echo", echo_upgraded(std::move(mine)));
    Response response;
    response.status = 101;
    response.headers.add("Connection", "Upgrade");
    response.headers.add("Upgrade", "test");
    response.upgraded = std::move(theirs);
    return response;
  }

  rt::Runtime& runtime_;
  rt::TaskGroup upgraded_;
};

enum class Kind { kPipe, kTcp, kTls };

class ServerTest : public testing::TestWithParam<Kind> {
 public:
  ServerTest() {
    if (GetParam() == Kind::kTcp || GetParam() == Kind::kTls)
      runtime = rt::make_real_runtime();
    else
      runtime = rt::make_simulated_runtime();
    open_port();
    handler = std::make_unique<TestHandler>(*runtime);
    options.gzip_from_bytes = 1000;
    server = std::make_unique<Server>(*runtime, *handler, options);
  }

  void open_port() {
    if (GetParam() == Kind::kPipe) {
      pipe = std::make_unique<net::PipePort>(*runtime);
      listener = pipe->listen();
      return;
    }
    listener = net::listen_tcp(*runtime, "127.0.0.1", 0);
    port = listener->port();
    if (GetParam() != Kind::kTls) return;
    pki::CertificateSpec spec;
    spec.common_name = "admin";
    spec.usage = pki::Usage::kServerAndClient;
    spec.ips = {"127.0.0.1"};
    spec.not_before = runtime->now() - std::chrono::hours(1);
    spec.not_after = runtime->now() + std::chrono::hours(1);
    auto identity = pki::make_self_signed(spec);
    net::TlsServerOptions tls_server;
    tls_server.cert_pem = identity.cert_pem;
    tls_server.key_pem = identity.key_pem;
    tls_server.client_ca_pem = identity.cert_pem;
    tls_server.client_certificate = net::ClientCertificate::kRequired;
    listener = net::tls_listener(*runtime, std::move(listener), tls_server);
    tls.ca_pem = identity.cert_pem;
    tls.cert_pem = identity.cert_pem;
    tls.key_pem = identity.key_pem;
  }

  std::unique_ptr<Handler> client(ClientOptions client_options = {}) {
    if (GetParam() == Kind::kPipe)
      return make_client(*runtime, pipe->dialer(), "test", client_options);
    std::string scheme = GetParam() == Kind::kTls ? "https" : "http";
    return make_client(*runtime, fmt::format("{}://127.0.0.1:{}", scheme, port), tls,
                       client_options);
  }

  // Serves while `body` runs.
  Task<void> with_server(std::function<Task<void>()> body) {
    rt::TaskGroup group(*runtime);
    group.spawn("server", server->serve(*listener));
    std::exception_ptr error;
    try {
      co_await body();
    } catch (...) {
      error = std::current_exception();
    }
    co_await handler->stop();
    co_await server->stop();
    co_await group.stop();
    if (error) std::rethrow_exception(error);
  }
  void run(std::function<Task<void>()> body) { runtime->run(with_server(std::move(body))); }

  std::unique_ptr<rt::Runtime> runtime;
  std::unique_ptr<net::PipePort> pipe;
  std::unique_ptr<net::Listener> listener;
  int port = 0;
  net::TlsClientOptions tls;
  std::unique_ptr<TestHandler> handler;
  ServerOptions options;
  std::unique_ptr<Server> server;
};

Request make_request(std::string method, std::string target, std::string body = "") {
  Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.body = std::move(body);
  return request;
}

struct Seen {
  int status = 0;
  std::string body;
  Headers headers;
};

Task<Seen> ask(Handler& client, Request request) {
  auto response = co_await client.handle(std::move(request));
  Seen seen;
  seen.status = response.status;
  seen.headers = response.headers;
  seen.body = co_await read_all(*response.body);
  co_return seen;
}

Task<void> ask_everything(ServerTest& test) {
  auto client = test.client();
  auto echo = co_await ask(*client, make_request("POST", "/echo", "hello"));
  EXPECT_EQ(echo.status, 200);
  EXPECT_EQ(echo.body, "hello");
  EXPECT_EQ(echo.headers.get("content-type"), "text/plain");
  EXPECT_EQ(echo.headers.get("Content-Length"), "5");
  EXPECT_NE(echo.headers.get("Date"), "");
  auto empty = co_await ask(*client, make_request("POST", "/echo"));
  EXPECT_EQ(empty.body, "");
  auto missing = co_await ask(*client, make_request("GET", "/x?a=%20b"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.body, "/x?a=%20b");
  auto none = co_await ask(*client, make_request("DELETE", "/none"));
  EXPECT_EQ(none.status, 204);
  EXPECT_EQ(none.headers.find("Content-Length"), nullptr);
  auto head = co_await ask(*client, make_request("HEAD", "/large"));
  EXPECT_EQ(head.body, "");
  EXPECT_NE(head.headers.get("Content-Length"), "");
  auto failed = co_await ask(*client, make_request("GET", "/throw"));
  EXPECT_EQ(failed.status, 500);
  EXPECT_EQ(failed.body, "the cluster is on fire\n");
  auto ticks = co_await ask(*client, make_request("GET", "/ticks"));
  EXPECT_EQ(ticks.body, "tick 0\ntick 1\ntick 2\n");
  EXPECT_EQ(ticks.headers.get("Transfer-Encoding"), "chunked");
  EXPECT_EQ(test.server->connections(), 1U);
}

TEST_P(ServerTest, AnswersEverythingOnOneConnection) {
  run([this] { return ask_everything(*this); });
  EXPECT_EQ(handler->requests, 7);
  ASSERT_TRUE(handler->last_peer);
  EXPECT_EQ(handler->last_peer->common_name, GetParam() == Kind::kTls ? "admin" : "");
}

Task<void> ask_large(ServerTest& test) {
  ClientOptions plain;
  plain.accept_gzip = false;
  auto plain_client = test.client(plain);
  auto client = test.client();
  std::string large = TestHandler::large();
  auto unpacked = co_await ask(*plain_client, make_request("GET", "/large"));
  EXPECT_EQ(unpacked.headers.get("Content-Length"), std::to_string(large.size()));
  EXPECT_TRUE(unpacked.body == large);
  auto packed = co_await ask(*client, make_request("GET", "/large"));
  EXPECT_TRUE(packed.body == large);
  auto raw_request = make_request("GET", "/large");
  raw_request.headers.add("Accept-Encoding", "gzip");
  auto raw = co_await ask(*client, std::move(raw_request));
  EXPECT_EQ(raw.headers.get("Content-Encoding"), "gzip");
  EXPECT_LT(raw.body.size(), large.size());
  auto echo = co_await ask(*client, make_request("PUT", "/echo", large));
  EXPECT_TRUE(echo.body == large);
}

TEST_P(ServerTest, CarriesLargeBodiesPackedAndNot) {
  run([this] { return ask_large(*this); });
}

Task<void> watch_and_leave(ServerTest& test) {
  auto client = test.client();
  {
    auto response = co_await client->handle(make_request("GET", "/endless"));
    std::string first = co_await response.body->read();
    EXPECT_EQ(first, "tick 0\n");
    EXPECT_EQ(test.handler->cancelled, 0);
  }
  // The body died here; the server must notice without writing to a broken connection for long.
  for (int i = 0; i < 500 && test.server->connections() > 0; ++i)
    co_await test.runtime->sleep(milliseconds(10));
  EXPECT_EQ(test.handler->cancelled, 1);
  EXPECT_EQ(test.server->connections(), 0U);
}

TEST_P(ServerTest, AClientThatLeavesCancelsTheStream) {
  run([this] { return watch_and_leave(*this); });
}

Task<void> watch_broken(ServerTest& test, std::string& sentence) {
  auto client = test.client();
  auto response = co_await client->handle(make_request("GET", "/broken"));
  try {
    co_await read_all(*response.body);
  } catch (const base::Error& e) {
    sentence = e.what();
  }
}

TEST_P(ServerTest, AStreamThatFailsIsVisiblyIncomplete) {
  std::string sentence;
  run([&] { return watch_broken(*this, sentence); });
  EXPECT_THAT(sentence, testing::StartsWith("reading the answer of "));
}

Task<void> ask_slow(ServerTest& test, std::string& sentence) {
  ClientOptions hasty;
  hasty.response_timeout = milliseconds(50);
  auto client = test.client(hasty);
  try {
    co_await ask(*client, make_request("GET", "/slow"));
  } catch (const base::DeadlineExceeded& e) {
    sentence = e.what();
  }
  ClientOptions patient;
  auto other = test.client(patient);
  auto seen = co_await ask(*other, make_request("GET", "/slow"));
  EXPECT_EQ(seen.body, "at last");
}

TEST_P(ServerTest, TheClientsDeadlineHolds) {
  std::string sentence;
  run([&] { return ask_slow(*this, sentence); });
  EXPECT_THAT(sentence, testing::MatchesRegex("GET /slow at .* was not answered in time"));
}

Task<void> upgrade(ServerTest& test) {
  auto client = test.client();
  auto request = make_request("GET", "/upgrade");
  request.headers.add("Connection", "Upgrade");
  request.headers.add("Upgrade", "test");
  auto response = co_await client->handle(std::move(request));
  EXPECT_EQ(response.status, 101);
  co_await response.upgraded->write("one");
  std::string one = co_await response.upgraded->read();
  EXPECT_EQ(one, "<one>");
  co_await response.upgraded->shutdown();
  std::string end = co_await response.upgraded->read();
  EXPECT_EQ(end, "end");
  std::string nothing = co_await response.upgraded->read();
  EXPECT_EQ(nothing, "");
}

TEST_P(ServerTest, AnUpgradeBecomesAStream) {
  run([this] { return upgrade(*this); });
}

Task<void> note_answer(Handler& client, std::string target, std::vector<std::string>& notes) {
  try {
    auto seen = co_await ask(client, make_request("GET", target));
    notes.push_back(target + " " + std::to_string(seen.status));
  } catch (const base::Error&) {
    notes.push_back(target + " broken");
  }
}

Task<void> stop_in_the_middle(ServerTest& test, std::vector<std::string>& notes) {
  auto client = test.client();
  co_await ask(*client, make_request("GET", "/none"));
  rt::TaskGroup group(*test.runtime);
  group.spawn("slow", note_answer(*client, "/slow", notes));
  group.spawn("endless", note_answer(*client, "/endless", notes));
  while (test.handler->requests < 3) co_await test.runtime->sleep(milliseconds(10));
  co_await test.runtime->sleep(milliseconds(50));
  co_await test.server->stop();
  EXPECT_EQ(test.server->connections(), 0U);
  co_await group.join();
  bool refused = false;
  try {
    co_await ask(*client, make_request("GET", "/none"));
  } catch (const net::ConnectError&) {
    refused = true;
  }
  EXPECT_TRUE(refused);
}

TEST_P(ServerTest, StopsGracefully) {
  std::vector<std::string> notes;
  run([&] { return stop_in_the_middle(*this, notes); });
  EXPECT_EQ(notes, (std::vector<std::string>{"/endless broken", "/slow 200"}));
  EXPECT_EQ(handler->cancelled, 1);
}

Task<void> many_at_once(ServerTest& test, std::vector<std::string>& notes) {
  auto client = test.client();
  rt::TaskGroup group(*test.runtime);
  for (int i = 0; i < 50; ++i) group.spawn("one", note_answer(*client, "/none", notes));
  co_await group.join();
  EXPECT_LE(test.server->connections(), 50U);
}

TEST_P(ServerTest, TakesManyClientsAtOnce) {
  std::vector<std::string> notes;
  run([&] { return many_at_once(*this, notes); });
  EXPECT_EQ(notes, std::vector<std::string>(50, "/none 204"));
}

std::string kind_name(const testing::TestParamInfo<Kind>& info) {
  switch (info.param) {
    case Kind::kPipe:
      return "Pipe";
    case Kind::kTcp:
      return "Tcp";
    case Kind::kTls:
      return "Tls";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Kinds, ServerTest, testing::Values(Kind::kPipe, Kind::kTcp, Kind::kTls),
                         kind_name);

}  // namespace
}  // namespace jibe::http
