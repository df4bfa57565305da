// HTTP/1.1 on the wire (RFC 9112) without a socket: bytes in, heads and pieces of bodies out.
//
// Strict where leniency lets two parties see different messages: lines end with CRLF, no folded
// headers, no space before a colon, one Content-Length, never both Content-Length and
// Transfer-Encoding, no transfer coding but chunked.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace jibe::http {

// The peer broke the protocol. `status` is what a server answers before it closes.
class ProtocolError : public base::Error {
 public:
  ProtocolError(int status, const std::string& sentence) : Error(sentence), status_(status) {}
  int status() const { return status_; }

 private:
  int status_;
};

struct Limits {
  size_t head_bytes = size_t{1} << 20;
  size_t header_count = 256;
};

enum class BodyKind { kNone, kLength, kChunked, kUntilClose };

struct Framing {
  BodyKind kind = BodyKind::kNone;
  uint64_t length = 0;
  // The connection may carry another message after this one.
  bool keep_alive = true;
};

struct RequestHead {
  std::string method;
  std::string target;  // origin form
  int minor_version = 1;
  Headers headers;
  Framing framing;
};

struct ResponseHead {
  int status = 0;
  int minor_version = 1;
  Headers headers;
  Framing framing;
};

// Input that grows at one end and is consumed at the other, at a constant cost per byte.
class InputBuffer {
 public:
  void append(std::string_view bytes);
  std::string_view view() const { return std::string_view(bytes_).substr(start_); }
  void consume(size_t count);
  size_t size() const { return bytes_.size() - start_; }
  std::string take(size_t limit);

 private:
  std::string bytes_;
  size_t start_ = 0;
};

// Parses heads from a buffer. Reads a head only when it is complete, and looks at no byte twice.
class HeadParser {
 public:
  explicit HeadParser(Limits limits) : limits_(limits) {}
  // nullopt: more input is needed.
  std::optional<RequestHead> request(InputBuffer& input);
  // `method`: of the request that this answers.
  std::optional<ResponseHead> response(InputBuffer& input, std::string_view method);

 private:
  // The head's lines without the empty one, or nullopt.
  std::optional<std::string> complete_head(InputBuffer& input);
  Headers headers(std::string_view lines) const;

  Limits limits_;
  size_t scanned_ = 0;
};

// Decodes one body.
class BodyDecoder {
 public:
  BodyDecoder() = default;
  explicit BodyDecoder(const Framing& framing);
  // The next piece, never empty; nullopt: more input is needed, or done().
  std::optional<std::string> next(InputBuffer& input);
  bool done() const { return state_ == State::kDone; }
  // The peer ended the connection. Throws ProtocolError where the body is incomplete.
  void end_of_input();
  // What is still to come of a body of known length.
  uint64_t left() const { return left_; }

 private:
  enum class State { kDone, kLength, kUntilClose, kSize, kData, kDataEnd, kTrailer };

  std::optional<std::string> data(InputBuffer& input);
  bool chunk_size(InputBuffer& input);
  bool data_end(InputBuffer& input);
  bool trailer(InputBuffer& input);
  std::optional<std::string_view> line(InputBuffer& input) const;

  State state_ = State::kDone;
  uint64_t left_ = 0;
  size_t trailer_bytes_ = 0;
};

// Heads as bytes. Throw base::InvalidInput where a field would break out of its line.
std::string encode_head(const std::string& method, const std::string& target,
                        const Headers& headers);
std::string encode_head(int status, const Headers& headers);
// Wraps a piece (not empty) as a chunk.
std::string encode_chunk(std::string_view piece);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace jibe::http
