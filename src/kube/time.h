// metav1.Time and metav1.MicroTime as text.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace jibe::kube {

// "2026-01-01T00:00:00Z", fractions cut off.
std::string format_time(base::Time time);
// "2026-01-01T00:00:00.000000Z".
std::string format_micro_time(base::Time time);
// RFC 3339 with any offset and fraction; nullopt for anything else.
std::optional<base::Time> parse_time(std::string_view text);
// Go's time.ParseDuration: "1h15m", "300ms", "-1.5s"; nullopt for anything else.
std::optional<base::Duration> parse_duration(std::string_view text);

}  // namespace jibe::kube
