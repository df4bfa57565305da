// Scripted peers: what exactly goes over the wire, and what happens when the peer breaks off after
// any byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/coroutine.h"
#include "base/error.h"
#include "http/client.h"
#include "http/server.h"
#include "net/pipe.h"
#include "rt/sync.h"
#include "rt/task_group.h"

namespace jibe::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

class Echo : public Handler {
 public:
  Task<Response> handle(Request request) override {
    ++requests;
    co_return make_response(200, "text/plain",
                            request.method + " " + request.target + " " + request.body);
  }
  int requests = 0;
};

Task<std::string> read_to_end(net::ByteStream& stream) {
  std::string all;
  while (true) {
    std::string piece = co_await stream.read();
    if (piece.empty()) co_return all;
    all += piece;
  }
}

enum class End { kShutdown, kClose, kWait };

struct Talk {
  Echo handler;
  std::string answer;
  base::Duration took{};
};

Task<void> talk_to_server(rt::Runtime& runtime, std::string wire, size_t step, End end,
                          Talk& talk) {
  Server server(runtime, talk.handler);
  auto [mine, theirs] = net::make_pipe(runtime);
  rt::TaskGroup group(runtime);
  auto start = runtime.now();
  group.spawn("server", server.serve_stream(std::move(theirs)));
  for (size_t i = 0; i < wire.size(); i += step) {
    co_await mine->write(wire.substr(i, step));
    if (step < wire.size()) co_await runtime.sleep(milliseconds(1));
  }
  if (end == End::kShutdown) co_await mine->shutdown();
  if (end == End::kClose)
    mine->close();
  else
    talk.answer = co_await read_to_end(*mine);
  co_await group.join();
  talk.took = runtime.now() - start;
}

Talk talk(std::string wire, End end = End::kShutdown, size_t step = 1'000'000) {
  auto runtime = rt::make_simulated_runtime();
  Talk result;
  runtime->run(talk_to_server(*runtime, std::move(wire), step, end, result));
  EXPECT_THAT(runtime->event_log(), testing::Not(HasSubstr("level=error")));
  return result;
}

constexpr std::string_view kDate = "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n";

std::string without_date(std::string text) {
  size_t at = text.find("Date: ");
  while (at != std::string::npos) {
    text.erase(at, kDate.size());
    at = text.find("Date: ");
  }
  return text;
}

TEST(ServerScript, AnswersPipelinedRequestsInOrder) {
  std::string wire =
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  std::string expected =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\nGET /1 "
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nPOST /2 abc"
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: "
      "7\r\n\r\nGET /3 ";
  for (size_t step : {1, 2, 5, 1000}) {
    auto result = talk(wire, End::kShutdown, step);
    EXPECT_EQ(without_date(result.answer), expected) << step;
  }
  EXPECT_EQ(without_date(talk(wire, End::kWait).answer), expected);
}

TEST(ServerScript, KnowsHttp10) {
  auto once = talk("GET / HTTP/1.0\r\n\r\n", End::kWait);
  EXPECT_THAT(once.answer, HasSubstr("Connection: close\r\n"));
  auto kept =
      talk("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n", End::kWait);
  EXPECT_EQ(kept.handler.requests, 2);
  EXPECT_THAT(kept.answer, HasSubstr("Connection: keep-alive\r\n"));
}

