// Numbers and hexadecimal text under printf's flags.
#include <fmt/core.h>

#include <algorithm>

#include "tmpl/format.h"
#include "tmpl/printer.h"
#include "tmpl/unicode.h"

namespace jibe::tmpl {

void Printer::integer(const Any& any, char32_t verb) {
  bool is_signed = any.kind() == Kind::kInt || any.kind() == Kind::kInt64;
  uint64_t u = any.as_uint();
  switch (verb) {
    case 'v':
      if (flags.sharp_v && !is_signed) return prefixed_hex(u, true);
      return digits(u, 10, is_signed, verb, false);
    case 'd':
      return digits(u, 10, is_signed, verb, false);
    case 'b':
      return digits(u, 2, is_signed, verb, false);
    case 'o':
    case 'O':
      return digits(u, 8, is_signed, verb, false);
    case 'x':
    case 'X':
      return digits(u, 16, is_signed, verb, verb == 'X');
    case 'c': {
      std::string text;
      append_rune(text, u > kMaxRune ? kRuneError : static_cast<char32_t>(u));
      return pad(text);
    }
    case 'q':
      return pad(quote_rune(u > kMaxRune ? kRuneError : static_cast<char32_t>(u), flags.plus));
    case 'U':
      return unicode_point(u);
    default:
      return bad_verb(verb, any);
  }
}

void Printer::prefixed_hex(uint64_t u, bool prefix) {
  bool sharp = std::exchange(flags.sharp, prefix);
  digits(u, 16, false, 'v', false);
  flags.sharp = sharp;
}

void Printer::digits(uint64_t u, int base, bool is_signed, char32_t verb, bool upper) {
  bool negative = is_signed && static_cast<int64_t>(u) < 0;
  if (negative) u = 0 - u;
  bool zero_flag = flags.zero;
  int wanted = 0;
  if (flags.has_precision) {
    wanted = flags.precision;
    if (wanted == 0 && u == 0) {
      flags.zero = false;
      padding(flags.width);
      flags.zero = zero_flag;
      return;
    }
  } else if (flags.zero && !flags.minus && flags.has_width) {
    wanted = flags.width - (negative || flags.plus || flags.space ? 1 : 0);
  }
  std::string_view symbols = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string text;
  auto divisor = static_cast<uint64_t>(base);
  do {
    text += symbols[u % divisor];
    u /= divisor;
  } while (u > 0);
  while (static_cast<int>(text.size()) < wanted) text += '0';
  if (flags.sharp) {
    if (base == 2) text += "b0";
    if (base == 8 && text.back() != '0') text += '0';
    if (base == 16) text += upper ? "X0" : "x0";
  }
  if (verb == 'O') text += "o0";
  if (negative)
    text += '-';
  else if (flags.plus)
    text += '+';
  else if (flags.space)
    text += ' ';
  std::reverse(text.begin(), text.end());
  flags.zero = false;
  pad(text);
  flags.zero = zero_flag;
}

void Printer::unicode_point(uint64_t u) {
  int wanted = flags.has_precision && flags.precision > 4 ? flags.precision : 4;
  std::string text = fmt::format("U+{:0{}X}", u, wanted);
  if (flags.sharp && u <= kMaxRune && is_print(static_cast<char32_t>(u))) {
    text += " '";
    append_rune(text, static_cast<char32_t>(u));
    text += '\'';
  }
  bool zero_flag = std::exchange(flags.zero, false);
  pad(text);
  flags.zero = zero_flag;
}

void Printer::floating(const Any& any, char32_t verb) {
  double d = any.as_float();
  switch (verb) {
    case 'v':
      return number(d, 'g', -1);
    case 'b':
    case 'g':
    case 'G':
    case 'x':
    case 'X':
      return number(d, static_cast<char>(verb), -1);
    case 'f':
    case 'F':
      return number(d, 'f', 6);
    case 'e':
    case 'E':
      return number(d, static_cast<char>(verb), 6);
    default:
      return bad_verb(verb, any);
  }
}

// %#g keeps the point and trailing zeros.
std::string Printer::with_point(std::string number, char verb, int precision) const {
  int wanted = 0;
  if (verb == 'g' || verb == 'G' || verb == 'x') wanted = precision < 0 ? 6 : precision;
  std::string tail;
  bool hexadecimal = verb == 'x' || verb == 'X';
  if (size_t at = number.find_first_of(hexadecimal ? "pP" : "eE"); at != std::string::npos) {
    tail = number.substr(at);
    number.resize(at);
  }
  bool point = false;
  bool nonzero = false;
  for (char c : number.substr(1)) {
    if (c == '.') {
      point = true;
      continue;
    }
    nonzero = nonzero || c != '0';
    if (nonzero) --wanted;
  }
  if (!point) {
    if (number.size() == 2 && number[1] == '0') --wanted;
    number += '.';
  }
  if (wanted > 0) number.append(static_cast<size_t>(wanted), '0');
  return number + tail;
}

void Printer::number(double d, char verb, int precision) {
  if (flags.has_precision) precision = flags.precision;
  std::string text = format_float(d, verb, precision);
  if (text[0] != '-' && text[0] != '+') text.insert(0, 1, '+');
  if (flags.space && text[0] == '+' && !flags.plus) text[0] = ' ';
  if (text[1] == 'I' || text[1] == 'N') {
    if (text[1] == 'N' && !flags.space && !flags.plus)
      text.erase(0, 1);
    else if (text[0] == '+' && !flags.plus && text[1] == 'I')
      text = "+Inf";
    bool zero_flag = std::exchange(flags.zero, false);
    pad(text);
    flags.zero = zero_flag;
    return;
  }
  if (flags.sharp && verb != 'b') text = with_point(std::move(text), verb, precision);
  if (!flags.plus && text[0] == '+') return pad(std::string_view(text).substr(1));
  int count = flags.width - static_cast<int>(text.size());
  if (flags.zero && !flags.minus && flags.has_width && count > 0) {
    out_ += text[0];
    padding(count);
    out_ += std::string_view(text).substr(1);
    return;
  }
  pad(text);
}

void Printer::hex(std::string_view bytes, bool upper) {
  if (flags.has_precision && static_cast<size_t>(flags.precision) < bytes.size())
    bytes = bytes.substr(0, static_cast<size_t>(flags.precision));
  std::string text;
  const char* prefix = upper ? "0X" : "0x";
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (flags.space && i > 0) text += ' ';
    if (flags.sharp && (flags.space || i == 0)) text += prefix;
    auto byte = static_cast<unsigned char>(bytes[i]);
    text += upper ? fmt::format("{:02X}", byte) : fmt::format("{:02x}", byte);
  }
  pad(text);
}

}  // namespace jibe::tmpl
