#include "helm/schema_text.h"

#include "base/strings.h"
#include "data/json.h"
#include "tmpl/format.h"

namespace jibe::helm {
namespace {

std::string grouped(std::string digits) {
  size_t start = digits.starts_with('-') ? 1 : 0;
  size_t point = std::min(digits.find('.'), digits.size());
  for (size_t at = point; at > start + 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

}  // namespace

std::string schema_quote(std::string_view text) {
  std::string quoted = tmpl::quote(text);
  quoted = base::replace_all(quoted, "\\\"", "\"");
  quoted = base::replace_all(quoted, "'", "\\'");
  return "'" + quoted.substr(1, quoted.size() - 2) + "'";
}

std::string schema_quote(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(schema_quote(text));
  return base::join(quoted, ", ");
}

std::string pointer_of(const std::vector<std::string>& path) {
  std::string out;
  for (const std::string& step : path) {
    out += '/';
    // Escaped as a pointer and then as part of a URL, but for the characters a path may hold.
    out += base::replace_all(base::replace_all(step, "~", "~0"), "/", "~1");
  }
  return out;
}

std::string english(double number) {
  std::string digits = data::go_number(number);
  size_t exponent = digits.find('e');
  if (exponent == std::string::npos) return grouped(std::move(digits));
  static constexpr std::string_view kRaised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string out = digits.substr(0, exponent) + "×10";
  for (char c : digits.substr(exponent + 1)) {
    if (c == '-') out += "⁻";
    if (c >= '0' && c <= '9') out += kRaised[c - '0'];
  }
  return out;
}

std::string english(size_t number) {
  return grouped(std::to_string(number));
}

std::string display(const data::Value& value) {
  switch (value.kind()) {
    case data::Kind::kNull:
      return "<nil>";
    case data::Kind::kBool:
      return value.as_bool() ? "true" : "false";
    case data::Kind::kInt:
      return std::to_string(value.as_int());
    case data::Kind::kDouble:
      return data::go_number(value.as_double());
    case data::Kind::kString:
      return schema_quote(value.as_string());
    default:
      return "value";
  }
}

std::string_view schema_type(const data::Value& value) {
  return value.is_number() ? "number" : data::to_string(value.kind());
}

std::string resolve_address(const std::string& base, std::string_view reference) {
  if (reference.starts_with('#')) return base + std::string(reference);
  if (reference.find("://") != std::string_view::npos || reference.starts_with("urn:")) {
    return std::string(reference);
  }
  size_t host = base.find("://");
  size_t from = host == std::string::npos ? 0 : host + 3;
  size_t cut = reference.starts_with('/') ? base.find('/', from) : base.rfind('/') + 1;
  return base.substr(0, cut) + std::string(reference);
}

}  // namespace jibe::helm
