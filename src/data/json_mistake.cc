#include "data/json_mistake.h"

#include <algorithm>
#include <vector>

#include "data/utf8.h"

namespace jibe::data {

namespace {

struct Mistake {
  size_t at;
  std::string sentence;
};

// A scanner without recursion, so that it survives what the parser refused as too deep.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  void run() {
    do {
      value();
    } while (advance());
    skip_blanks();
    if (at_ < text_.size()) fail("after top-level value");
  }

 private:
  enum class In { kArray, kObject };

  [[noreturn]] void fail(const std::string& where) const {
    if (at_ >= text_.size()) throw Mistake{text_.size(), at_end(where)};
    throw Mistake{at_, "invalid character " + quote() + " " + where};
  }

  // Go reads a blank behind the end: where one may stand, the text has ended too early.
  static std::string at_end(const std::string& where) {
    bool inside_word = where.starts_with("in ") && where != "in string literal";
    if (inside_word || where.starts_with("after decimal point"))
      return "invalid character ' ' " + where;
    return "unexpected end of JSON input";
  }

  // Go prints the byte, not the character.
  std::string quote() const {
    auto c = static_cast<unsigned char>(text_[at_]);
    if (c == '\'') return "'\\''";
    if (c == '"') return "'\"'";
    std::string rune;
    append_rune(rune, c);
    if (is_go_printable(c) && c != '\\') return "'" + rune + "'";
    static constexpr char kHex[] = "0123456789abcdef";
    static constexpr std::string_view kNamed = "abtnvfr";
    if (c == '\\') return "'\\\\'";
    if (c >= 7 && c <= 13) return std::string("'\\") + kNamed[c - 7] + "'";
    return std::string(c < 0x80 ? "'\\x" : "'\\u00") + kHex[c >> 4] + kHex[c & 15] + "'";
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string::npos)
      ++at_;
  }

  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  // One value; of an array or object that is not empty only the part before its first value.
  void value() {
    skip_blanks();
    char c = peek();
    if (c == '{') {
      ++at_;
      skip_blanks();
      if (peek() == '}') {
        ++at_;
        return;
      }
      open_.push_back(In::kObject);
      key();
      return value_again();
    }
    if (c == '[') {
      ++at_;
      skip_blanks();
      if (peek() == ']') {
        ++at_;
        return;
      }
      open_.push_back(In::kArray);
      return value_again();
    }
    if (c == '"')
      string();
    else if (c == '-' || is_digit(c))
      number();
    else
      literal();
  }

  void value_again() { nested_ = true; }

  // Moves on to where the next value starts; false at the end of everything.
  bool advance() {
    if (nested_) {
      nested_ = false;
      return true;
    }
    while (!open_.empty()) {
      skip_blanks();
      bool array = open_.back() == In::kArray;
      if (peek() == ',') {
        ++at_;
        if (!array) key();
        return true;
      }
      if (peek() != (array ? ']' : '}'))
        fail(array ? "after array element" : "after object key:value pair");
      ++at_;
      open_.pop_back();
    }
    return false;
  }

  void key() {
    skip_blanks();
    if (peek() != '"') fail("looking for beginning of object key string");
    string();
    skip_blanks();
    if (peek() != ':') fail("after object key");
    ++at_;
  }

  void string() {
    ++at_;
    while (true) {
      if (at_ >= text_.size() || static_cast<unsigned char>(text_[at_]) < ' ')
        fail("in string literal");
      char c = text_[at_++];
      if (c == '"') return;
      if (c == '\\') escape();
    }
  }

  void escape() {
    if (at_ >= text_.size() ||
        std::string_view("\"\\/bfnrtu").find(text_[at_]) == std::string::npos)
      fail("in string escape code");
    if (text_[at_++] != 'u') return;
    for (int i = 0; i < 4; ++i, ++at_) {
      char c = peek();
      bool hex = is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      if (!hex) fail("in \\u hexadecimal character escape");
    }
  }

  void digits(const std::string& where) {
    if (!is_digit(peek())) fail(where);
    while (is_digit(peek())) ++at_;
  }

  void number() {
    if (peek() == '-') ++at_;
    if (peek() == '0')
      ++at_;
    else
      digits("in numeric literal");
    if (peek() == '.') {
      ++at_;
      digits("after decimal point in numeric literal");
    }
    if (peek() != 'e' && peek() != 'E') return;
    ++at_;
    if (peek() == '+' || peek() == '-') ++at_;
    digits("in exponent of numeric literal");
  }

  void literal() {
    for (std::string_view word : {"true", "false", "null"}) {
      if (peek() != word[0]) continue;
      for (char c : word) {
        if (peek() != c || at_ >= text_.size())
          fail("in literal " + std::string(word) + " (expecting '" + c + "')");
        ++at_;
      }
      return;
    }
    fail("looking for beginning of value");
  }

  std::string_view text_;
  size_t at_ = 0;
  std::vector<In> open_;
  bool nested_ = false;
};

}  // namespace

std::optional<std::string> json_mistake(std::string_view text) {
  try {
    Scanner(text).run();
    return std::nullopt;
  } catch (const Mistake& mistake) {
    std::string_view before = text.substr(0, mistake.at);
    auto line = 1 + std::count(before.begin(), before.end(), '\n');
    size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
    return mistake.sentence + " (line " + std::to_string(line) + ", column " +
           std::to_string(mistake.at - start + 1) + ")";
  }
}

}  // namespace jibe::data
