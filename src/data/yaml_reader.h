// The characters of a YAML text, one after the other, with their place.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>

namespace jibe::data {

// From 0. Columns and indices count characters, not bytes.
struct YamlMark {
  int line = 0;
  int column = 0;
  size_t index = 0;
};

class YamlReader {
 public:
  // Jumps over a byte order mark.
  explicit YamlReader(std::string_view text);

  const YamlMark& mark() const { return mark_; }
  // The byte `ahead` of the current one; NUL at the end of the text and behind it.
  char at(size_t ahead = 0) const {
    return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
  }
  bool at_end(size_t ahead = 0) const { return position_ + ahead >= text_.size(); }
  bool at_blank(size_t ahead = 0) const { return at(ahead) == ' ' || at(ahead) == '\t'; }
  // LF, CR, NEL, LS or PS.
  bool at_break(size_t ahead = 0) const {
    char c = at(ahead);
    return is_ascii(c) ? c == '\n' || c == '\r' : at_long_break(ahead);
  }
  bool at_break_or_end(size_t ahead = 0) const { return at_end(ahead) || at_break(ahead); }
  bool at_blank_or_end(size_t ahead = 0) const { return at_blank(ahead) || at_break_or_end(ahead); }
  bool at_letter() const;
  // "---" or "..." on a line of its own, or with a blank behind.
  bool at_document_indicator() const;

  // Over one character that is no line break.
  void skip() {
    position_ = is_ascii(at()) ? std::min(position_ + 1, text_.size()) : behind_long_character();
    ++mark_.index;
    ++mark_.column;
    look_ahead(1);
  }
  void take(std::string& into) {
    size_t from = position_;
    skip();
    into.append(text_, from, position_ - from);
  }
  void skip_break();
  // A break as YAML reads it: LF, but for LS and PS.
  void take_break(std::string& into);
  // At the end of the text: as if its last line were ended.
  void end_last_line();
  // Makes sure that what follows may stand in a YAML text; throws YamlMistake. go-yaml reads ahead
  // in pieces, so a forbidden character is found before other mistakes that are near it.
  void look_ahead(size_t bytes) {
    while (position_ + bytes > checked_ && checked_ < text_.size()) check_piece();
  }

 private:
  static bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
  bool at_long_break(size_t ahead) const;
  size_t behind_long_character() const;
  void check_piece();
  void check_character(size_t& at, size_t piece_end, bool nothing_follows) const;

  std::string_view text_;
  size_t position_ = 0;
  size_t checked_ = 0;
  YamlMark mark_;
};

}  // namespace jibe::data
