#include "data/yaml_style.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "data/utf8.h"
#include "data/yaml_scalar.h"

namespace jibe::data {

namespace {

// The properties of a string that libyaml's emitter goes by.
struct Analysis {
  bool indicators = false;
  bool breaks = false;
  bool special = false;
  bool blank_edge = false;
  bool trailing_space = false;
  bool break_space = false;
  bool space_break = false;
};

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

bool is_ascii_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// What most strings are: words of characters that mean nothing to YAML, with a space between.
bool is_harmless(std::string_view text) {
  if (!is_ascii_letter_or_digit(text.front()) || text.back() == ' ') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_ascii_letter_or_digit(c) || c == ' ' || (c >= '-' && c <= '/') || c == '_' ||
           c == ',' || c == '(' || c == ')';
  });
}

// Indicators that forbid a plain scalar outside of flow collections.
bool is_indicator(std::string_view text, size_t at, size_t width, bool after_blank) {
  char c = text[at];
  if (at > 0 && c != ':' && c != '#') return false;
  bool before_blank = at + width >= text.size() || is_blank(text[at + width]);
  if (at > 0) return (c == ':' && before_blank) || (c == '#' && after_blank);
  if (std::string_view("#,[]{}&*!|>'\"%@`").find(c) != std::string_view::npos) return true;
  return (c == '?' || c == ':' || c == '-') && before_blank;
}

Analysis analyze(std::string_view text) {
  Analysis out;
  out.indicators = text.starts_with("---") || text.starts_with("...");
  bool after_blank = true;
  bool previous_space = false;
  bool previous_break = false;
  size_t width = 0;
  for (size_t i = 0; i < text.size(); i += width) {
    std::string_view rest = text.substr(i);
    bool ascii = static_cast<unsigned char>(text[i]) < 0x80;
    width = ascii ? 1 : decode_rune(rest).size;
    size_t line_break = yaml_break(rest);
    bool last = i + width == text.size();
    if (is_indicator(text, i, width, after_blank)) out.indicators = true;
    if (!is_yaml_printable(rest)) out.special = true;
    if (text[i] == ' ') {
      if (i == 0 || last) out.blank_edge = true;
      if (last) out.trailing_space = true;
      if (previous_break) out.break_space = true;
    } else if (line_break > 0) {
      out.breaks = true;
      if (i == 0 || last) out.blank_edge = true;
      if (previous_space) out.space_break = true;
    }
    previous_space = text[i] == ' ';
    previous_break = line_break > 0;
    after_blank = is_blank(text[i]) || line_break > 0 || text[i] == '\0';
  }
  return out;
}

// ^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$, which YAML 1.1 parsers read as a number.
bool is_base60(std::string_view text) {
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  size_t i = 0;
  auto at = [&](auto test) { return i < text.size() && test(text[i]); };
  auto digit_or_underscore = [&](char c) { return is_digit(c) || c == '_'; };
  if (at([](char c) { return c == '-' || c == '+'; })) ++i;
  if (!at(is_digit)) return false;
  while (at(digit_or_underscore)) ++i;
  size_t parts = 0;
  while (at([](char c) { return c == ':'; })) {
    ++i;
    if (!at(is_digit)) return false;
    bool may_have_two = text[i] <= '5';
    ++i;
    if (may_have_two && at(is_digit)) ++i;
    ++parts;
  }
  if (parts == 0) return false;
  if (at([](char c) { return c == '.'; })) {
    ++i;
    while (at(digit_or_underscore)) ++i;
  }
  return i == text.size();
}

bool reads_back_as_string(std::string_view text) {
  return !resolve_yaml(text) && !is_yaml_timestamp(text) && !is_base60(text);
}

bool is_letter(uint32_t rune) {
  if (rune < 0x80) return (rune | 0x20) >= 'a' && (rune | 0x20) <= 'z';
  // Latin-1's signs, general punctuation, arrows, symbols and pictures are none.
  if (rune < 0xc0) return rune == 0xaa || rune == 0xb5 || rune == 0xba;
  bool sign = rune == 0xd7 || rune == 0xf7 || (rune >= 0x2000 && rune <= 0x2bff) ||
              (rune >= 0x3000 && rune <= 0x3004) || (rune >= 0x3007 && rune <= 0x3030) ||
              (rune >= 0xe000 && rune <= 0xf8ff) || (rune >= 0xfe00 && rune <= 0xfe6f) ||
              (rune >= 0x1f000 && rune <= 0x1faff);
  return !sign;
}

