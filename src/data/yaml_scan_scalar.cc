// Scalars: blocks, quoted ones, plain ones.
#include <algorithm>

#include "data/utf8.h"
#include "data/yaml_events.h"
#include "data/yaml_scanner.h"

namespace jibe::data {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// What a backslash and this letter stand for; nullptr where that is nothing, or a number follows.
const char* escaped(char c) {
  switch (c) {
    case 'a':
      return "\a";
    case 'b':
      return "\b";
    case 't':
    case '\t':
      return "\t";
    case 'n':
      return "\n";
    case 'v':
      return "\v";
    case 'f':
      return "\f";
    case 'r':
      return "\r";
    case 'e':
      return "\x1B";
    case ' ':
      return " ";
    case '"':
      return "\"";
    case '\'':
      return "'";
    case '\\':
      return "\\";
    case 'N':
      return "\u0085";
    case '_':
      return "\u00A0";
    case 'L':
      return "\u2028";
    case 'P':
      return "\u2029";
    default:
      return nullptr;
  }
}

}  // namespace

bool YamlGap::read(YamlReader& reader, int indent) {
  while (reader.at_blank() || reader.at_break()) {
    if (reader.at_break()) {
      blanks_.clear();
      reader.take_break(has_break_ ? more_breaks_ : first_break_);
      has_break_ = true;
    } else if (!has_break_) {
      reader.take(blanks_);
    } else {
      if (reader.mark().column < indent && reader.at() == '\t') return false;
      reader.skip();
    }
  }
  return true;
}

void YamlGap::fold_into(std::string& text) {
  if (!has_break_) {
    text += blanks_;
  } else if (!first_break_.starts_with('\n')) {
    text += first_break_ + more_breaks_;
  } else {
    text += more_breaks_.empty() ? " " : more_breaks_;
  }
  *this = YamlGap();
}

// The + or - and the digit behind | and >, in any order. Returns the digit, or 0.
int YamlScanner::scan_block_indicators(int& chomping) {
  int increment = 0;
  auto chomp = [&] {
    if (reader_.at() != '+' && reader_.at() != '-') return false;
    chomping = reader_.at() == '+' ? 1 : -1;
    reader_.skip();
    return true;
  };
  bool chomped = chomp();
  if (is_digit(reader_.at())) {
    increment = reader_.at() - '0';
    if (increment == 0) fail("found an indentation indicator equal to 0");
    reader_.skip();
    if (!chomped) chomp();
  }
  return increment;
}

void YamlScanner::scan_block_breaks(int& indent, std::string& breaks) {
  int deepest = 0;
  while (true) {
    while ((indent == 0 || reader_.mark().column < indent) && reader_.at() == ' ') reader_.skip();
    deepest = std::max(deepest, reader_.mark().column);
    if ((indent == 0 || reader_.mark().column < indent) && reader_.at() == '\t')
      fail("found a tab character where an indentation space is expected");
    if (!reader_.at_break()) break;
    reader_.take_break(breaks);
  }
  if (indent == 0) indent = std::max({deepest, indent_ + 1, 1});
}

void YamlScanner::scan_block_scalar(bool literal) {
  YamlMark start = reader_.mark();
  reader_.skip();
  int chomping = 0;
  int increment = scan_block_indicators(chomping);
  end_line("did not find expected comment or line break");
  int indent = increment > 0 ? std::max(indent_, 0) + increment : 0;
  std::string text;
  std::string line_break;
  std::string more_breaks;
  scan_block_breaks(indent, more_breaks);
  bool after_blank = false;
  while (reader_.mark().column == indent && !reader_.at_end()) {
    // Lines that start with a blank are not folded.
    bool at_blank = reader_.at_blank();
    bool fold = !literal && !after_blank && !at_blank && line_break.starts_with('\n');
    if (!fold) {
      text += line_break;
    } else if (more_breaks.empty()) {
      text += ' ';
    }
    text += more_breaks;
    line_break.clear();
    more_breaks.clear();
    after_blank = at_blank;
    while (!reader_.at_break_or_end()) reader_.take(text);
    reader_.take_break(line_break);
    scan_block_breaks(indent, more_breaks);
  }
  if (chomping != -1) text += line_break;
  if (chomping == 1) text += more_breaks;
  tokens_.push_back({.type = Type::kScalar, .start = start, .text = std::move(text)});
}

