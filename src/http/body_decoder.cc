#include <fmt/core.h>

#include <algorithm>

#include "base/strings.h"
#include "http/codec.h"

namespace jibe::http {

namespace {

constexpr size_t kPiece = size_t{64} << 10;
constexpr size_t kChunkLine = size_t{4} << 10;
constexpr size_t kTrailerBytes = size_t{64} << 10;

[[noreturn]] void refuse(std::string_view why) {
  throw ProtocolError(400, fmt::format("the HTTP body is malformed: {}", why));
}

uint64_t parse_hex(std::string_view digits) {
  // Fifteen digits keep sums of sizes far from an overflow.
  if (digits.empty() || digits.size() > 15) refuse("a chunk's size is missing or too long");
  uint64_t value = 0;
  for (char c : digits) {
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    if (digit < 0) refuse("a chunk's size is not a hexadecimal number");
    value = value * 16 + static_cast<uint64_t>(digit);
  }
  return value;
}

}  // namespace

BodyDecoder::BodyDecoder(const Framing& framing) {
  switch (framing.kind) {
    case BodyKind::kNone:
      break;
    case BodyKind::kLength:
      left_ = framing.length;
      state_ = left_ > 0 ? State::kLength : State::kDone;
      break;
    case BodyKind::kChunked:
      state_ = State::kSize;
      break;
    case BodyKind::kUntilClose:
      state_ = State::kUntilClose;
      break;
  }
}

std::optional<std::string> BodyDecoder::next(InputBuffer& input) {
  while (true) {
    bool advanced = false;
    switch (state_) {
      case State::kDone:
        return std::nullopt;
      case State::kLength:
      case State::kUntilClose:
      case State::kData:
        return data(input);
      case State::kSize:
        advanced = chunk_size(input);
        break;
      case State::kDataEnd:
        advanced = data_end(input);
        break;
      case State::kTrailer:
        advanced = trailer(input);
        break;
    }
    if (!advanced) return std::nullopt;
    if (state_ == State::kData && input.size() == 0) return std::nullopt;
  }
}

std::optional<std::string> BodyDecoder::data(InputBuffer& input) {
  if (input.size() == 0) return std::nullopt;
  if (state_ == State::kUntilClose) return input.take(kPiece);
  std::string piece = input.take(static_cast<size_t>(std::min<uint64_t>(left_, kPiece)));
  left_ -= piece.size();
  if (left_ == 0) {
    state_ = state_ == State::kLength ? State::kDone : State::kDataEnd;
    // The end of a chunked body often lies right behind: seeing it now frees the connection early.
    if (state_ == State::kDataEnd && data_end(input) && chunk_size(input) &&
        state_ == State::kTrailer)
      trailer(input);
  }
  return piece;
}

std::optional<std::string_view> BodyDecoder::line(InputBuffer& input) const {
  std::string_view text = input.view().substr(0, kChunkLine);
  size_t end = text.find("\r\n");
  if (end != std::string_view::npos) return text.substr(0, end);
  if (text.size() == kChunkLine) refuse("a line between chunks is too long");
  return std::nullopt;
}

bool BodyDecoder::chunk_size(InputBuffer& input) {
  auto text = line(input);
  if (!text) return false;
  // Extensions after a semicolon mean nothing to anybody; they must not hide a line break.
  if (text->find_first_of("\r\n") != std::string_view::npos) refuse("a chunk's line is broken");
  left_ = parse_hex(base::trim(base::cut(*text, ";").before));
  input.consume(text->size() + 2);
  state_ = left_ > 0 ? State::kData : State::kTrailer;
  return true;
}

bool BodyDecoder::data_end(InputBuffer& input) {
  if (input.size() < 2) return false;
  if (input.view().substr(0, 2) != "\r\n") refuse("a chunk is longer than its size says");
  input.consume(2);
  state_ = State::kSize;
  return true;
}

bool BodyDecoder::trailer(InputBuffer& input) {
  auto text = line(input);
  if (!text) return false;
  bool last = text->empty();
  trailer_bytes_ += text->size() + 2;
  if (trailer_bytes_ > kTrailerBytes) refuse("its trailer is too long");
  input.consume(text->size() + 2);
  if (last) state_ = State::kDone;
  return true;
}

void BodyDecoder::end_of_input() {
  if (state_ == State::kUntilClose) state_ = State::kDone;
  if (state_ != State::kDone)
    throw ProtocolError(400, "the other side broke off in the middle of a body");
}

}  // namespace jibe::http
