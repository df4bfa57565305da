#include "twin/schema/schema_compiler.h"

#include <algorithm>

#include "base/strings.h"
#include "twin/schema/rules.h"

namespace jibe::twin {
namespace {

using data::Value;

SchemaType type_of(const Value& schema) {
  if (schema["x-kubernetes-int-or-string"].bool_or(false)) return SchemaType::kIntOrString;
  const std::string& type = schema["type"].text();
  if (type == "object") return SchemaType::kObject;
  if (type == "array") return SchemaType::kArray;
  if (type == "string") return SchemaType::kString;
  if (type == "integer") return SchemaType::kInteger;
  if (type == "number") return SchemaType::kNumber;
  if (type == "boolean") return SchemaType::kBoolean;
  // intstr.IntOrString and resource.Quantity: alternatives of scalars.
  if (schema.has("oneOf") && schema["oneOf"][0].has("type")) return SchemaType::kIntOrString;
  return SchemaType::kAny;
}

// "io.k8s.api.core.v1.PodSpec" → "PodSpec"
std::string last_part(std::string_view definition) {
  return std::string(definition.substr(definition.rfind('.') + 1));
}

std::optional<int64_t> integer(const Value& v) {
  if (v.is_int()) return v.as_int();
  if (v.is_double()) return static_cast<int64_t>(v.as_double());
  return std::nullopt;
}

std::optional<double> number(const Value& v) {
  if (v.is_number()) return v.as_double();
  return std::nullopt;
}

const char* const kRuleKeys[] = {"enum",          "pattern",       "minimum",
                                 "maximum",       "multipleOf",    "minLength",
                                 "maxLength",     "minItems",      "maxItems",
                                 "minProperties", "maxProperties", "uniqueItems",
                                 "required",      "allOf",         "anyOf",
                                 "oneOf",         "not",           "x-kubernetes-validations"};

}  // namespace

void SchemaCompiler::add_definitions(const Value& definitions) {
  for (const data::Entry& e : definitions.entries()) definitions_[e.key] = make();
  for (const data::Entry& e : definitions.entries()) {
    SchemaNode& node = *definitions_[e.key];
    fill(node, e.value);
    node.definition = e.key;
    node.go_type = last_part(e.key);
  }
  for (const Overlay& overlay : overlays_) {
    const auto target = definitions_.find(overlay.target);
    if (target == definitions_.end()) continue;
    *overlay.node = *target->second;
    fill_extensions(*overlay.node, overlay.schema);
  }
  overlays_.clear();
}

SchemaNode* SchemaCompiler::compile_crd(const Value& schema) {
  with_rules_ = true;
  return compile(schema);
}

SchemaNode* SchemaCompiler::compile(const Value& schema) {
  const std::string& ref = schema["$ref"].text();
  if (ref.empty()) {
    SchemaNode* node = make();
    fill(*node, schema);
    return node;
  }
  const bool plain = std::ranges::none_of(
      schema.entries(), [](const data::Entry& e) { return e.key.starts_with("x-kubernetes-"); });
  const auto known = definitions_.find(ref);
  if (plain && known != definitions_.end()) return known->second;
  SchemaNode* node = make();
  overlays_.push_back({node, ref, schema});
  return node;
}

void SchemaCompiler::fill(SchemaNode& node, const Value& schema) {
  node.type = type_of(schema);
  node.nullable = schema["nullable"].bool_or(false);
  node.format = schema["format"].text();
  node.default_value = schema["default"];
  fill_properties(node, schema);
  if (schema["items"].is_map()) node.items = compile(schema["items"]);
  const Value& additional = schema["additionalProperties"];
  if (additional.is_map()) node.additional = compile(additional);
  if (additional.bool_or(false)) node.preserve_unknown = true;
  fill_extensions(node, schema);
  const bool shapeless = node.properties.empty() && node.additional == nullptr;
  if (!with_rules_) {
    // RawExtension, FieldsV1, JSON: Go keeps the bytes.
    node.untyped = node.type == SchemaType::kAny || (node.type == SchemaType::kObject && shapeless);
    node.preserve_unknown = node.untyped;
    return;
  }
  node.untyped = shapeless && node.preserve_unknown &&
                 (node.type == SchemaType::kAny || node.type == SchemaType::kObject);
  fill_rules(node, schema);
}

void SchemaCompiler::fill_extensions(SchemaNode& node, const Value& schema) {
  const std::string& list = schema["x-kubernetes-list-type"].text();
  if (list == "set") node.list_type = ListType::kSet;
  if (list == "map") node.list_type = ListType::kMap;
  if (list == "atomic") node.list_type = ListType::kAtomic;
  if (schema.has("x-kubernetes-list-map-keys")) {
    node.list_keys.clear();
    for (const Value& key : schema["x-kubernetes-list-map-keys"].items()) {
      node.list_keys.push_back(key.text());
    }
  }
  if (schema["x-kubernetes-map-type"].text() == "atomic") node.atomic_map = true;
  if (schema["x-kubernetes-map-type"].text() == "granular") node.atomic_map = false;
  const std::string& strategy = schema["x-kubernetes-patch-strategy"].text();
  if (base::contains(strategy, "merge")) node.patch_merge = true;
  if (base::contains(strategy, "retainKeys")) node.patch_retain_keys = true;
  if (schema.has("x-kubernetes-patch-merge-key")) {
    node.patch_merge_key = schema["x-kubernetes-patch-merge-key"].text();
  }
  if (schema["x-kubernetes-preserve-unknown-fields"].bool_or(false)) node.preserve_unknown = true;
  if (schema["x-kubernetes-embedded-resource"].bool_or(false)) node.embedded = true;
}

void SchemaCompiler::fill_properties(SchemaNode& node, const Value& schema) {
  const auto required = schema["required"].items();
  for (const data::Entry& e : schema["properties"].entries()) {
    SchemaProperty property;
    property.name = e.key;
    property.node = compile(e.value);
    property.default_value = e.value["default"];
    property.required =
        std::ranges::any_of(required, [&](const Value& name) { return name.text() == e.key; });
    node.properties.push_back(std::move(property));
  }
}

void SchemaCompiler::fill_rules(SchemaNode& node, const Value& schema) {
  const bool any = std::ranges::any_of(kRuleKeys, [&](const char* k) { return schema.has(k); });
  if (!any) return;
  auto rules = std::make_unique<SchemaRules>();
  for (const Value& v : schema["enum"].items()) rules->enum_values.push_back(v);
  rules->pattern_text = schema["pattern"].text();
  if (!rules->pattern_text.empty()) {
    RE2::Options options;
    options.set_log_errors(false);
    auto pattern = std::make_unique<re2::RE2>(rules->pattern_text, options);
    if (pattern->ok()) rules->pattern = std::move(pattern);
  }
  rules->minimum = number(schema["minimum"]);
  rules->maximum = number(schema["maximum"]);
  rules->exclusive_minimum = schema["exclusiveMinimum"].bool_or(false);
  rules->exclusive_maximum = schema["exclusiveMaximum"].bool_or(false);
  rules->multiple_of = number(schema["multipleOf"]);
  rules->min_length = integer(schema["minLength"]);
  rules->max_length = integer(schema["maxLength"]);
  rules->min_items = integer(schema["minItems"]);
  rules->max_items = integer(schema["maxItems"]);
  rules->min_properties = integer(schema["minProperties"]);
  rules->max_properties = integer(schema["maxProperties"]);
  rules->unique_items = schema["uniqueItems"].bool_or(false);
  for (const Value& v : schema["required"].items()) rules->required.push_back(v.text());
  for (const Value& v : schema["allOf"].items()) rules->all_of.push_back(compile(v));
  for (const Value& v : schema["anyOf"].items()) rules->any_of.push_back(compile(v));
  for (const Value& v : schema["oneOf"].items()) rules->one_of.push_back(compile(v));
  if (schema["not"].is_map()) rules->not_of = compile(schema["not"]);
  rules->validations = schema["x-kubernetes-validations"];
  node.rules = rules.get();
  document_.rules.push_back(std::move(rules));
}

void SchemaCompiler::add_object_fields(SchemaNode& node, const SchemaNode& object_meta) {
  SchemaNode* text = make();
  text->type = SchemaType::kString;
  const std::pair<const char*, const SchemaNode*> fields[] = {
      {"apiVersion", text}, {"kind", text}, {"metadata", &object_meta}};
  for (const auto& [name, type] : fields) {
    std::erase_if(node.properties, [&](const SchemaProperty& p) { return p.name == name; });
    SchemaProperty property;
    property.name = name;
    property.node = type;
    node.properties.push_back(std::move(property));
  }
  std::ranges::sort(node.properties, {}, &SchemaProperty::name);
  if (node.type == SchemaType::kAny) node.type = SchemaType::kObject;
  node.untyped = false;
}

}  // namespace jibe::twin
