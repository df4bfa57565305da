// Go's time.Duration as text: "1h30m", "2.5s".
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace jibe::tmpl {

// As package time quotes in its errors: quotes and backslashes escaped, the rest by bytes.
std::string time_quote(std::string_view text);

// Nanoseconds. Throws base::InvalidInput with Go's words.
int64_t parse_duration(std::string_view text);
std::string format_duration(int64_t nanoseconds);
// To the nearest multiple of `unit`, halves away from zero.
int64_t round_duration(int64_t nanoseconds, int64_t unit);

}  // namespace jibe::tmpl
