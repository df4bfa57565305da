#include "http/codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "http/date.h"
#include "http/gzip.h"

namespace jibe::http {
namespace {

// What a whole input gives when it arrives in pieces of `step` bytes: "METHOD
// TARGET|name=value…|body" per request, or the error's status.
std::string parsed(std::string_view wire, size_t step, Limits limits = {}) {
  std::string out;
  InputBuffer input;
  HeadParser heads(limits);
  std::optional<BodyDecoder> body;
  try {
    for (size_t i = 0; i <= wire.size(); i += step) {
      input.append(wire.substr(i, step));
      for (bool more = true; more;) {
        more = false;
        if (!body) {
          auto head = heads.request(input);
          if (!head) break;
          out += head->method + " " + head->target + (head->framing.keep_alive ? "|" : " close|");
          for (const auto& [name, value] : head->headers.fields()) out += name + "=" + value + "|";
          body.emplace(head->framing);
        }
        while (auto piece = body->next(input)) out += *piece;
        if (!body->done()) break;
        body.reset();
        out += "\n";
        more = true;
      }
    }
    if (body) body->end_of_input();
  } catch (const ProtocolError& e) {
    return out + std::to_string(e.status());
  }
  return out;
}

// However the input is cut, the outcome is the same.
std::string request(std::string_view wire) {
  std::string whole = parsed(wire, std::max<size_t>(wire.size(), 1));
  for (size_t step : {1, 2, 3, 7}) EXPECT_EQ(parsed(wire, step), whole);
  return whole;
}

TEST(RequestParser, TakesWhatClientsSend) {
  EXPECT_EQ(request("GET /a?b=c HTTP/1.1\r\nHost: h\r\nX:  y z \r\n\r\n"),
            "GET /a?b=c|Host=h|X=y z|\n");
  EXPECT_EQ(
      request("\r\nPOST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhelloGET /2 HTTP/1.1"
              "\r\nHost: h\r\nConnection: close\r\n\r\n"),
      "POST /|Host=h|Content-Length=5|hello\nGET /2 close|Host=h|Connection=close|\n");
  EXPECT_EQ(
      request("POST / HTTP/1.1\r\nHost: h\r\ntransfer-encoding: Chunked\r\n\r\n"
              "5;ext=1\r\nhello\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nTrailer: x\r\n\r\n"),
      "POST /|Host=h|transfer-encoding=Chunked|helloabcdefghijklmnopqrstuvwxyz\n");
  EXPECT_EQ(request("GET http://other:80/x?y HTTP/1.1\r\nHost: h\r\n\r\n"), "GET /x?y|Host=h|\n");
  EXPECT_EQ(request("GET http://other HTTP/1.1\r\nHost: h\r\n\r\n"), "GET /|Host=h|\n");
  EXPECT_EQ(request("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"), "OPTIONS *|Host=h|\n");
  EXPECT_EQ(request("GET / HTTP/1.0\r\n\r\n"), "GET / close|\n");
  EXPECT_EQ(request("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
            "GET /|Connection=keep-alive|\n");
  EXPECT_EQ(request("GET / HTTP/1.1\r\nHost:\r\n\r\n"), "GET /|Host=|\n");
}

TEST(RequestParser, RefusesWhatTwoPartiesMayReadDifferently) {
  const char* start = "POST / HTTP/1.1\r\nHost: h\r\n";
  for (const char* rest : {
           "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
           "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
           "Content-Length: 5, 5\r\n\r\n",
           "Content-Length: +5\r\n\r\n",
           "Content-Length: 5a\r\n\r\n",
           "Content-Length:\r\n\r\n",
           "Content-Length: 99999999999999999999\r\n\r\n",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
           "X : y\r\n\r\n",
           "X: y\r\n folded\r\n\r\n",
           " X: y\r\n\r\n",
           "X\r\n\r\n",
           ": y\r\n\r\n",
           "X: a\nY: b\r\n\r\n",
           "X: a\rb\r\n\r\n",
           "Host: second\r\n\r\n",
       })
    EXPECT_EQ(request(std::string(start) + rest), "400") << rest;
  EXPECT_EQ(request(std::string(start) + "Transfer-Encoding: gzip, chunked\r\n\r\n"), "501");
  EXPECT_EQ(request(std::string(start) + "X: " + std::string("a\0b", 3) + "\r\n\r\n"), "400");
}

TEST(RequestParser, RefusesOtherNonsense) {
  EXPECT_EQ(request("GET / HTTP/1.1\r\n\r\n"), "400");
  EXPECT_EQ(request("GET / HTTP/2.0\r\nHost: h\r\n\r\n"), "505");
  EXPECT_EQ(request("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "505");
  EXPECT_EQ(request("GET  / HTTP/1.1\r\nHost: h\r\n\r\n"), "400");
  EXPECT_EQ(request("GET a HTTP/1.1\r\nHost: h\r\n\r\n"), "400");
  EXPECT_EQ(request("GET / x HTTP/1.1\r\nHost: h\r\n\r\n"), "400");
  EXPECT_EQ(request("G(T / HTTP/1.1\r\nHost: h\r\n\r\n"), "400");
  EXPECT_EQ(request("GET /\r\nHost: h\r\n\r\n"), "400");
  EXPECT_EQ(request("CONNECT a:1 HTTP/1.1\r\nHost: h\r\n\r\n"), "501");
  EXPECT_EQ(request("\x16\x03\x01\x02\r\n\r\n"), "400");
}

TEST(RequestParser, RefusesBrokenChunks) {
  std::string start = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char* rest : {"x\r\n", "\r\n", "5\r\nhelloX", "5\r\nhello\r\n-1\r\n",
                           "1000000000000000\r\n", "5\nhello\r\n", "0x5\r\nhello\r\n"})
    EXPECT_THAT(parsed(start + rest, 1000), testing::EndsWith("400")) << rest;
  EXPECT_THAT(parsed(start + "5\r\nhel", 1000), testing::EndsWith("hel400"));
  EXPECT_THAT(parsed(start + std::string(5000, '5'), 1000), testing::EndsWith("400"));
}

TEST(RequestParser, HoldsItsLimits) {
  Limits limits;
  limits.head_bytes = 100;
  limits.header_count = 3;
  std::string start = "GET / HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(parsed(start + "A: 1\r\nB: 2\r\n\r\n", 5, limits), "GET /|Host=h|A=1|B=2|\n");
  EXPECT_EQ(parsed(start + "A: 1\r\nB: 2\r\nC: 3\r\n\r\n", 5, limits), "431");
  EXPECT_EQ(parsed(start + "A: " + std::string(100, 'x'), 5, limits), "431");
  EXPECT_EQ(parsed(start + "A: " + std::string(100, 'x') + "\r\n\r\n", 500, limits), "431");
}

struct Answer {
  int status = 0;
  BodyKind kind = BodyKind::kNone;
  bool keep_alive = false;
  bool operator==(const Answer&) const = default;
};

Answer response(std::string_view wire, std::string_view method = "GET") {
  InputBuffer input;
  HeadParser heads{Limits()};
  input.append(wire);
  auto head = heads.response(input, method);
  if (!head) return {};
  return {head->status, head->framing.kind, head->framing.keep_alive};
}

TEST(ResponseParser, FindsTheBodysEnd) {
  EXPECT_EQ(response("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"),
            (Answer{200, BodyKind::kLength, true}));
  EXPECT_EQ(response("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "HEAD"),
            (Answer{200, BodyKind::kNone, true}));
  EXPECT_EQ(response("HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n"),
            (Answer{200, BodyKind::kChunked, true}));
  EXPECT_EQ(response("HTTP/1.1 200 OK\r\n\r\n"), (Answer{200, BodyKind::kUntilClose, false}));
  EXPECT_EQ(response("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"),
            (Answer{304, BodyKind::kNone, true}));
  EXPECT_EQ(response("HTTP/1.1 204 No Content\r\n\r\n"), (Answer{204, BodyKind::kNone, true}));
  EXPECT_EQ(response("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n"),
            (Answer{200, BodyKind::kLength, false}));
  EXPECT_EQ(response("HTTP/1.1 200 OK\r\nContent-Len"), Answer{});
  EXPECT_THROW(response("HTTP/1.1 abc OK\r\n\r\n"), ProtocolError);
  EXPECT_THROW(response("SSH-2.0-OpenSSH_9.2\r\n\r\n"), ProtocolError);
  EXPECT_THROW(
      response("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"),
      ProtocolError);
}

TEST(Encoder, LetsNoFieldBreakOut) {
  EXPECT_EQ(encode_head("GET", "/a", {{"Host", "h"}}), "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(encode_head(404, {{"A", "b"}}), "HTTP/1.1 404 Not Found\r\nA: b\r\n\r\n");
  EXPECT_THROW(encode_head("GET", "/a b", {}), base::InvalidInput);
  EXPECT_THROW(encode_head("GET", "/a\r\nX: y", {}), base::InvalidInput);
  EXPECT_THROW(encode_head("GET\r\n", "/", {}), base::InvalidInput);
  EXPECT_THROW(encode_head(200, {{"A", "b\r\nC: d"}}), base::InvalidInput);
  EXPECT_THROW(encode_head(200, {{"A:", "b"}}), base::InvalidInput);
  EXPECT_EQ(encode_chunk("hello world"), "b\r\nhello world\r\n");
}

TEST(InputBuffer, KeepsItsOrderHoweverItIsCut) {
  InputBuffer input;
  std::string all;
  std::string got;
  for (int i = 0; i < 1000; ++i) {
    std::string piece = std::to_string(i);
    all += piece;
    input.append(piece);
    got += input.take(static_cast<size_t>(i % 5));
  }
  got += input.take(all.size());
  EXPECT_EQ(got, all);
  EXPECT_EQ(input.size(), 0U);
}

TEST(Date, IsFixed) {
  EXPECT_EQ(http_date(base::Time(std::chrono::seconds(784'111'777))),
            "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(Gzip, RoundTripsInPieces) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(int64_t{i} * i);
  std::string packed = gzip(text);
  EXPECT_LT(packed.size(), text.size());
  Gunzip gunzip;
  std::string back;
  std::string_view rest = packed;
  while (!rest.empty()) {
    back += gunzip.feed(rest.substr(0, 1000));
    rest.remove_prefix(std::min<size_t>(1000, rest.size()));
  }
  gunzip.finish();
  EXPECT_TRUE(back == text);
  Gunzip cut;
  cut.feed(std::string_view(packed).substr(0, 100));
  EXPECT_THROW(cut.finish(), base::Error);
  Gunzip wrong;
  EXPECT_THROW(wrong.feed("hello, this is not gzip"), base::Error);
}

}  // namespace
}  // namespace jibe::http
