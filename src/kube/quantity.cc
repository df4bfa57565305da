#include "kube/quantity.h"

#include <algorithm>
#include <limits>

#include "data/json.h"

namespace jibe::kube {
namespace {

__extension__ using Int = __int128;

constexpr int kMaxDigits = 24;

std::string digits_of(Int value) {
  if (value == 0) return "0";
  const bool negative = value < 0;
  if (negative) value = -value;
  std::string out;
  for (; value > 0; value /= 10) out += static_cast<char>('0' + static_cast<int>(value % 10));
  if (negative) out += '-';
  std::ranges::reverse(out);
  return out;
}

struct Suffix {
  Quantity::Format format;
  int base;
  int exponent;
};

std::optional<Suffix> parse_suffix(std::string_view text) {
  using Format = Quantity::Format;
  static constexpr std::pair<std::string_view, int> kBinary[] = {
      {"Ki", 10}, {"Mi", 20}, {"Gi", 30}, {"Ti", 40}, {"Pi", 50}, {"Ei", 60}};
  static constexpr std::pair<std::string_view, int> kDecimal[] = {
      {"n", -9}, {"u", -6}, {"m", -3}, {"", 0},   {"k", 3},
      {"M", 6},  {"G", 9},  {"T", 12}, {"P", 15}, {"E", 18}};
  for (const auto& [name, exponent] : kBinary) {
    if (text == name) return Suffix{Format::kBinarySi, 2, exponent};
  }
  for (const auto& [name, exponent] : kDecimal) {
    if (text == name) return Suffix{Format::kDecimalSi, 10, exponent};
  }
  if (text.size() < 2 || (text[0] != 'e' && text[0] != 'E')) return std::nullopt;
  text.remove_prefix(1);
  const bool negative = text[0] == '-';
  if (text[0] == '-' || text[0] == '+') text.remove_prefix(1);
  if (text.empty() || text.size() > 3) return std::nullopt;
  int exponent = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    exponent = exponent * 10 + (c - '0');
  }
  return Suffix{Format::kDecimalExponent, 10, negative ? -exponent : exponent};
}

// Splits "+12.5Gi" into sign, digits without the point, their scale, and the suffix.
struct Parts {
  bool negative = false;
  std::string digits;
  int scale = 0;
  std::string_view suffix;
  bool number_ok = true;
};

Parts split(std::string_view text) {
  Parts out;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    out.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  size_t i = 0;
  bool point = false;
  for (; i < text.size() && (text[i] == '.' || (text[i] >= '0' && text[i] <= '9')); ++i) {
    if (text[i] == '.') {
      out.number_ok = out.number_ok && !point;
      point = true;
      continue;
    }
    if (out.digits.empty() && text[i] == '0' && !point) continue;
    out.digits += text[i];
    if (point) ++out.scale;
  }
  if (i == 0 || (i == 1 && point)) out.number_ok = false;
  out.suffix = text.substr(i);
  return out;
}

Int scaled(Int value, int base, int exponent, bool& exact) {
  const Int limit = Int{1} << 120;
  for (; exponent > 0 && value < limit / base; --exponent) value *= base;
  for (; exponent < 0; ++exponent) {
    exact = exact && value % base == 0;
    value /= base;
  }
  return value;
}

}  // namespace

std::string_view Quantity::message(Error error) {
  switch (error) {
    case Error::kNumber:
      return "unable to parse numeric part of quantity";
    case Error::kSuffix:
      return "unable to parse quantity's suffix";
    default:
      return "quantities must match the regular expression "
             "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  }
}

std::optional<Quantity> Quantity::parse(std::string_view text, Error* error) {
  const auto fail = [&](Error e) {
    if (error != nullptr) *error = e;
    return std::nullopt;
  };
  if (text.empty()) return fail(Error::kFormat);
  Parts parts = split(text);
  if (!parts.number_ok) return fail(Error::kFormat);
  const bool known = std::ranges::all_of(parts.suffix, [](char c) {
    return std::string_view("eEinumkKMGTP+-0123456789").find(c) != std::string_view::npos;
  });
  if (!known) return fail(Error::kFormat);
  const auto suffix = parse_suffix(parts.suffix);
  if (!suffix) return fail(Error::kSuffix);
  bool exact = true;
  while (parts.digits.size() > kMaxDigits && parts.scale > 0) {
    exact = exact && parts.digits.back() == '0';
    parts.digits.pop_back();
    --parts.scale;
  }
  if (parts.digits.size() > kMaxDigits) parts.digits.assign(kMaxDigits, '9');
  Int value = 0;
  for (const char c : parts.digits) value = value * 10 + (c - '0');
  // Billionths; the point's shift and the suffix together, so that little is lost on the way.
  if (suffix->base == 2) {
    value = scaled(value, 2, suffix->exponent, exact);
    value = scaled(value, 10, 9 - parts.scale, exact);
  } else {
    value = scaled(value, 10, 9 - parts.scale + suffix->exponent, exact);
  }
  if (!exact) ++value;
  value = std::min(value, Int{std::numeric_limits<int64_t>::max()} * kNano);
  return Quantity(parts.negative ? -value : value, suffix->format);
}

std::optional<Quantity> Quantity::of_value(const data::Value& value) {
  if (value.is_string()) return parse(value.text());
  if (value.is_int()) return of(value.as_int());
  if (value.is_double()) return parse(data::json_number(value.as_double()));
  return std::nullopt;
}

std::string Quantity::decimal(Format format) const {
  Int value = nano_;
  int exponent = -9;
  while (value % 10 == 0 && exponent < 18) {
    value /= 10;
    ++exponent;
  }
  while (exponent % 3 != 0) {
    value *= 10;
    --exponent;
  }
  if (format == Format::kDecimalExponent) {
    return digits_of(value) + (exponent == 0 ? "" : "e" + std::to_string(exponent));
  }
  static constexpr std::string_view kNames[] = {"n", "u", "m", "", "k", "M", "G", "T", "P", "E"};
  return digits_of(value) + std::string(kNames[(exponent + 9) / 3]);
}

std::string Quantity::str() const {
  if (nano_ == 0) return "0";
  const Int whole = nano_ / kNano;
  const bool small = whole > -1024 && whole < 1024;
  if (format_ != Format::kBinarySi) return decimal(format_);
  if (small || nano_ % kNano != 0) return decimal(Format::kDecimalSi);
  Int value = whole;
  int steps = 0;
  for (; value % 1024 == 0 && steps < 6; ++steps) value /= 1024;
  static constexpr std::string_view kNames[] = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  return digits_of(value) + std::string(kNames[steps]);
}

int64_t Quantity::value() const {
  return static_cast<int64_t>(nano_ / kNano + (nano_ % kNano > 0 ? 1 : 0));
}

int64_t Quantity::milli() const {
  return static_cast<int64_t>(nano_ / 1000000 + (nano_ % 1000000 > 0 ? 1 : 0));
}

}  // namespace jibe::kube
