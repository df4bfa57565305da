#include "twin/server/openapi_protobuf.h"

#include <bit>

#include "data/json.h"

namespace jibe::twin {

namespace {

using data::Value;

void put_varint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7f) | 0x80);
  out += static_cast<char>(value);
}

void put_bytes(std::string& out, uint32_t field, std::string_view bytes) {
  put_varint(out, (field << 3) | 2);
  put_varint(out, bytes.size());
  out += bytes;
}

void put_integer(std::string& out, uint32_t field, int64_t value) {
  put_varint(out, field << 3);
  put_varint(out, static_cast<uint64_t>(value));
}

void put_double(std::string& out, uint32_t field, double value) {
  put_varint(out, (field << 3) | 1);
  auto bits = std::bit_cast<uint64_t>(value);
  for (int i = 0; i < 8; ++i) out += static_cast<char>(bits >> (8 * i));
}

struct Scalar {
  uint32_t field;
  const char* name;
  bool is_double = false;
};

// Strings, booleans and integers by their kind; numbers that the .proto calls double as such.
void put_scalars(std::string& out, const Value& from, std::initializer_list<Scalar> scalars) {
  for (const Scalar& scalar : scalars) {
    const Value& value = from[scalar.name];
    if (value.is_string()) put_bytes(out, scalar.field, value.as_string());
    if (value.is_bool()) put_integer(out, scalar.field, value.as_bool() ? 1 : 0);
    if (!value.is_number()) continue;
    if (scalar.is_double) {
      put_double(out, scalar.field, value.as_double());
    } else {
      put_integer(out, scalar.field, static_cast<int64_t>(value.as_double()));
    }
  }
}

void put_strings(std::string& out, uint32_t field, const Value& list) {
  for (const Value& item : list.items()) put_bytes(out, field, item.text());
}

// Any{yaml}: JSON is YAML.
std::string any(const Value& value) {
  std::string out;
  put_bytes(out, 2, data::to_json(value));
  return out;
}

std::string named(const std::string& name, std::string_view value) {
  std::string out;
  put_bytes(out, 1, name);
  put_bytes(out, 2, value);
  return out;
}

void put_extensions(std::string& out, uint32_t field, const Value& from) {
  for (const data::Entry& entry : from.entries()) {
    if (entry.key.starts_with("x-")) put_bytes(out, field, named(entry.key, any(entry.value)));
  }
}

std::string schema(const Value& from) {
  std::string out;
  put_scalars(out, from,
              {{1, "$ref"},
               {2, "format"},
               {3, "title"},
               {4, "description"},
               {6, "multipleOf", true},
               {7, "maximum", true},
               {8, "exclusiveMaximum"},
               {9, "minimum", true},
               {10, "exclusiveMinimum"},
               {11, "maxLength"},
               {12, "minLength"},
               {13, "pattern"},
               {14, "maxItems"},
               {15, "minItems"},
               {16, "uniqueItems"},
               {17, "maxProperties"},
               {18, "minProperties"}});
  if (from.has("default")) put_bytes(out, 5, any(from["default"]));
  put_strings(out, 19, from["required"]);
  for (const Value& item : from["enum"].items()) put_bytes(out, 20, any(item));
  std::string inner;
  const Value& additional = from["additionalProperties"];
  if (additional.is_bool()) {
    put_integer(inner, 2, additional.as_bool() ? 1 : 0);
    put_bytes(out, 21, inner);
  } else if (additional.is_map()) {
    put_bytes(inner, 1, schema(additional));
    put_bytes(out, 21, inner);
  }
  inner.clear();
  if (from["type"].is_string()) put_bytes(inner, 1, from["type"].text());
  put_strings(inner, 1, from["type"]);
  if (!inner.empty()) put_bytes(out, 22, inner);
  inner.clear();
  if (from["items"].is_map()) {
    put_bytes(inner, 1, schema(from["items"]));
    put_bytes(out, 23, inner);
  }
  for (const Value& item : from["allOf"].items()) put_bytes(out, 24, schema(item));
  inner.clear();
  for (const data::Entry& entry : from["properties"].entries()) {
    put_bytes(inner, 1, named(entry.key, schema(entry.value)));
  }
  if (!inner.empty()) put_bytes(out, 25, inner);
  put_extensions(out, 31, from);
  return out;
}

std::string parameter(const Value& from) {
  std::string out;
  std::string inner;
  if (from["in"].text() == "body") {
    put_scalars(inner, from, {{1, "description"}, {2, "name"}, {3, "in"}, {4, "required"}});
    put_bytes(inner, 5, schema(from["schema"]));
    put_bytes(out, 1, inner);
    return out;
  }
  bool query = from["in"].text() == "query";
  put_scalars(inner, from, {{1, "required"}, {2, "in"}, {3, "description"}, {4, "name"}});
  if (query) {
    put_scalars(inner, from, {{6, "type"}, {7, "format"}, {20, "uniqueItems"}});
  } else {
    put_scalars(inner, from, {{5, "type"}, {6, "format"}, {19, "uniqueItems"}});
  }
  std::string choice;
  put_bytes(choice, query ? 3 : 4, inner);
  put_bytes(out, 2, choice);
  return out;
}

// ParametersItem: the parameter itself or a reference to a global one.
std::string parameter_item(const Value& from) {
  std::string out;
  if (from["$ref"].is_string()) {
    std::string reference;
    put_scalars(reference, from, {{1, "$ref"}});
    put_bytes(out, 2, reference);
  } else {
    put_bytes(out, 1, parameter(from));
  }
  return out;
}

std::string operation(const Value& from) {
  std::string out;
  put_strings(out, 1, from["tags"]);
  put_scalars(out, from, {{3, "description"}, {5, "operationId"}});
  put_strings(out, 6, from["produces"]);
  put_strings(out, 7, from["consumes"]);
  for (const Value& item : from["parameters"].items()) put_bytes(out, 8, parameter_item(item));
  put_strings(out, 10, from["schemes"]);
  put_extensions(out, 13, from);
  return out;
}

std::string path_item(const Value& from) {
  static constexpr std::pair<uint32_t, const char*> kMethods[] = {
      {2, "get"},     {3, "put"},  {4, "post"}, {5, "delete"},
      {6, "options"}, {7, "head"}, {8, "patch"}};
  std::string out;
  for (auto [field, method] : kMethods) {
    if (from[method].is_map()) put_bytes(out, field, operation(from[method]));
  }
  for (const Value& item : from["parameters"].items()) put_bytes(out, 9, parameter_item(item));
  put_extensions(out, 10, from);
  return out;
}

}  // namespace

std::string openapi_v2_protobuf(const Value& document) {
  std::string out;
  put_scalars(out, document, {{1, "swagger"}});
  std::string inner;
  put_scalars(inner, document["info"], {{1, "title"}, {2, "version"}, {3, "description"}});
  put_bytes(out, 2, inner);
  inner.clear();
  for (const data::Entry& entry : document["paths"].entries()) {
    put_bytes(inner, 2, named(entry.key, path_item(entry.value)));
  }
  put_bytes(out, 8, inner);
  inner.clear();
  for (const data::Entry& entry : document["definitions"].entries()) {
    put_bytes(inner, 1, named(entry.key, schema(entry.value)));
  }
  put_bytes(out, 9, inner);
  inner.clear();
  for (const data::Entry& entry : document["parameters"].entries()) {
    put_bytes(inner, 1, named(entry.key, parameter(entry.value)));
  }
  if (!inner.empty()) put_bytes(out, 10, inner);
  put_extensions(out, 16, document);
  return out;
}

}  // namespace jibe::twin
