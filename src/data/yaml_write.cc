#include <algorithm>
#include <charconv>

#include "data/json.h"
#include "data/utf8.h"
#include "data/yaml.h"
#include "data/yaml_scalar.h"
#include "data/yaml_style.h"

namespace jibe::data {

namespace {

constexpr int kIndent = 2;
// Text that may be folded is, at the first space behind this column.
constexpr int kWidth = 80;
// Longer keys are written with `? `.
constexpr size_t kLongestSimpleKey = 128;

// The JSON text that sigs.k8s.io/yaml makes on the way decides: 1e6 is an integer there.
std::string number_text(double number) {
  std::string json = json_number(number);
  auto resolved = resolve_yaml(json);
  if (resolved && resolved->is_int()) return std::to_string(resolved->as_int());
  uint64_t large = 0;
  const char* end = json.data() + json.size();
  auto parsed = std::from_chars(json.data(), end, large);
  if (parsed.ec == std::errc() && parsed.ptr == end) return json;
  return go_number(number);
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    Rune rune = decode_rune(text.substr(i));
    append_rune(out, rune.code);
    i += rune.size;
  }
  return out;
}

// libyaml's emitter for block style, as recursion instead of a state machine. `column_`,
// `blank_` and `indented_` are its column, whitespace and indention.
class Emitter {
 public:
  std::string emit(const Value& root) {
    node(root, {});
    indent();
    return std::move(out_);
  }

 private:
  struct Context {
    bool mapping = false;
    bool simple_key = false;
  };

  void put(char c) {
    out_ += c;
    ++column_;
  }

  void put_break() {
    out_ += '\n';
    column_ = 0;
  }

  // One character of any width.
  void copy(std::string_view text, size_t& at) {
    ++column_;
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      out_ += text[at++];
      return;
    }
    size_t size = decode_rune(text.substr(at)).size;
    out_ += text.substr(at, size);
    at += size;
  }

  // Characters that are no spaces.
  void copy_word(std::string_view text, size_t& at) {
    std::string_view word = text.substr(at, text.find(' ', at) - at);
    out_ += word;
    at += word.size();
    for (char c : word) column_ += (c & 0xc0) != 0x80;
  }

  void copy_break(std::string_view text, size_t& at) {
    size_t size = yaml_break(text.substr(at));
    out_ += text.substr(at, size);
    at += size;
    column_ = 0;
  }

  void indent() {
    int target = std::max(indent_, 0);
    if (!indented_ || column_ > target || (column_ == target && !blank_)) put_break();
    if (column_ < target) {
      out_.append(static_cast<size_t>(target - column_), ' ');
      column_ = target;
    }
    blank_ = true;
    indented_ = true;
  }

  void indicator(std::string_view text, bool needs_blank, bool is_blank, bool is_indention) {
    if (needs_blank && !blank_) put(' ');
    for (char c : text) put(c);
    blank_ = is_blank;
    indented_ = indented_ && is_indention;
  }

  void node(const Value& value, Context context) {
    if (value.is_map())
      map(value);
    else if (value.is_list())
      list(value, context);
    else
      scalar(value, context);
  }

  // Runs `body` one level deeper.
  template <class Body>
  void nested(int indent, Body body) {
    if (++depth_ > kMaxDepth)
      throw base::InvalidInput("the value is nested more than " + std::to_string(kMaxDepth) +
                               " levels deep");
    std::swap(indent_, indent);
    body();
    indent_ = indent;
    --depth_;
  }

  void empty(std::string_view brackets) {
    indicator(brackets.substr(0, 1), true, true, false);
    indicator(brackets.substr(1), false, false, false);
  }

  void list(const Value& value, Context context) {
    if (value.empty()) return empty("[]");
    bool indentless = context.mapping && !indented_;
    int deeper = indent_ < 0 ? 0 : indent_ + (indentless ? 0 : kIndent);
    nested(deeper, [&] {
      for (const Value& item : value.items()) {
        indent();
        indicator("-", true, false, true);
        node(item, {});
      }
    });
  }

  void map(const Value& value) {
    if (value.empty()) return empty("{}");
    std::vector<const Entry*> entries;
    entries.reserve(value.size());
    for (const Entry& entry : value.entries()) entries.push_back(&entry);
    auto less = [](const Entry* a, const Entry* b) { return yaml_key_less(a->key, b->key); };
    if (!std::is_sorted(entries.begin(), entries.end(), less))
      std::stable_sort(entries.begin(), entries.end(), less);
    nested(indent_ < 0 ? 0 : indent_ + kIndent, [&] {
      for (const Entry* entry : entries) {
        indent();
        key(entry->key);
        node(entry->value, {true, false});
      }
    });
  }

  void key(const std::string& text) {
    std::string_view quick(text);
    if (quick.size() <= kLongestSimpleKey && !has_yaml_break(quick)) {
      string(text, {true, true});
      indicator(":", false, false, false);
    } else {
      indicator("?", true, false, true);
      string(text, {true, false});
      indent();
      indicator(":", true, false, true);
    }
  }

  void scalar(const Value& value, Context context) {
    switch (value.kind()) {
      case Kind::kString:
        return string(value.text(), context);
      case Kind::kBool:
        return plain(value.as_bool() ? "true" : "false", false);
      case Kind::kInt:
        return plain(std::to_string(value.as_int()), false);
      case Kind::kDouble:
        return plain(number_text(value.as_double()), false);
      default:
        return plain("null", false);
    }
  }

