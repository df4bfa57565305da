// How go-yaml v2 decides to write a string, and in which order the keys of a map.
#pragma once
#include <string_view>

namespace jibe::data {

enum class YamlStyle { kPlain, kSingleQuoted, kDoubleQuoted, kLiteral };

// `text` is valid UTF-8. `in_key`: the string is a key that fits on its line.
YamlStyle yaml_style(std::string_view text, bool in_key);

bool has_yaml_break(std::string_view text);
// Length in bytes of the line break (LF, CR, NEL, LS, PS) that the text starts with, or 0.
size_t yaml_break(std::string_view text);
// False for what a double-quoted string must escape.
bool is_yaml_printable(std::string_view text);

// keyList.Less: letters after everything else, runs of digits by value.
bool yaml_key_less(std::string_view a, std::string_view b);

}  // namespace jibe::data
