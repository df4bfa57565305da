// strconv.Quote and strconv.Unquote.
#include <fmt/core.h>

#include "base/error.h"
#include "tmpl/format.h"
#include "tmpl/printer.h"
#include "tmpl/unicode.h"

namespace jibe::tmpl {

namespace {

[[noreturn]] void invalid_syntax() {
  throw base::InvalidInput("invalid syntax");
}

void append_escaped(std::string& out, char32_t rune, char quote, bool ascii_only) {
  if (rune == static_cast<char32_t>(quote) || rune == '\\') {
    out += '\\';
    out += static_cast<char>(rune);
    return;
  }
  if (ascii_only ? rune < 0x80 && is_print(rune) : is_print(rune)) return append_rune(out, rune);
  constexpr std::string_view kControls = "\a\b\t\n\v\f\r";
  constexpr std::string_view kLetters = "abtnvfr";
  if (size_t at = kControls.find(static_cast<char>(rune));
      rune < 0x80 && at != std::string_view::npos) {
    out += '\\';
    out += kLetters[at];
  } else if (rune < ' ' || rune == 0x7F) {
    out += fmt::format("\\x{:02x}", static_cast<uint32_t>(rune));
  } else if (rune < 0x10000) {
    out += fmt::format("\\u{:04x}", static_cast<uint32_t>(rune));
  } else {
    out += fmt::format("\\U{:08x}", static_cast<uint32_t>(rune));
  }
}

char32_t hex_digits(std::string_view digits) {
  char32_t value = 0;
  for (char c : digits) {
    if (!isxdigit(static_cast<unsigned char>(c))) invalid_syntax();
    int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    value = value * 16 + static_cast<char32_t>(digit);
  }
  return value;
}

char32_t octal_digits(std::string_view digits) {
  char32_t value = 0;
  for (char c : digits) {
    if (c < '0' || c > '7') invalid_syntax();
    value = value * 8 + static_cast<char32_t>(c - '0');
  }
  if (value > 255) invalid_syntax();
  return value;
}

std::string_view take(std::string_view& text, size_t count) {
  if (text.size() < count) invalid_syntax();
  std::string_view out = text.substr(0, count);
  text.remove_prefix(count);
  return out;
}

}  // namespace

std::string quote_with(std::string_view text, char mark, bool ascii_only) {
  std::string out(1, mark);
  out.reserve(text.size() + 2);
  while (!text.empty()) {
    Rune r = decode_rune(text);
    if (r.width == 1 && r.value == kRuneError)
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
    else
      append_escaped(out, r.value, mark, ascii_only);
    text.remove_prefix(r.width);
  }
  return out + mark;
}

std::string quote_rune(char32_t rune, bool ascii_only) {
  std::string out = "'";
  append_escaped(out, valid_rune(rune) ? rune : kRuneError, '\'', ascii_only);
  return out + "'";
}

std::string quote(std::string_view text) {
  return quote_with(text, '"', false);
}

UnquotedChar unquote_char(std::string_view& text, char mark) {
  if (text.empty() || (text[0] == mark && (mark == '\'' || mark == '"'))) invalid_syntax();
  Rune r = decode_rune(text);
  text.remove_prefix(r.width);
  if (r.value != '\\') return {r.value, r.value >= 0x80};
  char c = take(text, 1)[0];
  constexpr std::string_view kControls = "\a\b\t\n\v\f\r\\";
  constexpr std::string_view kLetters = "abtnvfr\\";
  if (size_t at = kLetters.find(c); at != std::string_view::npos)
    return {static_cast<unsigned char>(kControls[at]), false};
  if (c == 'x') return {hex_digits(take(text, 2)), false};
  if (c == 'u' || c == 'U') {
    char32_t value = hex_digits(take(text, c == 'u' ? 4 : 8));
    if (!valid_rune(value)) invalid_syntax();
    return {value, true};
  }
  if (c >= '0' && c <= '7') {
    char digits[] = {c, 0, 0};
    std::string_view more = take(text, 2);
    digits[1] = more[0];
    digits[2] = more[1];
    return {octal_digits({digits, 3}), false};
  }
  if ((c == '\'' || c == '"') && c == mark) return {static_cast<unsigned char>(c), false};
  invalid_syntax();
}

std::string unquote(std::string_view literal) {
  if (literal.size() < 2 || literal.front() != literal.back()) invalid_syntax();
  char mark = literal.front();
  std::string_view body = literal.substr(1, literal.size() - 2);
  std::string out;
  if (mark == '`') {
    for (char c : body) {
      if (c == '`') invalid_syntax();
      if (c != '\r') out += c;
    }
    return out;
  }
  if (mark != '"' && mark != '\'') invalid_syntax();
  while (!body.empty()) {
    if (body[0] == '\n') invalid_syntax();
    UnquotedChar c = unquote_char(body, mark);
    if (c.multibyte)
      append_rune(out, c.value);
    else
      out += static_cast<char>(c.value);
    if (mark == '\'' && !body.empty()) invalid_syntax();
  }
  return out;
}

}  // namespace jibe::tmpl
