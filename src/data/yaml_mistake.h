// go-yaml's words for what libfyaml found wrong.
#pragma once
#include <string_view>

#include "data/yaml_events.h"

namespace jibe::data {

// `message`, `line` and `column` (from 0 … as libfyaml reports them) of the first diagnostic.
YamlMistake explain_yaml_mistake(std::string_view text, std::string_view message, int line,
                                 int column);

}  // namespace jibe::data
