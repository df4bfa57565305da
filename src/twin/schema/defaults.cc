#include "twin/schema/defaults.h"

#include "twin/schema/builtin.h"
#include "twin/schema/default_table.h"
#include "twin/schema/schema.h"

namespace jibe::twin {
namespace {

using data::Value;

DefaultFunction function_of(std::string_view definition) {
  if (definition.empty()) return nullptr;
  if (DefaultFunction f = pod_defaults_of(definition)) return f;
  if (DefaultFunction f = workload_defaults_of(definition)) return f;
  return other_defaults_of(definition);
}

bool is_zero(const Value& value) {
  return value.is_null() || value.is_map() || value.is_list() || value == Value("") ||
         value == Value(0) || value == Value(false);
}

void default_tree(const SchemaNode& node, Value& value);

void default_struct(const SchemaNode& node, Value& value) {
  if (const DefaultFunction f = function_of(node.definition)) f(value);
  for (const SchemaProperty& property : node.properties) {
    if (!is_zero(property.default_value) &&
        (value[property.name].is_null() || value[property.name] == Value(""))) {
      value.set(property.name, property.default_value);
    }
  }
  std::vector<std::string> keys;
  for (const data::Entry& e : value.entries()) {
    if (e.value.is_map() || e.value.is_list()) keys.push_back(e.key);
  }
  for (const std::string& key : keys) {
    const SchemaNode* child = node.child(key);
    if (child != nullptr && !child->untyped) default_tree(*child, value.edit(key));
  }
}

void default_tree(const SchemaNode& node, Value& value) {
  if (value.is_map()) {
    default_struct(node, value);
  } else if (value.is_list() && node.items != nullptr && node.items->type != SchemaType::kString) {
    for (size_t i = 0; i < value.size(); ++i) default_tree(*node.items, value.edit(i));
  }
}

}  // namespace

void set_default(Value& map, std::string_view key, Value value) {
  if (map[key].is_null()) map.set(key, std::move(value));
}

void set_default_text(Value& map, std::string_view key, std::string_view text) {
  if (map[key].text().empty()) map.set(key, Value(text));
}

void set_default_number(Value& map, std::string_view key, int64_t number) {
  if (map[key].int_or(0) == 0) map.set(key, number);
}

void apply_defaults(const Resource& resource, Value& object) {
  if (resource.is_custom()) {
    apply_schema_defaults(resource.schema->root(), object);
  } else {
    default_tree(resource.schema->root(), object);
  }
}

void default_pod_spec(Value& spec) {
  default_tree(*builtin_definition("io.k8s.api.core.v1.PodSpec"), spec);
}

}  // namespace jibe::twin
