#include "helm/strvals.h"

#include <charconv>
#include <optional>

#include "base/strings.h"
#include "data/json.h"
#include "helm/chart.h"
#include "helm/values.h"
#include "tmpl/format.h"
#include "tmpl/unicode.h"

namespace jibe::helm {
namespace {

using data::Value;

constexpr int kMaxIndex = 65536;
constexpr int kMaxNesting = 30;

enum class Mode { kTyped, kString, kJson, kFile, kLiteral };

// Thrown where the text ends in a place where that ends the argument and is no mistake.
struct EndOfText {};

std::string go_type(const Value& value) {
  switch (value.kind()) {
    case data::Kind::kNull:
      return "nil";
    case data::Kind::kBool:
      return "bool";
    case data::Kind::kInt:
      return "int64";
    case data::Kind::kDouble:
      return "float64";
    case data::Kind::kString:
      return "string";
    case data::Kind::kList:
      return "[]interface {}";
    case data::Kind::kMap:
      return "map[string]interface {}";
  }
  return "";
}

[[noreturn]] void wrong_container(const Value& value, std::string_view wanted) {
  throw ChartError(
      fmt::format("unable to parse key: interface conversion: interface {{}} is {}, "
                  "not {}",
                  go_type(value), wanted));
}

Value typed(const std::string& text) {
  if (base::equal_ignoring_case(text, "true")) return true;
  if (base::equal_ignoring_case(text, "false")) return false;
  if (base::equal_ignoring_case(text, "null")) return nullptr;
  if (text == "0") return 0;
  if (text.empty() || text[0] == '0') return text;
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  int64_t number = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  bool whole = error == std::errc() && end == digits.data() + digits.size();
  bool two_signs = digits.size() != text.size() && digits.starts_with('-');
  return whole && !two_signs ? Value(number) : Value(text);
}

// A list of runes as %q prints it: ['a' 'b'].
std::string quoted_runes(std::string_view text) {
  std::vector<std::string> runes;
  for (char32_t rune : tmpl::to_runes(text)) {
    std::string one;
    tmpl::append_rune(one, rune);
    runes.push_back("'" + one + "'");
  }
  return "[" + base::join(runes, " ") + "]";
}

class Parser {
 public:
  Parser(std::string_view text, Mode mode, const ReadFile* read)
      : text_(text), mode_(mode), read_(read) {}

  void parse(Value& values) {
    if (!values.is_map()) values = Value::map();
    try {
      while (true) key(values, 0);
    } catch (const EndOfText&) {
      return;
    }
  }

 private:
  // Up to one of the stop characters, or to the end (then stop is 0). A backslash keeps the next
  // character out of it, except in literals.
  struct Token {
    std::string text;
    char stop = 0;
  };
  Token until(std::string_view stops) {
    Token token;
    while (at_ < text_.size()) {
      char c = text_[at_++];
      if (stops.find(c) != std::string_view::npos) {
        token.stop = c;
        return token;
      }
      if (c == '\\' && mode_ != Mode::kLiteral) {
        if (at_ >= text_.size()) return token;
        size_t width = tmpl::decode_rune(text_.substr(at_)).width;
        token.text += text_.substr(at_, width);
        at_ += width;
      } else {
        token.text.push_back(c);
      }
    }
    return token;
  }

  static void set(Value& map, const std::string& key, Value value) {
    if (!key.empty()) map.set(key, std::move(value));
  }

  void key(Value& map, int nesting) {
    Token token = until(mode_ == Mode::kLiteral ? "=[." : "=[,.");
    switch (token.stop) {
      case 0:
        if (token.text.empty()) throw EndOfText();
        throw ChartError(fmt::format("key {} has no value", tmpl::quote(token.text)));
      case '[':
        return list_under(map, token.text, nesting);
      case '=':
        return value_under(map, token.text);
      case ',':
        set(map, token.text, "");
        throw ChartError(
            fmt::format("key {} has no value (cannot end with ,)", tmpl::quote(token.text)));
      default:
        return map_under(map, token.text, nesting + 1);
    }
  }

  void list_under(Value& map, const std::string& name, int nesting) {
    int64_t index = read_index();
    Value list = Value::list();
    if (const Value* found = map.find(name)) {
      if (!found->is_list()) wrong_container(*found, "[]interface {}");
      list = *found;
    }
    // What was read before a mistake stays, as in Helm.
    try {
      item(list, index, nesting);
    } catch (...) {
      set(map, name, std::move(list));
      throw;
    }
    set(map, name, std::move(list));
  }

  void map_under(Value& map, const std::string& name, int nesting) {
    if (nesting > kMaxNesting) {
      throw ChartError(fmt::format(
          "value name nested level is greater than maximum supported nested level of {}",
          kMaxNesting));
    }
    Value inner = Value::map();
    if (const Value* found = map.find(name)) {
      if (!found->is_map()) wrong_container(*found, "map[string]interface {}");
      inner = *found;
    }
    try {
      key(inner, nesting);
    } catch (...) {
      if (!inner.empty()) set(map, name, std::move(inner));
      throw;
    }
    if (inner.empty()) throw ChartError(fmt::format("key map {} has no value", tmpl::quote(name)));
    set(map, name, std::move(inner));
  }

  void value_under(Value& map, const std::string& name) {
    bool ended = false;
    Value value = read_value(ended);
    set(map, name, std::move(value));
    if (ended) throw EndOfText();
  }

