// Regular expressions outside of templates.
#pragma once
#include <optional>
#include <string>

namespace jibe::tmpl {

// What Go's package regexp says about an expression that is none.
std::optional<std::string> regex_mistake(const std::string& pattern);

}  // namespace jibe::tmpl
