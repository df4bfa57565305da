// Dates as HTTP writes them.
#pragma once
#include <string>

#include "base/clock.h"

namespace jibe::http {

// IMF-fixdate of RFC 9110: "Thu, 01 Jan 2026 00:00:00 GMT".
std::string http_date(base::Time time);

}  // namespace jibe::http
