// Numbers as Go reads them: strconv.ParseInt, ParseUint, ParseFloat and Atoi.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace jibe::tmpl {

enum class ParseProblem : uint8_t { kNone, kSyntax, kRange };

template <class T>
struct Parsed {
  T value{};
  ParseProblem problem = ParseProblem::kNone;
  explicit operator bool() const { return problem == ParseProblem::kNone; }
};

// Base 0 takes the base from a prefix (0x, 0o, 0b, 0) and allows underscores between digits.
// Out of range, value is the nearest limit, as in Go.
Parsed<uint64_t> parse_uint(std::string_view text, int base);
Parsed<int64_t> parse_int(std::string_view text, int base);
// Decimal and hexadecimal; also inf, infinity and nan.
Parsed<double> parse_float(std::string_view text);

}  // namespace jibe::tmpl
