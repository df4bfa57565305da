#include <re2/re2.h>

#include <charconv>
#include <cmath>
#include <set>

#include "base/strings.h"
#include "helm/toml.h"
#include "tmpl/printer.h"
#include "tmpl/unicode.h"

namespace jibe::helm {
namespace {

using data::Value;

constexpr int kMaxDepth = 100;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Value read() {
    Value root = Value::map();
    table_ = {};
    while (true) {
      skip_lines();
      if (at_ >= text_.size()) return root;
      if (peek() == '[') {
        head(root);
      } else {
        pair(walk(root, table_));
      }
      end_of_line();
    }
  }

 private:
  using Path = std::vector<std::string>;

  [[noreturn]] void refuse(const std::string& why) const {
    auto line =
        1 + std::count(text_.begin(),
                       text_.begin() + static_cast<ptrdiff_t>(std::min(at_, text_.size())), '\n');
    throw base::InvalidInput(fmt::format("toml: line {}: {}", line, why));
  }

  char peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool take(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }
  void expect(std::string_view expected) {
    if (!take(expected)) refuse(fmt::format("expected {}", expected));
  }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t') ++at_;
  }
  void skip_comment() {
    if (peek() == '#') at_ = std::min(text_.find('\n', at_), text_.size());
  }
  void skip_lines() {
    while (true) {
      skip_blanks();
      skip_comment();
      if (peek() == '\r') ++at_;
      if (at_ >= text_.size() || peek() != '\n') return;
      ++at_;
    }
  }
  void end_of_line() {
    skip_blanks();
    skip_comment();
    if (peek() == '\r') ++at_;
    if (at_ < text_.size() && peek() != '\n') refuse("expected a newline after the value");
  }

  // The table at the path, made where absent; of a list of tables the last.
  Value& walk(Value& root, const Path& path) {
    Value* at = &root;
    for (const std::string& key : path) {
      at = &at->edit(key);
      if (at->is_null()) *at = Value::map();
      if (at->is_list() && !at->empty()) at = &at->edit_items().back();
      if (!at->is_map()) refuse(fmt::format("key '{}' is already a value", key));
    }
    return *at;
  }

  void head(Value& root) {
    ++at_;
    bool list = take("[");
    Path path = key();
    expect(list ? "]]" : "]");
    table_ = path;
    if (!list) {
      if (!defined_.insert(path).second) {
        refuse(fmt::format("table '{}' has already been defined", base::join(path, ".")));
      }
      walk(root, path);
      return;
    }
    std::string last = path.back();
    path.pop_back();
    Value& tables = walk(root, path).edit(last);
    if (!tables.is_null() && !tables.is_list()) {
      refuse(fmt::format("key '{}' is already a table", last));
    }
    tables.push_back(Value::map());
  }

  Path key() {
    Path path;
    do {
      skip_blanks();
      path.push_back(key_part());
      skip_blanks();
    } while (take("."));
    return path;
  }

  std::string key_part() {
    if (peek() == '"' || peek() == '\'') return text();
    size_t start = at_;
    while (std::isalnum(static_cast<unsigned char>(peek())) != 0 || peek() == '_' ||
           peek() == '-') {
      ++at_;
    }
    if (at_ == start) refuse("expected a key");
    return std::string(text_.substr(start, at_ - start));
  }

  void separator() {
    if (take("=")) return;
    if (at_ >= text_.size()) refuse("unexpected EOF; expected key separator '='");
    tmpl::Rune found = tmpl::decode_rune(text_.substr(at_));
    refuse(fmt::format("expected '.' or '=', but got {} instead",
                       tmpl::quote_rune(found.value, false)));
  }

  void pair(Value& table) {
    Path path = key();
    separator();
    std::string last = path.back();
    path.pop_back();
    Value& inner = walk(table, path);
    if (inner.has(last)) refuse(fmt::format("Key '{}' has already been defined", last));
    Value read = value();
    inner.set(last, std::move(read));
  }

  Value value() {
    if (++depth_ > kMaxDepth) refuse("nested too deeply");
    skip_blanks();
    Value out;
    if (peek() == '"' || peek() == '\'') {
      out = text();
    } else if (peek() == '[') {
      out = list();
    } else if (peek() == '{') {
      out = inline_table();
    } else {
      out = word();
    }
    --depth_;
    return out;
  }

  Value list() {
    ++at_;
    Value out = Value::list();
    while (true) {
      skip_lines();
      if (take("]")) return out;
      out.push_back(value());
      skip_lines();
      if (take(",")) continue;
      expect("]");
      return out;
    }
  }

  Value inline_table() {
    ++at_;
    Value out = Value::map();
    skip_lines();
    if (take("}")) return out;
    while (true) {
      skip_lines();
      pair(out);
      skip_lines();
      if (take("}")) return out;
      expect(",");
    }
  }

