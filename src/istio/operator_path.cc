#include "istio/operator_path.h"

#include <fmt/core.h>

#include <charconv>
#include <cmath>

#include "base/error.h"
#include "base/strings.h"
#include "istio/operator_step.h"

namespace jibe::istio {

namespace {

// Go's filepath.Clean of a path without a volume.
std::string clean(std::string_view path) {
  bool rooted = path.starts_with('/');
  std::vector<std::string> kept;
  for (auto part : base::split(path, '/')) {
    if (part.empty() || part == ".") continue;
    bool up = part == "..";
    if (up && !kept.empty() && kept.back() != "..")
      kept.pop_back();
    else if (!up || !rooted)
      kept.emplace_back(part);
  }
  auto out = (rooted ? "/" : "") + base::join(kept, "/");
  return out.empty() ? "." : out;
}

std::vector<std::string> split_unescaped(std::string_view text, char separator) {
  std::vector<std::string> out(1);
  for (size_t i = 0; i < text.size(); ++i) {
    bool escaped = i > 0 && text[i - 1] == '\\';
    if (text[i] == separator && !escaped)
      out.emplace_back();
    else
      out.back() += text[i];
  }
  return out;
}

bool is_key(std::string_view text) {
  for (unsigned char c : text)
    if (!std::isalnum(c) && c != '_' && c != '-') return false;
  return true;
}

// Where SetPath is about to write into a list: [index] and [key:value], more loosely than tpath.
size_t item_of(const data::Value& list, const std::string& step) {
  auto inside = inside_brackets(step);
  auto pair = base::cut(inside.value_or(""), ":");
  if (inside && pair.found) {
    for (size_t i = 0; i < list.size(); ++i)
      if (list[i][pair.before].is_string() && list[i][pair.before].text() == pair.after) return i;
    throw base::InvalidInput(fmt::format("element {} not found", step));
  }
  auto index = inside ? parse_integer(*inside) : std::nullopt;
  if (!index) throw base::InvalidInput(fmt::format("unknown segment {}", step));
  bool there = *index >= 0 && static_cast<size_t>(*index) < list.size();
  return there ? static_cast<size_t>(*index) : list.size();
}

// What is written below a null is lost, as it is in Istio, which writes it into a map of its own.
void set_steps(data::Value& node, const std::vector<std::string>& steps, size_t at,
               const data::Value& value) {
  if (at == steps.size()) {
    node = value;
    return;
  }
  if (node.is_null()) return;
  if (!node.is_map())
    throw base::InvalidInput(
        fmt::format("{} lies below a value that is no map: {}", steps[at], display(node)));
  bool next_is_item = at + 1 < steps.size() && steps[at + 1].starts_with('[');
  bool absent = !node.has(steps[at]);
  data::Value& child = node.edit(steps[at]);
  if (absent) child = next_is_item ? data::Value::list() : data::Value::map();
  if (!next_is_item) return set_steps(child, steps, at + 1, value);
  if (!child.is_list())
    throw base::InvalidInput(
        fmt::format("{} chooses from {}, which is no list", steps[at + 1], steps[at]));
  size_t item = item_of(child, steps[at + 1]);
  if (item == child.size()) child.push_back(nullptr);
  data::Value& chosen = child.edit(item);
  if (chosen.is_null() && at + 2 < steps.size()) chosen = data::Value::map();
  set_steps(chosen, steps, at + 2, value);
}

}  // namespace

std::optional<std::string_view> inside_brackets(std::string_view step) {
  if (!step.starts_with('[') || !step.ends_with(']') || step.size() < 2) return std::nullopt;
  return step.substr(1, step.size() - 2);
}

std::optional<long> parse_integer(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  long number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<long> list_index(std::string_view step) {
  auto inside = inside_brackets(step);
  auto number = inside ? parse_integer(*inside) : std::nullopt;
  return number && *number >= -1 ? number : std::nullopt;
}

std::optional<KeyValue> key_value(std::string_view step) {
  auto inside = inside_brackets(step);
  if (!inside) return std::nullopt;
  auto parts = split_unescaped(*inside, ':');
  if (parts.size() != 2 || parts[0].empty() || parts[1].empty() || !is_key(parts[0]))
    return std::nullopt;
  return KeyValue{parts[0], parts[1]};
}

std::vector<std::string> split_operator_path(std::string_view path) {
  std::string text = clean(path);
  std::string_view trimmed = text;
  if (trimmed.starts_with('.')) trimmed.remove_prefix(1);
  if (trimmed.ends_with('.')) trimmed.remove_suffix(1);
  std::vector<std::string> out;
  for (const auto& part : split_unescaped(trimmed, '.')) {
    if (part.empty()) continue;
    std::string step = base::replace_all(part, "\\.", ".");
    size_t bracket = step.find('[');
    if (bracket != std::string::npos && bracket > 0) {
      out.push_back(step.substr(0, bracket));
      out.push_back(step.substr(bracket));
    } else {
      out.push_back(step);
    }
  }
  return out;
}

void set_values_path(data::Value& root, std::string_view path, const data::Value& value) {
  auto steps = split_operator_path(path);
  if (steps.empty()) throw base::InvalidInput(fmt::format("path \"{}\" is empty", path));
  set_steps(root, steps, 0, value);
}

// In Go's floating-point numbers "_" may stand between digits.
static std::string without_underscores(std::string_view text) {
  auto digit_at = [&](size_t at) {
    return at < text.size() && std::isdigit(static_cast<unsigned char>(text[at]));
  };
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    bool separates = text[i] == '_' && i > 0 && digit_at(i - 1) && digit_at(i + 1);
    if (!separates) out += text[i];
  }
  return out;
}

data::Value parse_set_value(std::string_view text) {
  if (auto integer = parse_integer(text)) return *integer;
  const std::string digits = without_underscores(text);
  std::string_view unsigned_text = digits;
  if (unsigned_text.starts_with('+')) unsigned_text.remove_prefix(1);
  double number = 0;
  const char* end = unsigned_text.data() + unsigned_text.size();
  if (auto [at, error] = std::from_chars(unsigned_text.data(), end, number);
      error == std::errc() && at == end) {
    if (!std::isfinite(number))
      throw base::InvalidInput(fmt::format("\"{}\" is a number that JSON does not have", text));
    return number;
  }
  for (auto yes : {"true", "True", "TRUE", "t", "T"})
    if (text == yes) return true;
  for (auto no : {"false", "False", "FALSE", "f", "F"})
    if (text == no) return false;
  return base::replace_all(text, "\\,", ",");
}

}  // namespace jibe::istio
