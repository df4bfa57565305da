// Pruning and defaulting by schema (apiextensions-apiserver pkg/apiserver/schema of 1.36).
#include "twin/schema/decode.h"
#include "twin/schema/defaults.h"
#include "twin/schema/schema.h"

namespace jibe::twin {
namespace {

using data::Value;

std::string join(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

void prune_at(const SchemaNode& node, Value& value, const std::string& path,
              std::vector<std::string>* removed);

void prune_map(const SchemaNode& node, Value& value, const std::string& path,
               std::vector<std::string>* removed) {
  std::vector<std::string> unknown;
  std::vector<std::string> known;
  for (const data::Entry& e : value.entries()) {
    const SchemaNode* child = node.child(e.key);
    if (child != nullptr) {
      if (e.value.is_map() || e.value.is_list()) known.push_back(e.key);
    } else if (!node.preserve_unknown) {
      unknown.push_back(e.key);
    }
  }
  for (const std::string& key : unknown) {
    value.erase(key);
    if (removed != nullptr) removed->push_back(join(path, key));
  }
  for (const std::string& key : known) {
    prune_at(*node.child(key), value.edit(key), join(path, key), removed);
  }
}

void prune_at(const SchemaNode& node, Value& value, const std::string& path,
              std::vector<std::string>* removed) {
  if (node.untyped && node.properties.empty()) return;
  if (value.is_map()) {
    prune_map(node, value, path, removed);
  } else if (value.is_list() && node.items != nullptr) {
    for (size_t i = 0; i < value.size(); ++i) {
      prune_at(*node.items, value.edit(i), path + "[" + std::to_string(i) + "]", removed);
    }
  }
}

// A null where the schema allows none and has a default stands for "absent".
bool is_replaceable_null(const Value& value, const SchemaNode& node) {
  return value.is_null() && !node.nullable;
}

void default_map(const SchemaNode& node, Value& value) {
  for (const SchemaProperty& property : node.properties) {
    if (property.default_value.is_null()) continue;
    const Value* found = value.find(property.name);
    if (found == nullptr || is_replaceable_null(*found, *property.node)) {
      value.set(property.name, property.default_value);
    }
  }
  std::vector<std::string> keys;
  for (const data::Entry& e : value.entries()) keys.push_back(e.key);
  for (const std::string& key : keys) {
    const SchemaNode* child = node.child(key);
    if (child == nullptr) continue;
    const Value& there = value[key];
    if (is_replaceable_null(there, *child)) {
      if (!child->default_value.is_null()) {
        value.set(key, child->default_value);
      } else {
        value.erase(key);
        continue;
      }
    }
    if (value[key].is_map() || value[key].is_list()) apply_schema_defaults(*child, value.edit(key));
  }
}

}  // namespace

void prune(const SchemaNode& node, Value& value, std::vector<std::string>* removed) {
  prune_at(node, value, "", removed);
}

void apply_schema_defaults(const SchemaNode& node, Value& value) {
  if (value.is_map()) {
    default_map(node, value);
  } else if (value.is_list() && node.items != nullptr) {
    for (size_t i = 0; i < value.size(); ++i) {
      if (is_replaceable_null(value[i], *node.items) && !node.items->default_value.is_null()) {
        value.edit(i) = node.items->default_value;
      }
      apply_schema_defaults(*node.items, value.edit(i));
    }
  }
}

}  // namespace jibe::twin
