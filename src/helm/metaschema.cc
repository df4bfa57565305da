#include "helm/metaschema.h"

#include <algorithm>

#include "data/json.h"

namespace jibe::helm {
namespace {

using data::Value;

constexpr int kEver = 9999;

// What a keyword takes, as JSON. "@" stands for where the definitions are.
struct Form {
  const char* name;
  const char* schema;
};

constexpr Form kForms[] = {
    {"any", "true"},
    {"schema", R"({"$ref":"#"})"},
    {"schema or boolean", R"({"anyOf":[{"type":"boolean"},{"$ref":"#"}]})"},
    {"schemas", R"({"$ref":"#/@/schemaArray"})"},
    {"schema or schemas", R"({"anyOf":[{"$ref":"#"},{"$ref":"#/@/schemaArray"}]})"},
    {"schemas by name", R"({"type":"object","additionalProperties":{"$ref":"#"}})"},
    {"schemas by pattern",
     R"({"type":"object","additionalProperties":{"$ref":"#"},"propertyNames":{"format":"regex"}})"},
    {"schemas or names by name",
     R"({"type":"object","additionalProperties":{"anyOf":[{"$ref":"#"},)"
     R"({"$ref":"#/@/stringArray"}]}})"},
    {"names by name", R"({"type":"object","additionalProperties":{"$ref":"#/@/stringArray"}})"},
    {"names", R"({"$ref":"#/@/stringArray"})"},
    {"count", R"({"$ref":"#/@/count"})"},
    {"optional count", R"({"$ref":"#/@/optionalCount"})"},
    {"number", R"({"type":"number"})"},
    {"positive", R"({"type":"number","exclusiveMinimum":0})"},
    {"positive in draft 4", R"({"type":"number","minimum":0,"exclusiveMinimum":true})"},
    {"boolean", R"({"type":"boolean"})"},
    {"string", R"({"type":"string"})"},
    {"regex", R"({"type":"string","format":"regex"})"},
    {"uri", R"({"type":"string","format":"uri"})"},
    {"reference", R"({"type":"string","format":"uri-reference"})"},
    {"id", R"({"type":"string","format":"uri-reference","pattern":"^[^#]*#?$"})"},
    {"anchor of 2019", R"({"type":"string","pattern":"^[A-Za-z][-A-Za-z0-9.:_]*$"})"},
    {"anchor", R"({"type":"string","pattern":"^[A-Za-z_][-A-Za-z0-9._]*$"})"},
    {"vocabulary", R"({"type":"object","propertyNames":{"type":"string","format":"uri"},)"
                   R"("additionalProperties":{"type":"boolean"}})"},
    {"list", R"({"type":"array"})"},
    {"choices", R"({"type":"array","minItems":1,"uniqueItems":true})"},
    {"types", R"({"anyOf":[{"$ref":"#/@/simpleTypes"},{"type":"array",)"
              R"("items":{"$ref":"#/@/simpleTypes"},"minItems":1,"uniqueItems":true}]})"},
};

// `part` is the vocabulary since 2019: one of them after the other is asked.
struct Keyword {
  const char* name;
  const char* form;
  const char* part;
  int first = 4;
  int last = kEver;
};

constexpr Keyword kKeywords[] = {
    {"id", "reference", "core", 4, 4},
    {"$id", "reference", "core", 6, 7},
    {"$id", "id", "core", 2019},
    {"$schema", "uri", "core"},
    {"$ref", "string", "core", 4, 4},
    {"$ref", "reference", "core", 6},
    {"$anchor", "anchor of 2019", "core", 2019, 2019},
    {"$anchor", "anchor", "core", 2020},
    {"$recursiveRef", "reference", "core", 2019, 2019},
    {"$recursiveAnchor", "boolean", "core", 2019, 2019},
    {"$dynamicRef", "reference", "core", 2020},
    {"$dynamicAnchor", "anchor", "core", 2020},
    {"$vocabulary", "vocabulary", "core", 2019},
    {"$comment", "string", "core", 7},
    {"$defs", "schemas by name", "core", 2019},
    {"definitions", "schemas by name", ""},
    {"dependencies", "schemas or names by name", ""},
    {"$recursiveAnchor", "anchor", "", 2020},
    {"$recursiveRef", "reference", "", 2020},
    {"prefixItems", "schemas", "applicator", 2020},
    {"additionalItems", "schema or boolean", "applicator", 4, 4},
    {"additionalItems", "schema", "applicator", 6, 2019},
    {"items", "schema or schemas", "applicator", 4, 2019},
    {"items", "schema", "applicator", 2020},
    {"contains", "schema", "applicator", 6},
    {"additionalProperties", "schema or boolean", "applicator", 4, 4},
    {"additionalProperties", "schema", "applicator", 6},
    {"properties", "schemas by name", "applicator"},
    {"patternProperties", "schemas by name", "applicator", 4, 6},
    {"patternProperties", "schemas by pattern", "applicator", 7},
    {"dependentSchemas", "schemas by name", "applicator", 2019},
    {"propertyNames", "schema", "applicator", 6},
    {"if", "schema", "applicator", 7},
    {"then", "schema", "applicator", 7},
    {"else", "schema", "applicator", 7},
    {"allOf", "schemas", "applicator"},
    {"anyOf", "schemas", "applicator"},
    {"oneOf", "schemas", "applicator"},
    {"not", "schema", "applicator"},
    {"unevaluatedItems", "schema", "applicator", 2019, 2019},
    {"unevaluatedProperties", "schema", "applicator", 2019, 2019},
    {"unevaluatedItems", "schema", "unevaluated", 2020},
    {"unevaluatedProperties", "schema", "unevaluated", 2020},
    {"type", "types", "validation"},
    {"enum", "choices", "validation", 4, 7},
    {"enum", "list", "validation", 2019},
    {"multipleOf", "positive in draft 4", "validation", 4, 4},
    {"multipleOf", "positive", "validation", 6},
    {"maximum", "number", "validation"},
    {"minimum", "number", "validation"},
    {"exclusiveMaximum", "boolean", "validation", 4, 4},
    {"exclusiveMinimum", "boolean", "validation", 4, 4},
    {"exclusiveMaximum", "number", "validation", 6},
    {"exclusiveMinimum", "number", "validation", 6},
    {"maxLength", "count", "validation"},
    {"minLength", "optional count", "validation"},
    {"pattern", "regex", "validation"},
    {"maxItems", "count", "validation"},
    {"minItems", "optional count", "validation"},
    {"uniqueItems", "boolean", "validation"},
    {"maxContains", "count", "validation", 2019},
    {"minContains", "count", "validation", 2019},
    {"maxProperties", "count", "validation"},
    {"minProperties", "optional count", "validation"},
    {"required", "names", "validation"},
    {"dependentRequired", "names by name", "validation", 2019},
    {"title", "string", "meta-data"},
    {"description", "string", "meta-data"},
    {"deprecated", "boolean", "meta-data", 2019},
    {"readOnly", "boolean", "meta-data", 7},
    {"writeOnly", "boolean", "meta-data", 7},
    {"examples", "list", "meta-data", 7},
    {"format", "string", "format"},
    {"contentMediaType", "string", "content", 7},
    {"contentEncoding", "string", "content", 7},
    {"contentSchema", "schema", "content", 2019},
};

constexpr const char* kParts[] = {"core",      "applicator", "unevaluated", "validation",
                                  "meta-data", "format",     "content"};

Value json(std::string_view text, const char* definitions) {
  std::string out(text);
  for (size_t at = out.find('@'); at != out.npos; at = out.find('@', at))
    out.replace(at, 1, definitions);
  return data::parse_json(out);
}

Value form_of(std::string_view name, const char* definitions) {
  auto form = std::find_if(std::begin(kForms), std::end(kForms),
                           [&](const Form& f) { return f.name == name; });
  return json(form->schema, definitions);
}

Value definitions_of(int draft, const char* at) {
  Value out = json(R"({
    "schemaArray": {"type": "array", "minItems": 1, "items": {"$ref": "#"}},
    "count": {"type": "integer", "minimum": 0},
    "optionalCount": {"allOf": [{"$ref": "#/@/count"}]},
    "simpleTypes": {"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]},
    "stringArray": {"type": "array", "items": {"type": "string"}, "uniqueItems": true}})",
                   at);
  if (draft == 4) out.edit("stringArray").set("minItems", Value(int64_t{1}));
  if (draft >= 2019) out.set("optionalCount", json(R"({"$ref": "#/@/count"})", at));
  return out;
}

Value properties_of(int draft, std::string_view part, const char* definitions) {
  Value out = Value::map({});
  for (const Keyword& keyword : kKeywords) {
    bool here = draft < 2019 || keyword.part == part;
    if (here && keyword.first <= draft && draft <= keyword.last)
      out.set(keyword.name, form_of(keyword.form, definitions));
  }
  return out;
}

}  // namespace

std::string_view metaschema_address(int draft) {
  switch (draft) {
    case 4:
      return "http://json-schema.org/draft-04/schema";
    case 6:
      return "http://json-schema.org/draft-06/schema";
    case 7:
      return "http://json-schema.org/draft-07/schema";
    case 2019:
      return "https://json-schema.org/draft/2019-09/schema";
    default:
      return "https://json-schema.org/draft/2020-12/schema";
  }
}

Value metaschema(int draft) {
  const char* at = draft < 2019 ? "definitions" : "$defs";
  Value out =
      data::parse_json(draft == 4 ? R"({"type": "object"})" : R"({"type": ["object", "boolean"]})");
  Value definitions = definitions_of(draft, at);
  out.set("$schema", Value(std::string(metaschema_address(draft)) + "#"));
  if (draft == 4) {
    out.set("dependencies", data::parse_json(R"({"exclusiveMaximum": ["maximum"],
                                                 "exclusiveMinimum": ["minimum"]})"));
  }
  if (draft >= 2019) {
    std::vector<Value> parts;
    for (const char* part : kParts) {
      if (draft == 2019 && std::string_view(part) == "unevaluated") continue;
      Value body = data::parse_json(R"({"type": ["object", "boolean"]})");
      body.set("properties", properties_of(draft, part, at));
      definitions.set(part, std::move(body));
      parts.push_back(json(std::string(R"({"$ref": "#/@/)") + part + "\"}", at));
    }
    out.set("allOf", Value::list(std::move(parts)));
  }
  out.set("properties", properties_of(draft, "", at));
  out.set(at, std::move(definitions));
  return out;
}

}  // namespace jibe::helm
