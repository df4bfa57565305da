#include "twin/schema/jsonpath.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/error.h"
#include "base/strings.h"
#include "data/json.h"

namespace jibe::twin {

using data::Value;

struct JsonPath::Step {
  enum class Kind { kField, kSlice, kAll, kDescend, kFilter };
  Kind kind = Kind::kField;
  std::string field;
  std::optional<int64_t> from;
  std::optional<int64_t> to;
  int64_t by = 1;
  bool single = false;  // an index rather than a slice
  // A filter: left is a path from the item, right a path or a constant.
  JsonPath left;
  JsonPath right;
  Value constant;
  bool right_is_path = false;
  std::string op;
};

namespace {

using Step = JsonPath::Step;

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw base::InvalidInput(fmt::format("JSONPath {} cannot be read: {}", text, why));
}

std::optional<int64_t> number_of(std::string_view text) {
  int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

// The position behind the bracket that closes the one at `start`, minding quotes.
size_t closing(std::string_view text, size_t start) {
  int depth = 0;
  char quote = 0;
  for (size_t i = start; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == '\\') {
        ++i;
      } else if (c == quote) {
        quote = 0;
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[' || c == '(') {
      ++depth;
    } else if (c == ']' || c == ')') {
      if (--depth == 0) return i + 1;
    }
  }
  refuse(text, "a bracket is not closed");
}

bool is_quoted(std::string_view text) {
  return text.size() >= 2 && (text[0] == '\'' || text[0] == '"') && text.back() == text[0];
}

Value constant_of(std::string_view text) {
  if (is_quoted(text)) return std::string(text.substr(1, text.size() - 2));
  if (text == "true" || text == "false") return text == "true";
  if (const auto number = number_of(text)) return *number;
  try {
    return data::parse_json(text);
  } catch (const base::InvalidInput&) {
    return std::string(text);
  }
}

Step filter_step(std::string_view text) {
  Step step;
  step.kind = Step::Kind::kFilter;
  char quote = 0;
  size_t at = std::string_view::npos;
  for (size_t i = 0; i < text.size() && at == std::string_view::npos; ++i) {
    if (quote != 0) {
      if (text[i] == quote) quote = 0;
    } else if (text[i] == '"' || text[i] == '\'') {
      quote = text[i];
    } else if (std::string_view("=!<>").find(text[i]) != std::string_view::npos) {
      at = i;
    }
  }
  const auto path_of = [](std::string_view side) {
    return JsonPath::parse(side.starts_with('@') ? side.substr(1) : side);
  };
  if (at == std::string_view::npos) {
    step.left = path_of(base::trim(text));
    step.op = "exists";
    return step;
  }
  const size_t length = at + 1 < text.size() && text[at + 1] == '=' ? 2 : 1;
  step.op = std::string(text.substr(at, length));
  step.left = path_of(base::trim(text.substr(0, at)));
  const std::string_view right = base::trim(text.substr(at + length));
  step.right_is_path = right.starts_with('@');
  if (step.right_is_path) {
    step.right = path_of(right);
  } else {
    step.constant = constant_of(right);
  }
  return step;
}

Step bracket_step(std::string_view inside) {
  Step step;
  if (inside == "*") {
    step.kind = Step::Kind::kAll;
  } else if (is_quoted(inside)) {
    step.field = base::replace_all(inside.substr(1, inside.size() - 2), "\\.", ".");
  } else if (inside.starts_with("?(") && inside.ends_with(')')) {
    return filter_step(inside.substr(2, inside.size() - 3));
  } else {
    step.kind = Step::Kind::kSlice;
    const auto parts = base::split(inside, ':');
    step.single = parts.size() == 1;
    if (parts.size() > 3) refuse(inside, "a slice has at most three parts");
    step.from = number_of(parts[0]);
    if (parts.size() > 1) step.to = number_of(parts[1]);
    if (parts.size() > 2) step.by = number_of(parts[2]).value_or(1);
    if (step.single && !step.from) refuse(inside, "it is no index, field or filter");
  }
  return step;
}

void collect_all(const Value& value, std::vector<Value>& out) {
  for (const Value& item : value.items()) out.push_back(item);
  for (const data::Entry& e : value.entries()) out.push_back(e.value);
}

void descend(const Value& value, const std::string& field, std::vector<Value>& out) {
  if (const Value* found = value.find(field)) out.push_back(*found);
  std::vector<Value> below;
  collect_all(value, below);
  for (const Value& v : below) descend(v, field, out);
}

bool compare(const Value& a, const Value& b, const std::string& op) {
  if (op == "==") return a == b;
  if (op == "!=") return !(a == b);
  double left = 0;
  double right = 0;
  if (a.is_string() && b.is_string()) {
    left = a.text().compare(b.text());
  } else if (a.is_number() && b.is_number()) {
    left = a.as_double();
    right = b.as_double();
  } else {
    return false;
  }
  if (op == "<") return left < right;
  if (op == ">") return left > right;
  if (op == "<=") return left <= right;
  return op == ">=" && left >= right;
}

bool passes(const Step& step, const Value& item) {
  const std::vector<Value> left = step.left.find(item);
  if (step.op == "exists") return !left.empty();
  if (left.empty()) return false;
  if (!step.right_is_path) return compare(left[0], step.constant, step.op);
  const std::vector<Value> right = step.right.find(item);
  return !right.empty() && compare(left[0], right[0], step.op);
}

void slice(const Step& step, const Value& value, std::vector<Value>& out) {
  const auto size = static_cast<int64_t>(value.size());
  if (!value.is_list() || step.by <= 0) return;
  int64_t from = step.from.value_or(0);
  if (from < 0) from += size;
  int64_t to = step.single ? from + 1 : step.to.value_or(size);
  if (to < 0) to += size;
  for (int64_t i = std::max<int64_t>(from, 0); i < std::min(to, size); i += step.by) {
    out.push_back(value[static_cast<size_t>(i)]);
  }
}

void apply(const Step& step, const Value& value, std::vector<Value>& out) {
  switch (step.kind) {
    case Step::Kind::kField:
      if (const Value* found = value.find(step.field)) out.push_back(*found);
      return;
    case Step::Kind::kAll:
      return collect_all(value, out);
    case Step::Kind::kDescend:
      return descend(value, step.field, out);
    case Step::Kind::kSlice:
      return slice(step, value, out);
    case Step::Kind::kFilter:
      for (const Value& item : value.items()) {
        if (passes(step, item)) out.push_back(item);
      }
      return;
  }
}

// A field name up to the next '.' or '['; '\' keeps the next character.
std::string read_field(std::string_view text, size_t& at) {
  std::string out;
  while (at < text.size() && text[at] != '.' && text[at] != '[') {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    out += text[at++];
  }
  return out;
}

}  // namespace

JsonPath JsonPath::parse(std::string_view text) {
  JsonPath out;
  size_t at = 0;
  if (text.starts_with('$')) at = 1;
  while (at < text.size()) {
    Step step;
    if (text[at] == '[') {
      const size_t end = closing(text, at);
      step = bracket_step(base::trim(text.substr(at + 1, end - at - 2)));
      at = end;
    } else {
      if (text[at] == '.') ++at;
      if (at < text.size() && text[at] == '.') {
        step.kind = Step::Kind::kDescend;
        ++at;
      }
      if (at < text.size() && text[at] == '[') continue;
      step.field = read_field(text, at);
      if (step.field == "*") step.kind = Step::Kind::kAll;
      if (step.field.empty()) {
        if (out.steps_.empty() && at >= text.size()) break;
        refuse(text, "a field name is missing");
      }
    }
    out.steps_.push_back(std::make_shared<Step>(std::move(step)));
  }
  return out;
}

std::vector<Value> JsonPath::find(const Value& root) const {
  std::vector<Value> now = {root};
  for (const auto& step : steps_) {
    std::vector<Value> next;
    for (const Value& value : now) apply(*step, value, next);
    now = std::move(next);
  }
  return now;
}

std::string jsonpath_text(const Value& value) {
  if (value.is_string()) return value.text();
  if (value.is_double()) return data::go_number(value.as_double());
  if (value.is_null()) return "<nil>";
  return data::to_json(value);
}

}  // namespace jibe::twin
