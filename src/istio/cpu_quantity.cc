#include "istio/cpu_quantity.h"

#include <fmt/core.h>

#include <charconv>
#include <cmath>

#include "istio/operator_step.h"

namespace jibe::istio {

namespace {

struct Suffix {
  std::string_view text;
  int exponent;
};

// From the largest unit down; canonical is the largest that leaves an integer.
constexpr Suffix kSuffixes[] = {{"E", 18}, {"P", 15}, {"T", 12}, {"G", 9},  {"M", 6},
                                {"k", 3},  {"", 0},   {"m", -3}, {"u", -6}, {"n", -9}};

double power_of_ten(int exponent) {
  return std::pow(10.0, exponent);
}

// In billionths; negative for what cannot be read.
double nano_of(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || number < 0) return -1;
  std::string_view rest(at, static_cast<size_t>(end - at));
  for (const auto& suffix : kSuffixes)
    if (suffix.text == rest) return std::ceil(number * power_of_ten(suffix.exponent + 9) - 1e-6);
  return -1;
}

}  // namespace

std::string canonical_cpu(const data::Value& value) {
  if (!value.is_string() && !value.is_number()) return "";
  double nano = nano_of(display(value));
  if (nano <= 0) return "";
  for (const auto& suffix : kSuffixes) {
    double count = nano / power_of_ten(suffix.exponent + 9);
    if (count >= 1 && std::floor(count) == count)
      return fmt::format("{:.0f}{}", count, suffix.text);
  }
  return "";
}

}  // namespace jibe::istio