  void string(std::string_view raw, Context context) {
    std::string repaired;
    std::string_view text = raw;
    if (!is_valid_utf8(raw)) text = repaired = valid_utf8(raw);
    nested(indent_ < 0 ? kIndent : indent_ + kIndent, [&] {
      bool foldable = !context.simple_key;
      switch (yaml_style(text, context.simple_key)) {
        case YamlStyle::kPlain:
          return plain(text, foldable);
        case YamlStyle::kSingleQuoted:
          return single_quoted(text, foldable);
        case YamlStyle::kDoubleQuoted:
          return double_quoted(text, foldable);
        case YamlStyle::kLiteral:
          return literal(text);
      }
    });
  }

  bool space_at(std::string_view text, size_t at) const {
    return at < text.size() && text[at] == ' ';
  }

  void plain(std::string_view text, bool foldable) {
    if (!blank_) put(' ');
    bool spaces = false;
    for (size_t i = 0; i < text.size();) {
      if (text[i] == ' ') {
        if (foldable && !spaces && column_ > kWidth && !space_at(text, i + 1)) {
          indent();
          ++i;
        } else {
          copy(text, i);
        }
        spaces = true;
      } else {
        copy_word(text, i);
        indented_ = false;
        spaces = false;
      }
    }
    blank_ = false;
    indented_ = false;
  }

  void single_quoted(std::string_view text, bool foldable) {
    indicator("'", true, false, false);
    bool spaces = false;
    bool breaks = false;
    for (size_t i = 0; i < text.size();) {
      if (text[i] == ' ') {
        bool inside = i > 0 && i < text.size() - 1;
        if (foldable && !spaces && column_ > kWidth && inside && !space_at(text, i + 1)) {
          indent();
          ++i;
        } else {
          copy(text, i);
        }
        spaces = true;
      } else if (yaml_break(text.substr(i)) > 0) {
        copy_break(text, i);
        indented_ = true;
        breaks = true;
      } else {
        if (breaks) indent();
        if (text[i] == '\'') put('\'');
        copy(text, i);
        indented_ = false;
        spaces = false;
        breaks = false;
      }
    }
    indicator("'", false, false, false);
  }

  void double_quoted(std::string_view text, bool foldable) {
    indicator("\"", true, false, false);
    bool spaces = false;
    for (size_t i = 0; i < text.size();) {
      std::string_view rest = text.substr(i);
      if (!is_yaml_printable(rest) || yaml_break(rest) > 0 || text[i] == '"' || text[i] == '\\') {
        Rune rune = decode_rune(rest);
        escape(rune.code);
        i += rune.size;
        spaces = false;
      } else if (text[i] == ' ') {
        if (foldable && !spaces && column_ > kWidth && i > 0 && i < text.size() - 1) {
          indent();
          if (space_at(text, i + 1)) put('\\');
          ++i;
        } else {
          copy(text, i);
        }
        spaces = true;
      } else {
        copy(text, i);
        spaces = false;
      }
    }
    indicator("\"", false, false, false);
  }

  void escape(uint32_t code) {
    static constexpr std::pair<uint32_t, char> kNamed[] = {
        {0x00, '0'},  {0x07, 'a'}, {0x08, 'b'}, {0x09, 't'},   {0x0a, 'n'},
        {0x0b, 'v'},  {0x0c, 'f'}, {0x0d, 'r'}, {0x1b, 'e'},   {0x22, '"'},
        {0x5c, '\\'}, {0x85, 'N'}, {0xa0, '_'}, {0x2028, 'L'}, {0x2029, 'P'}};
    static constexpr char kHex[] = "0123456789ABCDEF";
    put('\\');
    for (const auto& [known, letter] : kNamed)
      if (known == code) return put(letter);
    int digits = code <= 0xff ? 2 : code <= 0xffff ? 4 : 8;
    put(digits == 2 ? 'x' : digits == 4 ? 'u' : 'U');
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) put(kHex[code >> shift & 15]);
  }

  void literal(std::string_view text) {
    indicator("|", true, false, false);
    if (text[0] == ' ' || yaml_break(text) > 0)
      indicator(std::to_string(kIndent), false, false, false);
    if (char chomping = chomping_of(text)) indicator(std::string(1, chomping), false, false, false);
    put_break();
    indented_ = true;
    blank_ = true;
    bool breaks = true;
    for (size_t i = 0; i < text.size();) {
      if (yaml_break(text.substr(i)) > 0) {
        copy_break(text, i);
        indented_ = true;
        breaks = true;
      } else {
        if (breaks) indent();
        copy(text, i);
        indented_ = false;
        breaks = false;
      }
    }
  }

  // '-': no break at the end; '+': more than one; none: exactly one.
  static char chomping_of(std::string_view text) {
    auto strip = [&] {
      for (size_t size : {1u, 2u, 3u}) {
        if (size > text.size() || yaml_break(text.substr(text.size() - size)) != size) continue;
        text.remove_suffix(size);
        return true;
      }
      return false;
    };
    if (!strip()) return '-';
    return text.empty() || strip() ? '+' : '\0';
  }

  std::string out_;
  int column_ = 0;
  int indent_ = -1;
  int depth_ = 0;
  bool blank_ = true;
  bool indented_ = true;
};

}  // namespace

std::string to_yaml(const Value& value) {
  return Emitter().emit(value);
}

}  // namespace jibe::data