  Value word() {
    static const re2::RE2 kDate(
        R"(\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?)?)"
        R"(|\d\d:\d\d(:\d\d(\.\d+)?)?)");
    size_t end = text_.find_first_of(",]}# \t\r\n", at_);
    std::string word(text_.substr(at_, end == std::string_view::npos ? end : end - at_));
    // A date may have a blank before its time.
    if (word.size() == 10 && peek(10) == ' ' && std::isdigit(peek(11)) != 0) {
      end = text_.find_first_of(",]}# \t\r\n", at_ + 11);
      std::string longer(text_.substr(at_, end == std::string_view::npos ? end : end - at_));
      if (re2::RE2::FullMatch(longer, kDate)) word = longer;
    }
    if (word.empty()) refuse("expected value but found something else");
    at_ += word.size();
    if (word == "true") return true;
    if (word == "false") return false;
    if (re2::RE2::FullMatch(word, kDate)) return word;
    return number(word);
  }

  Value number(std::string word) const {
    const std::string original = word;
    std::erase(word, '_');
    bool negative = word.starts_with('-');
    if (negative || word.starts_with('+')) word.erase(0, 1);
    if (word == "inf") return negative ? -HUGE_VAL : HUGE_VAL;
    if (word == "nan") return std::nan("");
    int base = word.starts_with("0x") ? 16 : word.starts_with("0o") ? 8 : 10;
    if (word.starts_with("0b")) base = 2;
    size_t skip = base == 10 ? 0 : 2;
    const char* last = word.data() + word.size();
    bool fraction = base == 10 && word.find_first_of(".eE") != std::string::npos;
    bool starts_well = word.size() > skip && word[skip] != '-' && word[skip] != '.';
    if (starts_well && fraction) {
      double number = 0;
      auto [end, error] = std::from_chars(word.data(), last, number);
      if (error == std::errc() && end == last) return negative ? -number : number;
    } else if (starts_well && (base != 10 || word.size() == 1 || word[0] != '0')) {
      int64_t number = 0;
      auto [end, error] = std::from_chars(word.data() + skip, last, number, base);
      if (error == std::errc() && end == last) return negative ? -number : number;
    }
    refuse(fmt::format("expected value but found \"{}\" instead", original));
  }

  std::string text() {
    const char quote = peek();
    const bool escapes = quote == '"';
    const std::string three(3, quote);
    if (take(three)) return long_text(three, escapes);
    ++at_;
    std::string out;
    while (peek() != quote) {
      if (at_ >= text_.size() || peek() == '\n') refuse("strings cannot contain newlines");
      if (escapes && peek() == '\\') {
        escape(out);
      } else {
        out += text_[at_++];
      }
    }
    ++at_;
    return out;
  }

  std::string long_text(const std::string& end, bool escapes) {
    if (peek() == '\r') ++at_;
    if (peek() == '\n') ++at_;
    std::string out;
    while (!take(end)) {
      if (at_ >= text_.size()) refuse("unexpected EOF; expected " + end);
      if (!escapes || peek() != '\\') {
        out += text_[at_++];
        continue;
      }
      size_t next = text_.find_first_not_of(" \t\r", at_ + 1);
      if (next != std::string_view::npos && text_[next] == '\n') {
        at_ = std::min(text_.find_first_not_of(" \t\r\n", next), text_.size());
      } else {
        escape(out);
      }
    }
    // Up to two quotes may stand right before the end.
    while (peek() == end[0]) out += text_[at_++];
    return out;
  }

  void escape(std::string& out) {
    constexpr std::string_view kNames = "btnfre\"\\";
    constexpr std::string_view kBytes = "\b\t\n\f\r\x1b\"\\";
    ++at_;
    char name = peek();
    ++at_;
    size_t found = kNames.find(name);
    if (found != std::string_view::npos) {
      out += kBytes[found];
      return;
    }
    size_t digits = name == 'u' ? 4 : name == 'U' ? 8 : name == 'x' ? 2 : 0;
    uint32_t code = 0;
    const char* first = text_.data() + std::min(at_, text_.size());
    const char* last = first + std::min(digits, text_.size() - std::min(at_, text_.size()));
    auto [end, error] = std::from_chars(first, last, code, 16);
    if (digits == 0 || error != std::errc() || end != first + digits) {
      refuse(fmt::format("invalid escape character '{}'", name));
    }
    at_ += digits;
    tmpl::append_rune(out, code);
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  Path table_;
  std::set<Path> defined_;
};

}  // namespace

Value parse_toml(std::string_view text) {
  return Reader(text).read();
}

}  // namespace jibe::helm