TEST(ServerScript, InvitesABodyThatAsks) {
  std::string wire =
      "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
      "Connection: close\r\n\r\nhi";
  auto result = talk(wire, End::kWait, wire.size() - 2);
  EXPECT_THAT(result.answer, StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(result.answer, HasSubstr("POST / hi"));
}

TEST(ServerScript, RefusesAndCloses) {
  auto bad = talk("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
                  End::kWait);
  EXPECT_THAT(bad.answer, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(bad.answer, HasSubstr("it has more than one Content-Length"));
  EXPECT_EQ(bad.handler.requests, 0);
  auto large = talk("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 999999999\r\n\r\n", End::kWait);
  EXPECT_THAT(large.answer, StartsWith("HTTP/1.1 413 "));
}

TEST(ServerScript, DoesNotWaitForever) {
  auto silent = talk("", End::kWait);
  EXPECT_EQ(silent.answer, "");
  EXPECT_EQ(silent.took, seconds(180));
  auto half = talk("GET / HTTP/1.1\r\nHo", End::kWait);
  EXPECT_THAT(half.answer, StartsWith("HTTP/1.1 408 Request Timeout\r\n"));
  EXPECT_GE(half.took, seconds(60));
  EXPECT_LE(half.took, seconds(62));
}

TEST(ServerScript, AClientMayBreakOffAfterAnyByte) {
  std::string wire =
      "POST /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  for (size_t size = 0; size <= wire.size(); ++size) {
    for (End end : {End::kShutdown, End::kClose}) {
      auto result = talk(wire.substr(0, size), end);
      EXPECT_EQ(result.handler.requests > 0, size == wire.size()) << size;
      EXPECT_LE(result.took, seconds(3)) << size;
    }
  }
}

// Plays the server: sends `wire` after each request's head has come, then ends the connection.
Task<void> play_server(net::Listener& listener, std::string wire, int connections,
                       std::vector<std::string>& heard) {
  for (int i = 0; i < connections; ++i) {
    auto stream = co_await listener.accept();
    std::string request;
    while (request.find("\r\n\r\n") == std::string::npos) {
      std::string piece = co_await stream->read();
      if (piece.empty()) break;
      request += piece;
    }
    heard.push_back(request);
    co_await stream->write(wire);
    co_await stream->shutdown();
  }
}

struct Asked {
  int status = 0;
  std::string body;
  std::string error;
  std::vector<std::string> heard;
};

Task<void> ask(Handler& client, std::string method, Asked& asked) {
  try {
    Request request;
    request.method = std::move(method);
    request.target = "/path";
    auto response = co_await client.handle(std::move(request));
    asked.status = response.status;
    asked.body = co_await read_all(*response.body);
  } catch (const base::Error& e) {
    asked.error = e.what();
  }
}

Task<void> ask_script(rt::Runtime& runtime, std::string wire, std::string method, Asked& asked) {
  net::PipePort port(runtime);
  auto listener = port.listen();
  ClientOptions options;
  options.bearer_token = [] { return std::string("secret"); };
  auto client = make_client(runtime, port.dialer(), "example", options);
  rt::TaskGroup group(runtime);
  group.spawn("server", play_server(*listener, std::move(wire), 1, asked.heard));
  co_await ask(*client, method, asked);
  co_await group.join();
}

Asked ask_server_that_says(std::string wire, std::string method = "GET") {
  auto runtime = rt::make_simulated_runtime();
  Asked asked;
  runtime->run(ask_script(*runtime, std::move(wire), std::move(method), asked));
  return asked;
}

TEST(ClientScript, SendsWhatItShould) {
  auto asked = ask_server_that_says("HTTP/1.1 200 OK\r\n\r\nuntil the end");
  EXPECT_EQ(asked.body, "until the end");
  EXPECT_EQ(asked.heard, std::vector<std::string>{"GET /path HTTP/1.1\r\nHost: example\r\n"
                                                  "Accept-Encoding: gzip\r\n"
                                                  "Authorization: Bearer secret\r\n\r\n"});
}

TEST(ClientScript, SkipsInterimAnswers) {
  auto asked = ask_server_that_says(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
      "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok");
  EXPECT_EQ(asked.status, 201);
  EXPECT_EQ(asked.body, "ok");
}

TEST(ClientScript, AServerMayBreakOffAfterAnyByte) {
  for (std::string wire : {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "5\r\nhello\r\n0\r\n\r\n"}) {
    for (size_t size = 0; size <= wire.size(); ++size) {
      auto asked = ask_server_that_says(wire.substr(0, size));
      if (size == wire.size()) {
        EXPECT_EQ(asked.body, "hello");
        EXPECT_EQ(asked.error, "");
      } else {
        EXPECT_NE(asked.error, "") << size << " of " << wire;
      }
    }
  }
}

TEST(ClientScript, SaysWhatWentWrong) {
  EXPECT_EQ(ask_server_that_says("").error,
            "GET /path at pipe failed: the server closed the connection without an answer");
  EXPECT_EQ(ask_server_that_says("SSH-2.0-OpenSSH_9.2\r\n\r\n").error,
            "GET /path at pipe failed: the HTTP message is malformed: the first line does not end "
            "with a version like HTTP/1.1");
  EXPECT_EQ(ask_server_that_says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhe").error,
            "reading the answer of pipe failed: the other side broke off in the middle of a body");
}

// Answers once per connection and ends it only after a while, so that the client keeps it.
Task<void> play_stale_server(rt::Runtime& runtime, net::Listener& listener, int& accepted) {
  rt::TaskGroup group(runtime);
  std::vector<std::unique_ptr<net::ByteStream>> kept;
  for (int i = 0; i < 2; ++i) {
    auto stream = co_await listener.accept();
    ++accepted;
    co_await stream->read();
    co_await stream->write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    // Reads the next request, and closes instead of answering.
    if (i == 0) {
      co_await stream->read();
      stream->close();
    } else {
      kept.push_back(std::move(stream));
    }
  }
}

Task<void> ask_twice(rt::Runtime& runtime, std::string method, Asked& second, int& accepted) {
  net::PipePort port(runtime);
  auto listener = port.listen();
  auto client = make_client(runtime, port.dialer(), "example");
  rt::TaskGroup group(runtime);
  group.spawn("server", play_stale_server(runtime, *listener, accepted));
  Asked first;
  co_await ask(*client, "GET", first);
  EXPECT_EQ(first.body, "ok");
  co_await ask(*client, method, second);
  co_await group.stop();
}

TEST(ClientScript, SendsASafeRequestAgainAfterAStaleConnection) {
  auto runtime = rt::make_simulated_runtime();
  Asked asked;
  int accepted = 0;
  runtime->run(ask_twice(*runtime, "GET", asked, accepted));
  EXPECT_EQ(asked.body, "ok");
  EXPECT_EQ(accepted, 2);
  Asked post;
  accepted = 0;
  runtime->run(ask_twice(*runtime, "POST", post, accepted));
  EXPECT_EQ(post.error,
            "POST /path at pipe failed: the server closed the connection without an answer");
  EXPECT_EQ(accepted, 1);
}

Task<void> ask_with_gap(rt::Runtime& runtime, Asked& second, std::vector<std::string>& heard) {
  net::PipePort port(runtime);
  auto listener = port.listen();
  auto client = make_client(runtime, port.dialer(), "example");
  rt::TaskGroup group(runtime);
  group.spawn("server",
              play_server(*listener, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 2, heard));
  Asked first;
  co_await ask(*client, "POST", first);
  co_await runtime.sleep(seconds(1));
  co_await ask(*client, "POST", second);
  co_await group.join();
}

TEST(ClientScript, NoticesThatAKeptConnectionHasEnded) {
  auto runtime = rt::make_simulated_runtime();
  Asked asked;
  std::vector<std::string> heard;
  runtime->run(ask_with_gap(*runtime, asked, heard));
  EXPECT_EQ(asked.body, "ok");
  EXPECT_EQ(heard.size(), 2U);
}

}  // namespace
}  // namespace jibe::http
