// The string formats that apiextensions checks (kube-openapi pkg/validation/strfmt, 1.36).
#pragma once
#include <string>
#include <string_view>

namespace jibe::twin {

// True also for formats that are not checked.
bool has_format(std::string_view format, const std::string& text);

}  // namespace jibe::twin
