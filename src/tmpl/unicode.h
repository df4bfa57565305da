// Runes as Go sees them: UTF-8 where every wrong byte is one U+FFFD, and Unicode's categories.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jibe::tmpl {

constexpr char32_t kRuneError = 0xFFFD;
constexpr char32_t kMaxRune = 0x10FFFF;

struct Rune {
  char32_t value;
  size_t width;  // bytes; 1 with kRuneError for a wrong byte, 0 at the end
};

Rune decode_rune(std::string_view text);
// Wrong runes (surrogates, above kMaxRune) become U+FFFD.
void append_rune(std::string& out, char32_t rune);
size_t rune_count(std::string_view text);
std::vector<char32_t> to_runes(std::string_view text);
std::string from_runes(const std::vector<char32_t>& runes);

bool valid_rune(char32_t rune);
bool is_print(char32_t rune);
bool is_letter(char32_t rune);
bool is_digit(char32_t rune);
bool is_upper(char32_t rune);
bool is_lower(char32_t rune);
bool is_space(char32_t rune);
char32_t to_upper(char32_t rune);
char32_t to_lower(char32_t rune);
std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);
// strings.TrimSpace and strings.Fields.
std::string_view trim_space(std::string_view text);
std::vector<std::string_view> fields(std::string_view text);

}  // namespace jibe::tmpl
