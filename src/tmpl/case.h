// PascalCase, snake_case and kebab-case as github.com/huandu/xstrings 1.5 makes them.
#pragma once
#include <string>
#include <string_view>

namespace jibe::tmpl {

std::string pascal_case(std::string_view text);
// Lower case with `connector` between words: "HTTPServer" → "http_server".
std::string separated_case(std::string_view text, char connector);

}  // namespace jibe::tmpl
