#include "data/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "data/json.h"

namespace jibe::data {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

template <size_t N>
bool one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::optional<Value> resolve_word(std::string_view text) {
  static constexpr auto kTrue = std::to_array<std::string_view>(
      {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"});
  static constexpr auto kFalse = std::to_array<std::string_view>(
      {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"});
  static constexpr auto kNull = std::to_array<std::string_view>({"", "~", "null", "Null", "NULL"});
  static constexpr auto kNan = std::to_array<std::string_view>({".nan", ".NaN", ".NAN"});
  static constexpr auto kInfinite = std::to_array<std::string_view>({".inf", ".Inf", ".INF"});
  if (text.size() > 5) return std::nullopt;
  if (one_of(text, kTrue)) return Value(true);
  if (one_of(text, kFalse)) return Value(false);
  if (one_of(text, kNull)) return Value();
  if (one_of(text, kNan)) return Value(std::numeric_limits<double>::quiet_NaN());
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (one_of(text, kInfinite)) return Value(kInfinity);
  if (text.starts_with('+') && one_of(text.substr(1), kInfinite)) return Value(kInfinity);
  if (text.starts_with('-') && one_of(text.substr(1), kInfinite)) return Value(-kInfinity);
  return std::nullopt;
}

// strconv.ParseInt(text, 0, 64), then ParseUint, which takes no sign.
std::optional<Value> resolve_integer(std::string_view text) {
  bool negative = text.starts_with('-');
  bool is_signed = negative || text.starts_with('+');
  std::string_view digits = text.substr(is_signed ? 1 : 0);
  int base = 10;
  if (digits.size() > 1 && digits[0] == '0') {
    char mark = static_cast<char>(digits[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
    digits.remove_prefix(is_digit(digits[1]) ? 1 : 2);
    if (base == 8 && !is_digit(mark) && mark != 'o') return std::nullopt;
  }
  uint64_t magnitude = 0;
  auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, base);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  constexpr uint64_t kLimit = uint64_t{1} << 63;
  if (magnitude < kLimit) {
    auto value = static_cast<int64_t>(magnitude);
    return Value(negative ? -value : value);
  }
  if (negative)
    return magnitude == kLimit ? std::optional<Value>(std::numeric_limits<int64_t>::min())
                               : std::nullopt;
  if (is_signed) return std::nullopt;
  return Value(static_cast<double>(magnitude));
}

// ^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$
bool is_float(std::string_view text) {
  size_t i = 0;
  auto sign = [&] {
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
  };
  auto digits = [&] {
    size_t start = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i - start;
  };
  sign();
  size_t whole = digits();
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (digits() == 0 && whole == 0) return false;
  } else if (whole == 0) {
    return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    sign();
    if (digits() == 0) return false;
  }
  return i == text.size();
}

std::optional<Value> resolve_float(std::string_view text) {
  if (!is_float(text)) return std::nullopt;
  double number = std::strtod(std::string(text).c_str(), nullptr);
  if (std::isinf(number)) return std::nullopt;
  return Value(number);
}

// Reads one number of `text` of at most `most` digits and not above `limit`.
bool eat_number(std::string_view& text, size_t most, int limit, int least = 0) {
  size_t n = 0;
  int value = 0;
  while (n < most && n < text.size() && is_digit(text[n])) value = value * 10 + (text[n++] - '0');
  text.remove_prefix(n);
  return n > 0 && value <= limit && value >= least;
}

bool eat(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

int days_in(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// "2006-1-2"; leaves the rest in `text`.
bool eat_date(std::string_view& text) {
  if (text.size() < 5 || !std::all_of(text.begin(), text.begin() + 4, is_digit)) return false;
  int year = std::atoi(std::string(text.substr(0, 4)).c_str());
  text.remove_prefix(4);
  if (!eat(text, '-')) return false;
  std::string_view month_text = text;
  if (!eat_number(text, 2, 12, 1)) return false;
  int month = std::atoi(std::string(month_text.substr(0, 2)).c_str());
  return eat(text, '-') && eat_number(text, 2, days_in(year, month), 1);
}

// "15:4:5.999999999"
bool eat_clock(std::string_view& text) {
  if (!eat_number(text, 2, 23) || !eat(text, ':') || !eat_number(text, 2, 59) || !eat(text, ':') ||
      !eat_number(text, 2, 59))
    return false;
  if (text.size() > 1 && (text[0] == '.' || text[0] == ',') && is_digit(text[1])) {
    size_t n = 1;
    while (n < text.size() && is_digit(text[n])) ++n;
    text.remove_prefix(n);
  }
  return true;
}

// "Z07:00"
bool eat_zone(std::string_view& text) {
  if (eat(text, 'Z')) return true;
  if (!eat(text, '+') && !eat(text, '-')) return false;
  if (text.size() < 5 || !is_digit(text[1]) || !is_digit(text[4])) return false;
  return eat_number(text, 2, 24) && eat(text, ':') && eat_number(text, 2, 60);
}

}  // namespace

bool is_yaml_timestamp(std::string_view text) {
  if (!eat_date(text)) return false;
  if (text.empty()) return true;
  if (eat(text, ' ')) return eat_clock(text) && text.empty();
  return (eat(text, 'T') || eat(text, 't')) && eat_clock(text) && eat_zone(text) && text.empty();
}

std::optional<Value> resolve_yaml(std::string_view plain) {
  if (plain.empty()) return Value();
  char first = plain[0];
  bool number = is_digit(first) || first == '+' || first == '-';
  if (!number && std::string_view("yYnNtTfFoO~.").find(first) == std::string_view::npos)
    return std::nullopt;
  if (auto word = resolve_word(plain)) return word;
  std::string text(plain);
  std::erase(text, '_');
  if (first == '.') return resolve_float(text);
  if (!number || is_yaml_timestamp(plain)) return std::nullopt;
  if (auto integer = resolve_integer(text)) return integer;
  return resolve_float(text);
}

Value through_json(double number) {
  std::string text = json_number(number);
  if (text == "-0") return Value(number);
  int64_t integer = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), integer);
  if (error == std::errc() && end == text.data() + text.size()) return Value(integer);
  return Value(number);
}

}  // namespace jibe::data