void YamlScanner::scan_quoted(bool single) {
  YamlMark start = reader_.mark();
  char quote = reader_.at();
  reader_.skip();
  std::string text;
  while (true) {
    reader_.look_ahead(4);
    if (reader_.at_document_indicator()) fail("found unexpected document indicator");
    if (reader_.at_end()) fail("found unexpected end of stream");
    YamlGap gap;
    if (scan_quoted_word(single, text)) gap.start_line();
    if (reader_.at() == quote) break;
    gap.read(reader_, 0);
    gap.fold_into(text);
  }
  reader_.skip();
  tokens_.push_back({.type = Type::kScalar, .start = start, .text = std::move(text)});
}

bool YamlScanner::scan_quoted_word(bool single, std::string& text) {
  while (!reader_.at_blank_or_end()) {
    char c = reader_.at();
    if (single && c == '\'') {
      if (reader_.at(1) != '\'') return false;
      text += '\'';
      reader_.skip();
      reader_.skip();
    } else if (!single && c == '"') {
      return false;
    } else if (!single && c == '\\' && reader_.at_break(1)) {
      reader_.skip();
      reader_.skip_break();
      return true;
    } else if (!single && c == '\\') {
      scan_escape(text);
    } else {
      reader_.take(text);
    }
    reader_.look_ahead(2);
  }
  return false;
}

void YamlScanner::scan_escape(std::string& text) {
  char c = reader_.at(1);
  size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
  const char* meaning = escaped(c);
  if (c == '0') {
    text += '\0';
  } else if (meaning != nullptr) {
    text += meaning;
  } else if (digits == 0) {
    fail("found unknown escape character");
  }
  reader_.skip();
  reader_.skip();
  if (digits > 0) scan_code_point(digits, text);
}

void YamlScanner::scan_code_point(size_t digits, std::string& text) {
  reader_.look_ahead(digits);
  uint64_t code = 0;
  for (size_t i = 0; i < digits; ++i) {
    int digit = hex_digit(reader_.at(i));
    if (digit < 0) fail("did not find expected hexdecimal number");
    code = code << 4 | static_cast<uint64_t>(digit);
  }
  if ((code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF)
    fail("found invalid Unicode character escape code");
  append_rune(text, static_cast<uint32_t>(code));
  for (size_t i = 0; i < digits; ++i) reader_.skip();
}

bool YamlScanner::ends_plain() const {
  char c = reader_.at();
  if (c == ':' && reader_.at_blank_or_end(1)) return true;
  return flow_level_ > 0 && std::string_view(",?[]{}").find(c) != std::string_view::npos;
}

void YamlScanner::scan_plain() {
  YamlMark start = reader_.mark();
  std::string text;
  YamlGap gap;
  while (true) {
    reader_.look_ahead(4);
    if (reader_.at_document_indicator() || reader_.at() == '#') break;
    while (!reader_.at_blank_or_end() && !ends_plain()) {
      if (!gap.empty()) gap.fold_into(text);
      reader_.take(text);
      reader_.look_ahead(2);
    }
    if (!reader_.at_blank() && !reader_.at_break()) break;
    if (!gap.read(reader_, indent_ + 1)) fail("found a tab character that violates indentation");
    if (flow_level_ == 0 && reader_.mark().column <= indent_) break;
  }
  tokens_.push_back(
      {.type = Type::kScalar, .start = start, .text = std::move(text), .plain = true});
  if (gap.has_break()) key_allowed_ = true;
}

}  // namespace jibe::data
