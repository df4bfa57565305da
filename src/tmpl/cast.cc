// Conversions that many Sprig functions share.
#include <fmt/core.h>

#include <cmath>
#include <limits>

#include "tmpl/builtins.h"
#include "tmpl/format.h"
#include "tmpl/number.h"
#include "tmpl/sprig_parts.h"
#include "tmpl/unicode.h"

namespace jibe::tmpl {

namespace {

// "3.000" → "3"; a text that ends otherwise stays.
std::string_view trim_zero_decimal(std::string_view text) {
  bool zero = false;
  for (size_t i = text.size(); i > 0; --i) {
    char c = text[i - 1];
    if (c == '0')
      zero = true;
    else if (c == '.' && zero)
      return text.substr(0, i - 1);
    else if (c != '.')
      return text;
  }
  return text;
}

}  // namespace

std::string strval(const Any& any) {
  if (any.is_string()) return any.as_string();
  if (any.type() == &kByteList) return sprintf("%s", {&any, 1});
  return to_text(any);
}

std::vector<std::string> strslice(const Any& any) {
  std::vector<std::string> out;
  Any list = plain(any);
  if (list.is_list()) {
    for (size_t i = 0; i < list.list().size(); ++i)
      if (!list.list().at(i).is_nil()) out.push_back(strval(list.list().at(i)));
  } else if (!any.is_nil()) {
    out.push_back(strval(any));
  }
  return out;
}

bool is_empty(const Any& any) {
  return !truth(any);
}

int64_t truncate_to_int64(double d) {
  constexpr double kTwo63 = 9223372036854775808.0;
  if (std::isnan(d) || d >= kTwo63 || d < -kTwo63) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(d);
}

int64_t cast_int64(const Any& any) {
  Any value = plain(any);
  if (value.is_integer()) return value.as_int();
  if (value.is_float()) return truncate_to_int64(value.as_float());
  if (value.is_bool()) return value.as_bool() ? 1 : 0;
  if (!value.is_string()) return 0;
  auto parsed = parse_int(trim_zero_decimal(value.as_string()), 0);
  return parsed ? parsed.value : 0;
}

double cast_float64(const Any& any) {
  Any value = plain(any);
  if (value.kind() == Kind::kUint64) return static_cast<double>(value.as_uint());
  if (value.is_integer()) return static_cast<double>(value.as_int());
  if (value.is_float()) return value.as_float();
  if (value.is_bool()) return value.as_bool() ? 1 : 0;
  if (!value.is_string()) return 0;
  auto parsed = parse_float(value.as_string());
  return parsed ? parsed.value : 0;
}

std::string go_slice(const std::string& text, int64_t from, int64_t to) {
  auto size = static_cast<int64_t>(text.size());
  constexpr const char* kPanic = "runtime error: slice bounds out of range ";
  if (to < 0) throw InvalidInput(fmt::format("{}[:{}]", kPanic, to));
  if (to > size) throw InvalidInput(fmt::format("{}[:{}] with length {}", kPanic, to, size));
  if (from > to || from < 0) throw InvalidInput(fmt::format("{}[{}:{}]", kPanic, from, to));
  return text.substr(static_cast<size_t>(from), static_cast<size_t>(to - from));
}

std::string go_repeat(std::string_view text, int64_t count) {
  constexpr int64_t kMost = int64_t{1} << 30;
  if (count < 0) throw InvalidInput("strings: negative Repeat count");
  if (!text.empty() && count > kMost / static_cast<int64_t>(text.size()))
    throw InvalidInput("strings: Repeat output length overflow");
  std::string out;
  out.reserve(text.size() * static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) out += text;
  return out;
}

std::string go_replace(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  if (from.empty()) {
    out += to;
    while (!text.empty()) {
      size_t width = decode_rune(text).width;
      out += text.substr(0, width);
      out += to;
      text.remove_prefix(width);
    }
    return out;
  }
  for (size_t at = 0;;) {
    size_t hit = text.find(from, at);
    out += text.substr(at, hit - at);
    if (hit == std::string_view::npos) return out;
    out += to;
    at = hit + from.size();
  }
}

std::vector<std::string> go_split(std::string_view text, std::string_view separator,
                                  int64_t count) {
  std::vector<std::string> out;
  if (count == 0) return out;
  auto full = [&] { return count > 0 && static_cast<int64_t>(out.size()) == count - 1; };
  if (separator.empty()) {
    while (!text.empty() && !full()) {
      size_t width = decode_rune(text).width;
      out.emplace_back(text.substr(0, width));
      text.remove_prefix(width);
    }
    if (!text.empty()) out.emplace_back(text);
    return out;
  }
  for (size_t at = 0;;) {
    size_t hit = full() ? std::string_view::npos : text.find(separator, at);
    out.emplace_back(text.substr(at, hit - at));
    if (hit == std::string_view::npos) return out;
    at = hit + separator.size();
  }
}

std::vector<Any> list_items(const Any& any, const std::string& complaint) {
  if (any.is_nil())
    throw InvalidInput("runtime error: invalid memory address or nil pointer dereference");
  Any value = plain(any);
  if (!value.is_list()) throw InvalidInput(complaint + std::string(kind_name(any)));
  std::vector<Any> out;
  out.reserve(value.list().size());
  for (size_t i = 0; i < value.list().size(); ++i) out.push_back(value.list().at(i));
  return out;
}

}  // namespace jibe::tmpl
