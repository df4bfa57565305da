// CPU quantities in their canonical form, as resource.Quantity prints them.
#pragma once
#include <string>

#include "data/value.h"

namespace jibe::istio {

// "0.5" → "500m", "1000m" → "1", 2 → "2". Empty for zero, for null and for what is no quantity.
std::string canonical_cpu(const data::Value& value);

}  // namespace jibe::istio