  // `ended`: the text ended where a value could have started.
  Value read_value(bool& ended) {
    if (mode_ == Mode::kJson) return read_json();
    if (mode_ == Mode::kLiteral) {
      std::string rest(text_.substr(at_));
      at_ = text_.size();
      return rest;
    }
    if (at_ >= text_.size()) {
      ended = true;
      return "";
    }
    if (text_[at_] == '{') return read_list();
    return convert(until(",").text);
  }

  Value convert(const std::string& text) const {
    if (mode_ == Mode::kFile) return (*read_)(text);
    return mode_ == Mode::kString ? Value(text) : typed(text);
  }

  Value read_list() {
    ++at_;
    Value list = Value::list();
    while (true) {
      Token token = until(",}");
      if (token.stop == 0) throw ChartError("list must terminate with '}'");
      list.push_back(convert(token.text));
      if (token.stop == '}') {
        if (at_ < text_.size() && text_[at_] == ',') ++at_;
        return list;
      }
    }
  }

  Value read_json() {
    if (skip_blank()) return nullptr;
    size_t end = json_end(at_);
    Value value;
    try {
      value = as_json_numbers(data::parse_json(text_.substr(at_, end - at_)));
    } catch (const base::InvalidInput& error) {
      throw ChartError(error.what());
    }
    at_ = end;
    skip_blank();
    return value;
  }

  // Skips blanks and one comma; true where the value turned out to be absent.
  bool skip_blank() {
    while (at_ < text_.size()) {
      tmpl::Rune rune = tmpl::decode_rune(text_.substr(at_));
      if (rune.value != ',' && !tmpl::is_space(rune.value)) return false;
      at_ += rune.width;
      if (rune.value == ',') return true;
    }
    return true;
  }

  // Where the JSON value that starts at `at` ends: behind its brackets or quotes, or before the
  // next comma or blank.
  size_t json_end(size_t at) const {
    int depth = 0;
    for (bool in_string = false; at < text_.size(); ++at) {
      char c = text_[at];
      if (in_string) {
        if (c == '\\') {
          ++at;
        } else if (c == '"') {
          in_string = false;
          if (depth == 0) return at + 1;
        }
        continue;
      }
      bool blank = c == ' ' || (c >= '\t' && c <= '\r');
      if (depth == 0 && (c == ',' || blank)) return at;
      in_string = c == '"';
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth <= 0) return at + 1;
    }
    return text_.size();
  }

  int64_t read_index() {
    Token token = until("]");
    if (token.stop == 0) throw EndOfText();
    std::string_view digits = token.text;
    if (digits.starts_with('+')) digits.remove_prefix(1);
    int64_t index = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (error != std::errc() || end != digits.data() + digits.size()) {
      throw ChartError(fmt::format(
          "error parsing index: strconv.Atoi: parsing {}: {}", tmpl::quote(token.text),
          error == std::errc::result_out_of_range ? "value out of range" : "invalid syntax"));
    }
    if (index < 0) throw ChartError(fmt::format("negative {} index not allowed", index));
    return index;
  }

  static void set_item(Value& list, int64_t index, Value value) {
    if (index > kMaxIndex) {
      throw ChartError(fmt::format("index of {} is greater than maximum supported index of {}",
                                   index, kMaxIndex));
    }
    auto at = static_cast<size_t>(index);
    std::vector<Value>& items = list.edit_items();
    if (items.size() <= at) items.resize(at + 1);
    items[at] = std::move(value);
  }

  void item(Value& list, int64_t index, int nesting) {
    Token token = until("[.=");
    if (!token.text.empty()) {
      throw ChartError("unexpected data at end of array index: " + quoted_runes(token.text));
    }
    if (token.stop == 0) throw EndOfText();
    Value inner = list[static_cast<size_t>(index)];
    if (token.stop == '=') {
      bool ended = false;
      inner = read_value(ended);
    } else if (token.stop == '[') {
      int64_t next = read_index();
      if (inner.is_null()) inner = Value::list();
      if (!inner.is_list()) wrong_container(inner, "[]interface {}");
      item(inner, next, nesting);
    } else {
      if (!inner.is_map()) inner = Value::map();
      nested_key(list, index, inner, nesting);
    }
    set_item(list, index, std::move(inner));
  }

  // The text may end inside the nested key, after it was set.
  void nested_key(Value& list, int64_t index, Value& inner, int nesting) {
    try {
      key(inner, nesting);
    } catch (const EndOfText&) {
      if (static_cast<size_t>(index) < list.size()) set_item(list, index, inner);
      throw;
    }
  }

  std::string_view text_;
  Mode mode_;
  const ReadFile* read_;
  size_t at_ = 0;
};

}  // namespace

void set_values(std::string_view text, Value& values) {
  Parser(text, Mode::kTyped, nullptr).parse(values);
}
void set_string_values(std::string_view text, Value& values) {
  Parser(text, Mode::kString, nullptr).parse(values);
}
void set_json_values(std::string_view text, Value& values) {
  Parser(text, Mode::kJson, nullptr).parse(values);
}
void set_file_values(std::string_view text, Value& values, const ReadFile& read) {
  Parser(text, Mode::kFile, &read).parse(values);
}
void set_literal_values(std::string_view text, Value& values) {
  Parser(text, Mode::kLiteral, nullptr).parse(values);
}

}  // namespace jibe::helm
