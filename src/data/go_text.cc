// Numbers and quoted strings with the characters that Go's strconv and encoding/json write.
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "data/json.h"
#include "data/utf8.h"

namespace jibe::data {

namespace {

// A finite number as 0.d₁d₂… × 10^point.
struct Decimal {
  bool negative;
  std::string digits;
  int point;
};

template <class Number>
Decimal shortest(Number number) {
  char text[32];
  auto end =
      std::to_chars(text, text + sizeof text, std::fabs(number), std::chars_format::scientific);
  std::string_view all(text, static_cast<size_t>(end.ptr - text));
  size_t e = all.find('e');
  int exponent = std::atoi(std::string(all.substr(e + 1)).c_str());
  Decimal out{std::signbit(number), std::string(1, all[0]), exponent + 1};
  if (e > 2) out.digits += all.substr(2, e - 2);
  return out;
}

std::string scientific(const Decimal& d) {
  std::string out = d.negative ? "-" : "";
  out += d.digits[0];
  if (d.digits.size() > 1) out += "." + d.digits.substr(1);
  int exponent = d.point - 1;
  out += exponent < 0 ? "e-" : "e+";
  std::string magnitude = std::to_string(std::abs(exponent));
  if (magnitude.size() < 2) out += '0';
  return out + magnitude;
}

std::string positional(const Decimal& d) {
  std::string out = d.negative ? "-" : "";
  auto count = static_cast<int>(d.digits.size());
  if (d.point <= 0) return out + "0." + std::string(static_cast<size_t>(-d.point), '0') + d.digits;
  if (count <= d.point)
    return out + d.digits + std::string(static_cast<size_t>(d.point - count), '0');
  auto whole = static_cast<size_t>(d.point);
  return out + d.digits.substr(0, whole) + "." + d.digits.substr(whole);
}

constexpr int kShortestPrecision = 6;

template <class Number>
std::string general(Number number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Inf" : "+Inf";
  if (number == 0) return std::signbit(number) ? "-0" : "0";
  Decimal d = shortest(number);
  int exponent = d.point - 1;
  // For the shortest form strconv goes by the precision of %g's default, six digits.
  return exponent < -4 || exponent >= kShortestPrecision ? scientific(d) : positional(d);
}

constexpr char kHex[] = "0123456789abcdef";

void append_hex(std::string& out, uint32_t code, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out += kHex[(code >> shift) & 15];
}

void append_quoted_rune(std::string& out, uint32_t rune, std::string_view bytes) {
  static constexpr char kLetters[] = "abtnvfr";  // of the codes 7 … 13
  if (rune == '"' || rune == '\\') {
    out += '\\';
    out += static_cast<char>(rune);
  } else if (is_go_printable(rune)) {
    out += bytes;
  } else if (rune >= 7 && rune <= 13) {
    out += '\\';
    out += kLetters[rune - 7];
  } else if (rune < ' ' || rune == 0x7f) {
    out += "\\x";
    append_hex(out, rune, 2);
  } else if (rune < 0x10000) {
    out += "\\u";
    append_hex(out, rune, 4);
  } else {
    out += "\\U";
    append_hex(out, rune, 8);
  }
}

}  // namespace

std::string json_number(double number) {
  if (!std::isfinite(number))
    throw base::InvalidInput("json: unsupported value: " + go_number(number));
  if (number == 0) return std::signbit(number) ? "-0" : "0";
  Decimal d = shortest(number);
  double magnitude = std::fabs(number);
  if (magnitude >= 1e-6 && magnitude < 1e21) return positional(d);
  std::string out = scientific(d);
  // encoding/json writes e-9 where strconv writes e-09.
  size_t n = out.size();
  if (out[n - 4] == 'e' && out[n - 3] == '-' && out[n - 2] == '0') out.erase(n - 2, 1);
  return out;
}

std::string go_number(double number) {
  return general(number);
}

std::string go_number32(float number) {
  return general(number);
}

std::string go_quote(std::string_view text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size();) {
    Rune rune = decode_rune(text.substr(i));
    if (rune.valid) {
      append_quoted_rune(out, rune.code, text.substr(i, rune.size));
    } else {
      out += "\\x";
      append_hex(out, static_cast<unsigned char>(text[i]), 2);
    }
    i += rune.size;
  }
  return out += '"';
}

}  // namespace jibe::data
