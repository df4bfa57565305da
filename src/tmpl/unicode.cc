#include "tmpl/unicode.h"

#include <locale.h>
#include <re2/re2.h>
#include <wctype.h>

namespace jibe::tmpl {

namespace {

// The categories come from RE2's tables and the case mappings from the C library's C.UTF-8:
// neither is worth a table of our own.
bool in_class(const re2::RE2& pattern, char32_t rune) {
  std::string text;
  append_rune(text, rune);
  return re2::RE2::FullMatch(text, pattern);
}

locale_t utf8_locale() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

int continuation_bytes(unsigned char lead, char32_t& rune) {
  if (lead >= 0xC2 && lead <= 0xDF) {
    rune = lead & 0x1F;
    return 1;
  }
  if (lead >= 0xE0 && lead <= 0xEF) {
    rune = lead & 0x0F;
    return 2;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    rune = lead & 0x07;
    return 3;
  }
  return 0;
}

template <class Map>
std::string map_runes(std::string_view text, Map map) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    Rune r = decode_rune(text);
    append_rune(out, map(r.value));
    text.remove_prefix(r.width);
  }
  return out;
}

}  // namespace

Rune decode_rune(std::string_view text) {
  if (text.empty()) return {kRuneError, 0};
  auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  char32_t rune = 0;
  int more = continuation_bytes(lead, rune);
  if (more == 0 || text.size() <= static_cast<size_t>(more)) return {kRuneError, 1};
  for (int i = 1; i <= more; ++i) {
    auto byte = static_cast<unsigned char>(text[static_cast<size_t>(i)]);
    if ((byte & 0xC0) != 0x80) return {kRuneError, 1};
    rune = (rune << 6) | (byte & 0x3F);
  }
  bool overlong = (more == 2 && rune < 0x800) || (more == 3 && rune < 0x10000);
  if (overlong || !valid_rune(rune)) return {kRuneError, 1};
  return {rune, static_cast<size_t>(more) + 1};
}

bool valid_rune(char32_t rune) {
  return rune < 0xD800 || (rune > 0xDFFF && rune <= kMaxRune);
}

void append_rune(std::string& out, char32_t rune) {
  if (!valid_rune(rune)) rune = kRuneError;
  if (rune < 0x80) {
    out += static_cast<char>(rune);
  } else if (rune < 0x800) {
    out += static_cast<char>(0xC0 | (rune >> 6));
    out += static_cast<char>(0x80 | (rune & 0x3F));
  } else if (rune < 0x10000) {
    out += static_cast<char>(0xE0 | (rune >> 12));
    out += static_cast<char>(0x80 | ((rune >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (rune & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (rune >> 18));
    out += static_cast<char>(0x80 | ((rune >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((rune >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (rune & 0x3F));
  }
}

size_t rune_count(std::string_view text) {
  size_t count = 0;
  while (!text.empty()) {
    text.remove_prefix(decode_rune(text).width);
    ++count;
  }
  return count;
}

std::vector<char32_t> to_runes(std::string_view text) {
  std::vector<char32_t> out;
  out.reserve(text.size());
  while (!text.empty()) {
    Rune r = decode_rune(text);
    out.push_back(r.value);
    text.remove_prefix(r.width);
  }
  return out;
}

std::string from_runes(const std::vector<char32_t>& runes) {
  std::string out;
  out.reserve(runes.size());
  for (char32_t r : runes) append_rune(out, r);
  return out;
}

bool is_print(char32_t rune) {
  if (rune < 0x7F) return rune >= ' ';
  static const re2::RE2 pattern(R"([\p{L}\p{M}\p{N}\p{P}\p{S}])");
  return valid_rune(rune) && in_class(pattern, rune);
}

bool is_letter(char32_t rune) {
  if (rune < 0x80) return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z');
  static const re2::RE2 pattern(R"(\p{L})");
  return in_class(pattern, rune);
}

bool is_digit(char32_t rune) {
  if (rune < 0x80) return rune >= '0' && rune <= '9';
  static const re2::RE2 pattern(R"(\p{Nd})");
  return in_class(pattern, rune);
}

bool is_upper(char32_t rune) {
  if (rune < 0x80) return rune >= 'A' && rune <= 'Z';
  static const re2::RE2 pattern(R"(\p{Lu})");
  return in_class(pattern, rune);
}

bool is_lower(char32_t rune) {
  if (rune < 0x80) return rune >= 'a' && rune <= 'z';
  static const re2::RE2 pattern(R"(\p{Ll})");
  return in_class(pattern, rune);
}

bool is_space(char32_t rune) {
  if (rune == ' ' || (rune >= '\t' && rune <= '\r')) return true;
  return rune == 0x85 || rune == 0xA0 || rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200A) ||
         rune == 0x2028 || rune == 0x2029 || rune == 0x202F || rune == 0x205F || rune == 0x3000;
}

char32_t to_upper(char32_t rune) {
  if (rune < 0x80) return rune >= 'a' && rune <= 'z' ? rune - 32 : rune;
  return static_cast<char32_t>(towupper_l(static_cast<wint_t>(rune), utf8_locale()));
}

char32_t to_lower(char32_t rune) {
  if (rune < 0x80) return rune >= 'A' && rune <= 'Z' ? rune + 32 : rune;
  return static_cast<char32_t>(towlower_l(static_cast<wint_t>(rune), utf8_locale()));
}

std::string to_upper(std::string_view text) {
  return map_runes(text, [](char32_t r) { return to_upper(r); });
}

std::string to_lower(std::string_view text) {
  return map_runes(text, [](char32_t r) { return to_lower(r); });
}

std::string_view trim_space(std::string_view text) {
  while (!text.empty()) {
    Rune r = decode_rune(text);
    if (!is_space(r.value)) break;
    text.remove_prefix(r.width);
  }
  while (!text.empty()) {
    size_t at = text.size() - 1;
    while (at > 0 && text.size() - at < 4 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80)
      --at;
    if (!is_space(decode_rune(text.substr(at)).value)) break;
    text = text.substr(0, at);
  }
  return text;
}

std::vector<std::string_view> fields(std::string_view text) {
  std::vector<std::string_view> out;
  size_t start = 0;
  bool inside = false;
  for (size_t at = 0; at < text.size();) {
    Rune r = decode_rune(text.substr(at));
    bool space = is_space(r.value);
    if (space && inside) out.push_back(text.substr(start, at - start));
    if (!space && !inside) start = at;
    inside = !space;
    at += r.width;
  }
  if (inside) out.push_back(text.substr(start));
  return out;
}

}  // namespace jibe::tmpl
