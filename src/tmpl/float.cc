// strconv.FormatFloat for float64.
#include <fmt/core.h>

#include <charconv>
#include <cmath>

#include "tmpl/format.h"

namespace jibe::tmpl {

namespace {

// Shortest digits that read back: value = 0.d1d2d3… × 10^point.
struct Decimal {
  std::string digits;
  int point = 0;
};

Decimal shortest(double d) {
  char buffer[64];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, d, std::chars_format::scientific).ptr;
  std::string_view text(buffer, static_cast<size_t>(end - buffer));
  size_t e = text.find('e');
  Decimal out;
  for (char c : text.substr(0, e))
    if (c != '.') out.digits += c;
  out.point = std::stoi(std::string(text.substr(e + 1))) + 1;
  if (out.digits == "0") out.point = 1;
  return out;
}

std::string scientific(const Decimal& d, char e) {
  std::string out(1, d.digits[0]);
  if (d.digits.size() > 1) out += '.' + d.digits.substr(1);
  int exponent = d.digits == "0" ? 0 : d.point - 1;
  return out + fmt::format("{}{}{:02d}", e, exponent < 0 ? '-' : '+', std::abs(exponent));
}

std::string positional(const Decimal& d) {
  int size = static_cast<int>(d.digits.size());
  if (d.point <= 0) return "0." + std::string(static_cast<size_t>(-d.point), '0') + d.digits;
  if (d.point >= size) return d.digits + std::string(static_cast<size_t>(d.point - size), '0');
  auto point = static_cast<size_t>(d.point);
  return d.digits.substr(0, point) + "." + d.digits.substr(point);
}

std::string format_shortest(double d, char verb) {
  Decimal decimal = shortest(d);
  if (verb == 'f') return positional(decimal);
  if (verb == 'e' || verb == 'E') return scientific(decimal, verb);
  // As if precision 6 had been asked for, however many digits there are.
  int exponent = decimal.point - 1;
  if (exponent < -4 || exponent >= 6)
    return scientific(decimal, static_cast<char>(verb == 'G' ? 'E' : 'e'));
  return positional(decimal);
}

// 0x1.8p+01: C's %a with an exponent of two digits.
std::string format_hex(double d, int precision, bool upper) {
  std::string text;
  if (precision < 0) {
    char buffer[64];
    auto end = std::to_chars(buffer, buffer + sizeof buffer, d, std::chars_format::hex).ptr;
    text = "0x" + std::string(buffer, end);
  } else {
    char buffer[512];
    snprintf(buffer, sizeof buffer, "%.*a", std::min(precision, 400), d);
    text = buffer;
  }
  size_t p = text.find('p');
  if (text.size() - p == 3) text.insert(p + 2, "0");
  if (upper)
    for (char& c : text) c = static_cast<char>(toupper(c));
  return text;
}

std::string format_binary(double d) {
  int exponent = 0;
  double fraction = std::frexp(d, &exponent);
  auto mantissa = static_cast<int64_t>(std::ldexp(fraction, 53));
  return fmt::format("{}p{:+d}", mantissa, exponent - 53);
}

}  // namespace

std::string format_float(double d, char verb, int precision) {
  if (std::isnan(d)) return "NaN";
  if (std::isinf(d)) return d > 0 ? "+Inf" : "-Inf";
  if (std::signbit(d)) return "-" + format_float(-d, verb, precision);
  if (verb == 'b') return format_binary(d);
  if (verb == 'x' || verb == 'X') return format_hex(d, precision, verb == 'X');
  if (precision < 0) return format_shortest(d, verb);
  char c_format[] = {'%', '.', '*', verb, 0};
  std::string out(static_cast<size_t>(precision) + 400, '\0');
  int size = snprintf(out.data(), out.size(), c_format, precision, d);
  out.resize(static_cast<size_t>(size));
  return out;
}

}  // namespace jibe::tmpl
