// YAML as go-yaml v3 writes it with an indentation of two, for toYamlPretty: lists are indented
// under their key, long texts in blocks, floats as Go's %v.
#pragma once
#include <string>

#include "tmpl/any.h"

namespace jibe::helm {

// Ends with a newline. Throws base::InvalidInput for a tree that contains itself.
std::string pretty_yaml(const tmpl::Any& value);

}  // namespace jibe::helm
