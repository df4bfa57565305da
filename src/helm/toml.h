// TOML in and out, as github.com/BurntSushi/toml 1.6 does it for toToml and fromToml.
#pragma once
#include <string>
#include <string_view>

#include "data/value.h"
#include "tmpl/any.h"

namespace jibe::helm {

// Throws base::InvalidInput for what TOML cannot say (a null in a list, a top level that is no
// table). Integers of templates stay integers, floats keep their fraction (1.0).
std::string to_toml(const tmpl::Any& value);
// A map. Throws base::InvalidInput with the line of the mistake. Dates stay text.
data::Value parse_toml(std::string_view text);

}  // namespace jibe::helm
