// addf, subf, mulf, divf, add1f: decimal arithmetic without binary rounding, as
// github.com/shopspring/decimal 1.4 does it (division to 16 places, rounded half away from zero).
#include <fmt/core.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>

#include "tmpl/format.h"
#include "tmpl/sprig_parts.h"

namespace jibe::tmpl {

namespace {

using boost::multiprecision::cpp_int;

constexpr int kDivisionPlaces = 16;

// value × 10^exponent
struct Decimal {
  cpp_int value;
  int exponent = 0;
};

cpp_int power_of_ten(int exponent) {
  return boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(exponent));
}

Decimal from_double(double d) {
  if (std::isnan(d) || std::isinf(d))
    throw InvalidInput("Cannot create a Decimal from " + to_text(Any(d)));
  Decimal out;
  if (d == 0) return out;
  std::string text = format_float(d, 'e', -1);
  size_t e = text.find('e');
  out.exponent = std::stoi(text.substr(e + 1));
  std::string digits;
  bool point = false;
  for (char c : text.substr(0, e)) {
    if (c == '.') {
      point = true;
      continue;
    }
    if (point) --out.exponent;
    digits += c;
  }
  out.value = cpp_int(digits);
  return out;
}

double to_double(const Decimal& d) {
  std::string text = d.value.str() + "e" + std::to_string(d.exponent);
  return std::strtod(text.c_str(), nullptr);
}

void align(Decimal& a, Decimal& b) {
  Decimal& coarse = a.exponent > b.exponent ? a : b;
  int fine = std::min(a.exponent, b.exponent);
  coarse.value *= power_of_ten(coarse.exponent - fine);
  coarse.exponent = fine;
}

Decimal add(Decimal a, Decimal b) {
  align(a, b);
  return {a.value + b.value, a.exponent};
}

Decimal subtract(Decimal a, Decimal b) {
  align(a, b);
  return {a.value - b.value, a.exponent};
}

Decimal multiply(Decimal a, Decimal b) {
  return {a.value * b.value, a.exponent + b.exponent};
}

Decimal divide(Decimal a, Decimal b) {
  if (b.value == 0) throw InvalidInput("decimal division by 0");
  int shift = a.exponent - b.exponent + kDivisionPlaces;
  if (shift >= 0)
    a.value *= power_of_ten(shift);
  else
    b.value *= power_of_ten(-shift);
  cpp_int quotient;
  cpp_int rest;
  boost::multiprecision::divide_qr(a.value, b.value, quotient, rest);
  if (abs(rest) * 2 >= abs(b.value)) quotient += (a.value < 0) != (b.value < 0) ? -1 : 1;
  return {quotient, -kDivisionPlaces};
}

using Operation = Decimal (*)(Decimal, Decimal);

double fold(const Any& first, Args rest, Operation operation) {
  Decimal out = from_double(cast_float64(first));
  for (const Any& any : rest) out = operation(std::move(out), from_double(cast_float64(any)));
  return to_double(out);
}

}  // namespace

void add_decimals(FunctionTable& table) {
  table.add("add1f", "any", [](CallContext&, Args a) {
    Any one = Any::integer(1);
    return Any(fold(a[0], {&one, 1}, add));
  });
  table.add("addf", "any...", [](CallContext&, Args a) { return Any(fold(Any(0.0), a, add)); });
  auto add_one = [&](const char* name, Operation operation) {
    table.add(name, "any, any...", [operation](CallContext&, Args a) {
      return Any(fold(a[0], a.subspan(1), operation));
    });
  };
  add_one("subf", subtract);
  add_one("mulf", multiply);
  add_one("divf", divide);
}

}  // namespace jibe::tmpl
