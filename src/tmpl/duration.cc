#include "tmpl/duration.h"

#include <fmt/core.h>

#include <optional>

#include "base/error.h"
#include "tmpl/format.h"

namespace jibe::tmpl {

namespace {

constexpr uint64_t kLimit = uint64_t{1} << 63;
constexpr int64_t kSecond = 1000000000;

uint64_t unit_of(std::string_view name) {
  struct Unit {
    std::string_view name;
    uint64_t nanoseconds;
  };
  constexpr Unit kUnits[] = {
      {"ns", 1},       {"us", 1000},      {"µs", 1000},       {"μs", 1000},
      {"ms", 1000000}, {"s", 1000000000}, {"m", 60000000000}, {"h", 3600000000000},
  };
  for (const Unit& unit : kUnits)
    if (unit.name == name) return unit.nanoseconds;
  return 0;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::optional<uint64_t> leading_integer(std::string_view& text) {
  uint64_t value = 0;
  while (!text.empty() && is_digit(text[0])) {
    if (value > kLimit / 10) return std::nullopt;
    value = value * 10 + static_cast<uint64_t>(text[0] - '0');
    if (value > kLimit) return std::nullopt;
    text.remove_prefix(1);
  }
  return value;
}

// Digits behind the point: their value and the power of ten below them; what overflows is dropped.
std::pair<uint64_t, double> leading_fraction(std::string_view& text) {
  uint64_t value = 0;
  double scale = 1;
  bool overflow = false;
  for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1)) {
    if (overflow || value > (kLimit - 1) / 10) {
      overflow = true;
      continue;
    }
    value = value * 10 + static_cast<uint64_t>(text[0] - '0');
    scale *= 10;
  }
  return {value, scale};
}

// One number with its unit; nothing where it is no duration at all.
std::optional<uint64_t> take_part(std::string_view& rest, const std::string& quoted) {
  if (rest[0] != '.' && !is_digit(rest[0])) return std::nullopt;
  size_t before = rest.size();
  auto whole = leading_integer(rest);
  if (!whole) return std::nullopt;
  bool digits = rest.size() != before;
  std::pair<uint64_t, double> fraction{0, 1};
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    before = rest.size();
    fraction = leading_fraction(rest);
    digits = digits || rest.size() != before;
  }
  if (!digits) return std::nullopt;
  size_t size = 0;
  while (size < rest.size() && rest[size] != '.' && !is_digit(rest[size])) ++size;
  if (size == 0) throw base::InvalidInput("time: missing unit in duration " + quoted);
  uint64_t unit = unit_of(rest.substr(0, size));
  if (unit == 0)
    throw base::InvalidInput(fmt::format("time: unknown unit {} in duration {}",
                                         time_quote(rest.substr(0, size)), quoted));
  rest.remove_prefix(size);
  if (*whole > kLimit / unit) return std::nullopt;
  uint64_t value = *whole * unit;
  value += static_cast<uint64_t>(static_cast<double>(fraction.first) *
                                 (static_cast<double>(unit) / fraction.second));
  if (value > kLimit) return std::nullopt;
  return value;
}

// "1.5" of 1500 by 1000, without trailing zeros.
std::string decimal(uint64_t value, uint64_t unit) {
  std::string out = std::to_string(value / unit);
  uint64_t rest = value % unit;
  if (rest == 0) return out;
  std::string fraction = std::to_string(rest + unit).substr(1);
  fraction.resize(fraction.find_last_not_of('0') + 1);
  return out + "." + fraction;
}

}  // namespace

std::string time_quote(std::string_view text) {
  constexpr const char* kHex = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || byte < ' ') {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

int64_t parse_duration(std::string_view text) {
  std::string quoted = time_quote(text);
  auto invalid = [&] { throw base::InvalidInput("time: invalid duration " + quoted); };
  std::string_view rest = text;
  bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return 0;
  if (rest.empty()) invalid();
  uint64_t sum = 0;
  while (!rest.empty()) {
    auto part = take_part(rest, quoted);
    if (!part) invalid();
    sum += *part;
    if (sum > kLimit) invalid();
  }
  if (negative) return static_cast<int64_t>(0 - sum);
  if (sum > kLimit - 1) invalid();
  return static_cast<int64_t>(sum);
}

std::string format_duration(int64_t nanoseconds) {
  if (nanoseconds == 0) return "0s";
  bool negative = nanoseconds < 0;
  auto value = static_cast<uint64_t>(nanoseconds);
  if (negative) value = 0 - value;
  std::string out = negative ? "-" : "";
  constexpr auto kUnit = static_cast<uint64_t>(kSecond);
  if (value < 1000) return out + std::to_string(value) + "ns";
  if (value < 1000000) return out + decimal(value, 1000) + "µs";
  if (value < kUnit) return out + decimal(value, 1000000) + "ms";
  uint64_t seconds = value / kUnit;
  uint64_t minutes = seconds / 60;
  if (minutes >= 60) out += std::to_string(minutes / 60) + "h";
  if (minutes > 0) out += std::to_string(minutes % 60) + "m";
  return out + decimal(value - minutes * 60 * kUnit, kUnit) + "s";
}

int64_t round_duration(int64_t nanoseconds, int64_t unit) {
  int64_t rest = nanoseconds % unit;
  int64_t magnitude = rest < 0 ? -rest : rest;
  int64_t down = nanoseconds - rest;
  if (magnitude + magnitude < unit) return down;
  return nanoseconds < 0 ? down - unit : down + unit;
}

}  // namespace jibe::tmpl
