// UTF-8, as Go's unicode/utf8 reads it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace jibe::helm {

inline constexpr char32_t kRuneError = 0xFFFD;

// The rune at `at`, which moves behind it; kRuneError and one byte for what is no UTF-8.
char32_t next_rune(std::string_view text, size_t& at);
std::u32string to_runes(std::string_view text);
void append_rune(std::string& out, char32_t rune);
std::string from_runes(std::u32string_view runes);
// unicode.IsSpace.
bool is_space(char32_t rune);
// unicode.IsControl and the other ranges that unicode.IsPrint refuses most often: controls, format
// characters, separators but the blank, surrogates, private use.
bool is_unprintable(char32_t rune);
// strings.TrimSpace and strings.TrimLeftFunc(unicode.IsSpace).
std::string_view trim_space(std::string_view text);
std::string_view trim_left_space(std::string_view text);
// The text in quotes as Go's %q writes it.
std::string quoted(std::string_view text);

}  // namespace jibe::helm
