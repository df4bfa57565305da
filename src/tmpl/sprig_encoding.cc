// b64enc, b64dec, b32enc, b32dec. A wrong input decodes to Go's error text, as in Sprig.
#include <fmt/core.h>

#include "base/strings.h"
#include "tmpl/encoding.h"
#include "tmpl/sprig_parts.h"

namespace jibe::tmpl {

namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool is_newline(char c) {
  return c == '\n' || c == '\r';
}

[[noreturn]] void corrupt(const char* what, size_t at) {
  throw InvalidInput(fmt::format("illegal {} data at input byte {}", what, at));
}

// One group of four characters at a time, so that errors name Go's byte.
class Base64Decoder {
 public:
  explicit Base64Decoder(std::string_view text) : text_(text) {}

  std::string run() {
    while (at_ < text_.size() && !ended_) group();
    return out_;
  }

 private:
  void group() {
    uint32_t bits = 0;
    size_t filled = 0;
    while (filled < 4) {
      if (at_ == text_.size()) {
        if (filled == 0) return;
        corrupt("base64", at_ - filled);
      }
      char c = text_[at_++];
      if (is_newline(c)) continue;
      size_t digit = kBase64.find(c);
      if (digit == std::string_view::npos) {
        if (c != '=') corrupt("base64", at_ - 1);
        padding(filled);
        break;
      }
      bits = (bits << 6) | static_cast<uint32_t>(digit);
      ++filled;
    }
    bits <<= 6 * (4 - filled);
    for (size_t i = 0; i + 1 < filled; ++i)
      out_ += static_cast<char>((bits >> (16 - 8 * i)) & 0xFF);
  }

  void padding(size_t filled) {
    if (filled < 2) corrupt("base64", at_ - 1);
    if (filled == 2) {
      skip_newlines();
      if (at_ == text_.size()) corrupt("base64", text_.size());
      if (text_[at_] != '=') corrupt("base64", at_ - 1);
      ++at_;
    }
    skip_newlines();
    if (at_ < text_.size()) corrupt("base64", at_);
    ended_ = true;
  }

  void skip_newlines() {
    while (at_ < text_.size() && is_newline(text_[at_])) ++at_;
  }

  std::string_view text_;
  size_t at_ = 0;
  bool ended_ = false;
  std::string out_;
};

std::string base32_encode(std::string_view bytes) {
  std::string out;
  uint64_t bits = 0;
  int count = 0;
  for (unsigned char c : bytes) {
    bits = (bits << 8) | c;
    count += 8;
    while (count >= 5) {
      out += kBase32[(bits >> (count - 5)) & 31];
      count -= 5;
    }
  }
  if (count > 0) out += kBase32[(bits << (5 - count)) & 31];
  while (out.size() % 8 != 0) out += '=';
  return out;
}

// How many characters of a last group of eight carry data, after checking its padding.
size_t base32_padding(std::string_view text, size_t at, size_t filled) {
  std::string_view rest = text.substr(at + 1);
  if (rest.size() + filled < 7) corrupt("base32", text.size());
  for (size_t k = 0; k + 1 + filled < 8; ++k)
    if (k < rest.size() && rest[k] != '=') corrupt("base32", text.size() - rest.size() + k - 1);
  if (filled == 3 || filled == 6) corrupt("base32", at);
  return filled;
}

std::string base32_decode(std::string_view raw) {
  std::string text;
  for (char c : raw)
    if (!is_newline(c)) text += c;
  std::string out;
  bool ended = false;
  for (size_t at = 0; at < text.size() && !ended;) {
    uint64_t bits = 0;
    size_t filled = 0;
    for (; filled < 8; ++at) {
      if (at == text.size()) corrupt("base32", at - filled);
      if (text[at] == '=' && filled >= 2 && text.size() - at - 1 < 8) {
        filled = base32_padding(text, at, filled);
        ended = true;
        break;
      }
      size_t digit = kBase32.find(text[at]);
      if (digit == std::string_view::npos) corrupt("base32", at);
      bits = (bits << 5) | digit;
      ++filled;
    }
    bits <<= 5 * (8 - filled);
    for (size_t i = 0; i < filled * 5 / 8; ++i)
      out += static_cast<char>((bits >> (32 - 8 * i)) & 0xFF);
  }
  return out;
}

template <class Decode>
Any or_message(Decode decode) {
  try {
    return Any(decode());
  } catch (const InvalidInput& error) {
    return Any(error.what());
  }
}

}  // namespace

std::string go_base64_decode(std::string_view text) {
  return Base64Decoder(text).run();
}

void add_encodings(FunctionTable& table) {
  table.add("b64enc", "string",
            [](CallContext&, Args a) { return Any(base::base64_encode(a[0].as_string())); });
  table.add("b64dec", "string", [](CallContext&, Args a) {
    return or_message([&] { return go_base64_decode(a[0].as_string()); });
  });
  table.add("b32enc", "string",
            [](CallContext&, Args a) { return Any(base32_encode(a[0].as_string())); });
  table.add("b32dec", "string", [](CallContext&, Args a) {
    return or_message([&] { return base32_decode(a[0].as_string()); });
  });
}

}  // namespace jibe::tmpl
