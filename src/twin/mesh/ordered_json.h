// JSON whose fields stand in the order of a Go struct, for texts that Istio stores in annotations
// and environment variables.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace jibe::twin {

using FieldOrder = std::vector<std::string_view>;

// The map's fields in that order, then the others by name. What stands below is ordered by name.
std::string ordered_json(const data::Value& map, const FieldOrder& order);

}  // namespace jibe::twin
