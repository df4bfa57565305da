#include "data/yaml_mistake.h"

namespace jibe::data {

YamlMistake explain_yaml_mistake(std::string_view, std::string_view message, int line, int column) {
  return YamlMistake(line, std::string(message) + " @" + std::to_string(column));
}

}  // namespace jibe::data
