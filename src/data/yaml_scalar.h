// What a YAML scalar means to go-yaml v2 (resolve.go of go.yaml.in/yaml/v2 2.4.3).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "data/value.h"

namespace jibe::data {

// nullopt: the text is a plain string. What looks like a timestamp stays a string here, too; ask
// is_yaml_timestamp() where that matters. A uint64 that int64 cannot hold comes as a double.
std::optional<Value> resolve_yaml(std::string_view plain);

bool is_yaml_timestamp(std::string_view text);

// What becomes of a resolved float on its way through JSON: 1.0 is 1, as Kubernetes reads it.
// Throws base::InvalidInput for what JSON cannot say.
Value through_json(double number);

}  // namespace jibe::data
