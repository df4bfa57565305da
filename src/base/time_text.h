// Instants as text, RFC 3339 in UTC, as Kubernetes writes them.
#pragma once
#include <string>
#include <string_view>

#include "base/clock.h"

namespace jibe::base {

// "2026-01-01T00:00:00Z" (metav1.Time), "….123Z", "….123456Z" (metav1.MicroTime), "….123456789Z".
std::string format_rfc3339(Time time);
std::string format_rfc3339_millis(Time time);
std::string format_rfc3339_micros(Time time);
std::string format_rfc3339_nanos(Time time);

// Any fraction and any offset. Throws InvalidInput with a sentence that quotes the text.
Time parse_rfc3339(std::string_view text);

}  // namespace jibe::base
