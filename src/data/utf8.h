// UTF-8 as Go's unicode/utf8 reads it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace jibe::data {

struct Rune {
  uint32_t code;
  size_t size;
  bool valid;
};

// The first character of a text that is not empty. An invalid byte is U+FFFD of size 1.
Rune decode_rune(std::string_view text);
void append_rune(std::string& out, uint32_t code);
bool is_valid_utf8(std::string_view text);

// strconv.IsPrint, except that code points no character is assigned to count as printable.
bool is_go_printable(uint32_t code);

}  // namespace jibe::data