bool is_digit(uint32_t rune) {
  return rune >= '0' && rune <= '9';
}

std::u32string runes_of(std::string_view text) {
  std::u32string out;
  for (size_t i = 0; i < text.size();) {
    Rune rune = decode_rune(text.substr(i));
    out += static_cast<char32_t>(rune.code);
    i += rune.size;
  }
  return out;
}

// True where a digit other than 0 stands in the run of digits before `at`.
bool follows_nonzero(const std::u32string& text, size_t at) {
  for (; at > 0 && is_digit(text[at - 1]); --at)
    if (text[at - 1] != '0') return true;
  return false;
}

bool differ_less(const std::u32string& a, const std::u32string& b, size_t i) {
  bool a_letter = is_letter(a[i]);
  bool b_letter = is_letter(b[i]);
  if (a_letter && b_letter) return a[i] < b[i];
  if (a_letter || b_letter) return b_letter;
  uint64_t a_number = (a[i] == '0' || b[i] == '0') && follows_nonzero(a, i) ? 1 : 0;
  uint64_t b_number = a_number;
  auto run = [i](const std::u32string& text, uint64_t& number) {
    size_t end = i;
    for (; end < text.size() && is_digit(text[end]); ++end)
      number = number * 10 + (text[end] - U'0');
    return end;
  };
  size_t a_end = run(a, a_number);
  size_t b_end = run(b, b_number);
  if (a_number != b_number) return static_cast<int64_t>(a_number) < static_cast<int64_t>(b_number);
  if (a_end != b_end) return a_end < b_end;
  return a[i] < b[i];
}

}  // namespace

size_t yaml_break(std::string_view text) {
  switch (text.empty() ? '\0' : text[0]) {
    case '\n':
    case '\r':
      return 1;
    case '\xc2':
      return text.starts_with("\xc2\x85") ? 2 : 0;
    case '\xe2':
      return text.starts_with("\xe2\x80\xa8") || text.starts_with("\xe2\x80\xa9") ? 3 : 0;
    default:
      return 0;
  }
}

bool has_yaml_break(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i)
    if (yaml_break(text.substr(i)) > 0) return true;
  return false;
}

bool is_yaml_printable(std::string_view text) {
  auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return first == '\n' || (first >= ' ' && first <= '~');
  uint32_t code = decode_rune(text).code;
  return code >= 0xa0 && code <= 0xfffd && code != 0xfeff;
}

YamlStyle yaml_style(std::string_view text, bool in_key) {
  if (text.empty()) return YamlStyle::kDoubleQuoted;
  if (is_harmless(text))
    return reads_back_as_string(text) ? YamlStyle::kPlain : YamlStyle::kDoubleQuoted;
  Analysis a = analyze(text);
  bool double_quoted_only = a.space_break || a.special;
  if (text.find('\n') != std::string_view::npos)
    return double_quoted_only || a.trailing_space || in_key ? YamlStyle::kDoubleQuoted
                                                            : YamlStyle::kLiteral;
  if (!reads_back_as_string(text)) return YamlStyle::kDoubleQuoted;
  if (double_quoted_only || a.break_space) return YamlStyle::kDoubleQuoted;
  if (a.indicators || a.blank_edge || a.breaks) return YamlStyle::kSingleQuoted;
  return YamlStyle::kPlain;
}

bool yaml_key_less(std::string_view a, std::string_view b) {
  // Two letters of ASCII where the keys begin to differ say it all.
  auto [at, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at != a.end() && other != b.end() && is_letter(static_cast<unsigned char>(*at)) &&
      is_letter(static_cast<unsigned char>(*other)) && ((*at | *other) & 0x80) == 0)
    return *at < *other;
  std::u32string left = runes_of(a);
  std::u32string right = runes_of(b);
  for (size_t i = 0; i < left.size() && i < right.size(); ++i)
    if (left[i] != right[i]) return differ_less(left, right, i);
  return left.size() < right.size();
}

}  // namespace jibe::data
