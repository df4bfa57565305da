#include "kube/selector.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/strings.h"
#include "data/json.h"
#include "kube/label_syntax.h"

namespace jibe::kube {

namespace {

using Op = LabelSelector::Op;
using Requirement = LabelSelector::Requirement;

// strconv.ParseInt(text, 10, 64).
std::optional<int64_t> parse_int(std::string_view text) {
  if (text.starts_with("+")) text.remove_prefix(1);
  int64_t out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

std::string invalid_value(std::string_view field, std::string_view value, std::string_view detail) {
  return std::string(field) + ": Invalid value: " + data::go_quote(value) + ": " +
         std::string(detail);
}

void check_values(const Requirement& r, std::vector<std::string>& errors) {
  data::Value list = data::Value::list();
  for (const std::string& v : r.values) list.push_back(v);
  auto wrong = [&](std::string_view detail) {
    errors.push_back("values: Invalid value: " + data::to_json(list) + ": " + std::string(detail));
  };
  switch (r.op) {
    case Op::kIn:
    case Op::kNotIn:
      if (r.values.empty()) wrong("for 'in', 'notin' operators, values set can't be empty");
      break;
    case Op::kExists:
    case Op::kDoesNotExist:
      if (!r.values.empty()) wrong("values set must be empty for exists and does not exist");
      break;
    case Op::kGreaterThan:
    case Op::kLessThan:
      if (r.values.size() != 1) wrong("for 'Gt', 'Lt' operators, exactly one value is required");
      for (size_t i = 0; i < r.values.size(); ++i)
        if (!parse_int(r.values[i]))
          errors.push_back(invalid_value("values[" + std::to_string(i) + "]", r.values[i],
                                         "for 'Gt', 'Lt' operators, the value must be an integer"));
      break;
  }
}

// labels.NewRequirement.
void check(const Requirement& r) {
  std::vector<std::string> errors;
  if (auto bad = label_key_errors(r.key); !bad.empty())
    errors.push_back(invalid_value("key", r.key, base::join(bad, "; ")));
  check_values(r, errors);
  for (size_t i = 0; i < r.values.size(); ++i) {
    auto bad = label_value_errors(r.values[i]);
    if (bad.empty()) continue;
    std::string field = "values[" + std::to_string(i) + "][" + r.key + "]";
    errors.push_back(invalid_value(field, r.values[i], base::join(bad, "; ")));
  }
  if (errors.size() == 1) throw base::InvalidInput(errors[0]);
  if (!errors.empty()) throw base::InvalidInput("[" + base::join(errors, ", ") + "]");
}

bool holds(const Requirement& r, const data::Value& labels) {
  const data::Value* found = labels.find(r.key);
  auto listed = [&] {
    return std::find(r.values.begin(), r.values.end(), found->text()) != r.values.end();
  };
  switch (r.op) {
    case Op::kIn:
      return found && listed();
    case Op::kNotIn:
      return !found || !listed();
    case Op::kExists:
      return found;
    case Op::kDoesNotExist:
      return !found;
    case Op::kGreaterThan:
    case Op::kLessThan: {
      if (!found || r.values.size() != 1) return false;
      auto mine = parse_int(found->text());
      auto bound = parse_int(r.values[0]);
      if (!mine || !bound) return false;
      return r.op == Op::kGreaterThan ? *mine > *bound : *mine < *bound;
    }
  }
  return false;
}

std::string spell(const Requirement& r) {
  auto values = r.values;
  std::sort(values.begin(), values.end());
  std::string joined = base::join(values, ",");
  switch (r.op) {
    case Op::kIn:
      return values.size() == 1 ? r.key + "=" + joined : r.key + " in (" + joined + ")";
    case Op::kNotIn:
      return values.size() == 1 ? r.key + "!=" + joined : r.key + " notin (" + joined + ")";
    case Op::kExists:
      return r.key;
    case Op::kDoesNotExist:
      return "!" + r.key;
    case Op::kGreaterThan:
      return r.key + ">" + joined;
    case Op::kLessThan:
      return r.key + "<" + joined;
  }
  return "";
}

void sort_by_key(std::vector<Requirement>& requirements) {
  std::stable_sort(requirements.begin(), requirements.end(),
                   [](const Requirement& a, const Requirement& b) { return a.key < b.key; });
}

// The grammar of apimachinery labels.Parse. `in` and `notin` are keywords only where an operator
// may stand, so tokens keep their text and the parser decides.
class LabelParser {
 public:
  explicit LabelParser(std::string_view text) : text_(text) {}

  std::vector<Requirement> parse() {
    scan();
    std::vector<Requirement> out;
    while (true) {
      if (is_end()) return out;
      if (!is_word() && peek() != "!") fail_expecting("!, identifier, or 'end of string'");
      out.push_back(requirement());
      if (is_end()) return out;
      std::string_view separator = take();
      if (separator != ",")
        fail("found '" + std::string(separator) + "', expected: ',' or 'end of string'");
      if (!is_word() && peek() != "!") fail_expecting("identifier after ','");
    }
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  static bool is_symbol(char c) {
    return std::string_view("=!(),><").find(c) != std::string_view::npos;
  }

  void scan() {
    size_t i = 0;
    while (i < text_.size()) {
      size_t start = i;
      if (is_blank(text_[i])) {
        ++i;
        continue;
      }
      if (is_symbol(text_[i])) {
        std::string_view two = text_.substr(i, 2);
        i += two == "==" || two == "!=" ? 2 : 1;
      } else {
        while (i < text_.size() && !is_symbol(text_[i]) && !is_blank(text_[i])) ++i;
      }
      tokens_.push_back(text_.substr(start, i - start));
    }
  }

  bool is_end() const { return at_ >= tokens_.size(); }
  bool is_word() const { return !is_end() && !is_symbol(tokens_[at_][0]); }
  std::string_view peek() const { return is_end() ? std::string_view() : tokens_[at_]; }
  std::string_view take() { return is_end() ? std::string_view() : tokens_[at_++]; }

  [[noreturn]] static void fail(const std::string& sentence) { throw base::InvalidInput(sentence); }
  [[noreturn]] void fail_expecting(std::string_view what) const {
    fail("found '" + std::string(peek()) + "', expected: " + std::string(what));
  }
  [[noreturn]] void fail_requirement(const std::string& sentence) const {
    throw base::InvalidInput("unable to parse requirement: " + sentence);
  }
  [[noreturn]] void fail_requirement_expecting(std::string_view what) const {
    fail_requirement("found '" + std::string(peek()) + "', expected: " + std::string(what));
  }

  Requirement requirement() {
    Requirement out;
    bool negated = peek() == "!";
    if (negated) take();
    if (!is_word()) fail_requirement_expecting("identifier");
    out.key = take();
    if (auto bad = label_key_errors(out.key); !bad.empty())
      fail_requirement(invalid_value("<nil>", out.key, base::join(bad, "; ")));
    if (negated) {
      out.op = Op::kDoesNotExist;
      return out;
    }
    if (is_end() || peek() == ",") {
      out.op = Op::kExists;
      return out;
    }
    out.op = op();
    out.values = values_;
    try {
      check(out);
    } catch (const base::InvalidInput& e) {
      fail_requirement(e.what());
    }
    return out;
  }

  // Reads the operator and, into values_, what stands behind it.
  Op op() {
    std::string_view token = peek();
    values_.clear();
    if (token == "in" || token == "notin") {
      take();
      set_values();
      return token == "in" ? Op::kIn : Op::kNotIn;
    }
    Op out;
    if (token == "=" || token == "==")
      out = Op::kIn;
    else if (token == "!=")
      out = Op::kNotIn;
    else if (token == ">")
      out = Op::kGreaterThan;
    else if (token == "<")
      out = Op::kLessThan;
    else
      fail_requirement_expecting("in, notin, =, ==, !=, gt, lt");
    take();
    if (is_end() || peek() == ",")
      values_.emplace_back();
    else if (is_word())
      values_.emplace_back(take());
    else
      fail_requirement_expecting("identifier");
    return out;
  }

  // "(a,,b)" holds the empty value too, and "()" is the set of the empty value.
  void set_values() {
    if (peek() != "(") fail_requirement("found '" + std::string(peek()) + "' expected: '('");
    take();
    std::set<std::string> values;
    if (peek() == ")" || peek() == ",") values.emplace();
    while (peek() != ")") {
      if (is_word()) {
        values.emplace(take());
        if (peek() != "," && peek() != ")") fail_requirement_expecting("',' or ')'");
      } else if (peek() == ",") {
        take();
        if (peek() == ")" || peek() == ",") values.emplace();
      } else {
        fail_requirement_expecting("',', ')' or identifier");
      }
    }
    take();
    values_.assign(values.begin(), values.end());
  }

  std::string_view text_;
  std::vector<std::string_view> tokens_;
  size_t at_ = 0;
  std::vector<std::string> values_;
};

Op op_of(const std::string& name) {
  if (name == "In") return Op::kIn;
  if (name == "NotIn") return Op::kNotIn;
  if (name == "Exists") return Op::kExists;
  if (name == "DoesNotExist") return Op::kDoesNotExist;
  throw base::InvalidInput(data::go_quote(name) + " is not a valid label selector operator");
}

}  // namespace

LabelSelector LabelSelector::parse(std::string_view text) {
  LabelSelector out;
  out.requirements_ = LabelParser(text).parse();
  sort_by_key(out.requirements_);
  return out;
}

LabelSelector LabelSelector::from_value(const data::Value& selector) {
  LabelSelector out;
  if (selector.is_null()) {
    out.nothing_ = true;
    return out;
  }
  out = from_map(selector["matchLabels"]);
  for (const data::Value& expression : selector["matchExpressions"].items()) {
    Requirement r{expression["key"].text(), op_of(expression["operator"].text()), {}};
    for (const data::Value& v : expression["values"].items()) r.values.push_back(v.text());
    out.requirements_.push_back(std::move(r));
  }
  for (const Requirement& r : out.requirements_) check(r);
  sort_by_key(out.requirements_);
  return out;
}

LabelSelector LabelSelector::from_map(const data::Value& map) {
  LabelSelector out;
  for (const data::Entry& e : map.entries())
    out.requirements_.push_back({e.key, Op::kIn, {e.value.text()}});
  return out;
}

bool LabelSelector::matches(const data::Value& labels) const {
  if (nothing_) return false;
  return std::all_of(requirements_.begin(), requirements_.end(),
                     [&](const Requirement& r) { return holds(r, labels); });
}

std::string LabelSelector::str() const {
  std::vector<std::string> parts;
  for (const Requirement& r : requirements_) parts.push_back(spell(r));
  return base::join(parts, ",");
}

}  // namespace jibe::kube
