#include "twin/mesh/ordered_json.h"

#include <algorithm>

#include "data/json.h"

namespace jibe::twin {

std::string ordered_json(const data::Value& map, const FieldOrder& order) {
  std::string out;
  const auto add = [&out](std::string_view key, const data::Value& value) {
    out += out.empty() ? '{' : ',';
    data::append_json_string(out, key);
    out += ':';
    data::append_json(out, value);
  };
  for (std::string_view key : order)
    if (const data::Value* value = map.find(key)) add(key, *value);
  for (const data::Entry& entry : map.entries())
    if (std::find(order.begin(), order.end(), entry.key) == order.end())
      add(entry.key, entry.value);
  return out.empty() ? "{}" : out + "}";
}

}  // namespace jibe::twin
