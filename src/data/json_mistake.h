// What is wrong with a text that is no JSON.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace jibe::data {

// The first mistake in the words of Go's encoding/json, and where it is: "invalid character '}'
// after object key (line 3, column 7)". nullopt where the grammar finds none.
std::optional<std::string> json_mistake(std::string_view text);

}  // namespace jibe::data
