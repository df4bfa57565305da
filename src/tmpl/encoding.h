// Base64 with Go's tolerance (line breaks) and error texts.
#pragma once
#include <string>
#include <string_view>

namespace jibe::tmpl {

// Throws base::InvalidInput("illegal base64 data at input byte N").
std::string go_base64_decode(std::string_view text);

}  // namespace jibe::tmpl
