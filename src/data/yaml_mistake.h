// go-yaml's words for what libfyaml found wrong.
#pragma once
#include <string_view>

#include "data/yaml_events.h"

namespace jibe::data {

// `message`, `line` and `column` (from 1) are libfyaml's first diagnostic. Unlike go-yaml, which
// counts from 0 in half of its sentences and names no line where the first one is wrong, the line
// is always the one to look at.
YamlMistake explain_yaml_mistake(std::string_view text, std::string_view message, int line,
                                 int column);

}  // namespace jibe::data
