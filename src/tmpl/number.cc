#include "tmpl/number.h"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "base/strings.h"

namespace jibe::tmpl {

namespace {

// Underscores only between digits, or between a base prefix and a digit.
bool underscores_ok(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  char before = '^';
  bool hex = false;
  if (text.size() >= 2 && text[0] == '0') {
    char letter = static_cast<char>(text[1] | 0x20);
    if (letter == 'b' || letter == 'o' || letter == 'x') {
      before = '0';
      hex = letter == 'x';
      text.remove_prefix(2);
    }
  }
  for (char c : text) {
    bool digit = (c >= '0' && c <= '9') || (hex && (c | 0x20) >= 'a' && (c | 0x20) <= 'f');
    if (digit) {
      before = '0';
    } else if (c == '_') {
      if (before != '0') return false;
      before = '_';
    } else {
      if (before == '_') return false;
      before = '!';
    }
  }
  return before != '_';
}

int take_base(std::string_view& text) {
  if (text.empty() || text[0] != '0') return 10;
  if (text.size() >= 3) {
    char letter = static_cast<char>(text[1] | 0x20);
    int base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
    if (base != 0) {
      text.remove_prefix(2);
      return base;
    }
  }
  text.remove_prefix(1);
  return 8;
}

bool is_hex(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return text.size() > 2 && text[0] == '0' && (text[1] | 0x20) == 'x';
}

// What strtod would take and Go would not, or the other way round.
bool float_shape_ok(std::string_view text) {
  if (text.empty() || text.find('(') != std::string_view::npos) return false;
  if (isspace(static_cast<unsigned char>(text[0]))) return false;
  return !is_hex(text) || text.find_first_of("pP") != std::string_view::npos;
}

}  // namespace

Parsed<uint64_t> parse_uint(std::string_view text, int base) {
  std::string_view whole = text;
  bool prefixed = base == 0;
  if (text.empty()) return {0, ParseProblem::kSyntax};
  if (prefixed) base = take_base(text);
  bool underscores = false;
  bool overflow = false;
  uint64_t value = 0;
  for (char c : text) {
    if (c == '_' && prefixed) {
      underscores = true;
      continue;
    }
    int digit = c >= '0' && c <= '9'                     ? c - '0'
                : (c | 0x20) >= 'a' && (c | 0x20) <= 'z' ? (c | 0x20) - 'a' + 10
                                                         : 99;
    if (digit >= base) return {0, ParseProblem::kSyntax};
    overflow |= __builtin_mul_overflow(value, static_cast<uint64_t>(base), &value);
    overflow |= __builtin_add_overflow(value, static_cast<uint64_t>(digit), &value);
  }
  if (overflow) return {std::numeric_limits<uint64_t>::max(), ParseProblem::kRange};
  if (underscores && !underscores_ok(whole)) return {0, ParseProblem::kSyntax};
  return {value};
}

Parsed<int64_t> parse_int(std::string_view text, int base) {
  if (text.empty()) return {0, ParseProblem::kSyntax};
  bool negative = text[0] == '-';
  if (negative || text[0] == '+') text.remove_prefix(1);
  auto magnitude = parse_uint(text, base);
  if (magnitude.problem == ParseProblem::kSyntax) return {0, ParseProblem::kSyntax};
  constexpr uint64_t kLimit = uint64_t{1} << 63;
  if (!negative && magnitude.value >= kLimit)
    return {std::numeric_limits<int64_t>::max(), ParseProblem::kRange};
  if (negative && magnitude.value > kLimit)
    return {std::numeric_limits<int64_t>::min(), ParseProblem::kRange};
  uint64_t bits = negative ? 0 - magnitude.value : magnitude.value;
  return {static_cast<int64_t>(bits)};
}

Parsed<double> parse_float(std::string_view text) {
  if (!float_shape_ok(text)) return {0, ParseProblem::kSyntax};
  std::string clean(text);
  if (clean.find('_') != std::string::npos) {
    if (!underscores_ok(text)) return {0, ParseProblem::kSyntax};
    clean = base::replace_all(clean, "_", "");
  }
  char* end = nullptr;
  double value = std::strtod(clean.c_str(), &end);
  if (end != clean.c_str() + clean.size()) return {0, ParseProblem::kSyntax};
  bool named = clean.find_first_of("nN") != std::string::npos && !is_hex(clean);
  if (std::isinf(value) && !named) return {value, ParseProblem::kRange};
  return {value};
}

}  // namespace jibe::tmpl
