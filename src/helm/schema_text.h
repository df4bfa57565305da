// How the JSON Schema validator words and addresses things.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace jibe::helm {

// 'text', with quotes inside escaped.
std::string schema_quote(std::string_view text);
std::string schema_quote(const std::vector<std::string>& texts);
// "/a/b~1c".
std::string pointer_of(const std::vector<std::string>& path);
// Numbers as golang.org/x/text prints them for English readers: 1,000.5 and 1.5×10⁰⁶.
std::string english(double number);
std::string english(size_t number);
// A scalar as it appears in `value must be one of …`.
std::string display(const data::Value& value);
// "got x, want y or z"'s x.
std::string_view schema_type(const data::Value& value);

// A reference relative to the address of the document that has it.
std::string resolve_address(const std::string& base, std::string_view reference);

}  // namespace jibe::helm
