#include "twin/server/protobuf.h"

#include <bit>

#include "base/error.h"
#include "base/strings.h"
#include "data/json.h"
#include "kube/time.h"
#include "twin/schema/blobs.h"
#include "twin/server/protobuf_wire.h"

extern "C" const unsigned char jibe_k8s_protobuf_begin[];
extern "C" const unsigned char jibe_k8s_protobuf_end[];

namespace jibe::twin {

namespace {

using data::Value;
using Wire = WireField::Type;

constexpr std::string_view kMagic("k8s\0", 4);
constexpr std::string_view kMeta = "k8s.io.apimachinery.pkg.apis.meta.v1.";
constexpr std::string_view kExtensions =
    "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.";
constexpr int kDeepest = 100;

// {"<message>": {"<number>": [json name, type, repeated, inline, omit zero]}}, see
// tools/k8s_api/protobuf.py. Constant after the first use.
const Value& messages() {
  static const Value table = [] {
    const char* begin = reinterpret_cast<const char*>(jibe_k8s_protobuf_begin);
    const char* end = reinterpret_cast<const char*>(jibe_k8s_protobuf_end);
    return data::parse_json(inflate({begin, static_cast<size_t>(end - begin)}));
  }();
  return table;
}

Value decode_message(const std::string& name, std::string_view bytes, int depth);

// Types whose JSON form is not that of their fields. nullopt: no such type.
std::optional<Value> decode_special(std::string_view name, std::string_view bytes, int depth) {
  std::map<uint32_t, WireField> fields;
  auto load = [&] {
    WireReader reader(bytes);
    while (std::optional<WireField> field = reader.next()) fields[field->number] = *field;
  };
  auto text = [&](uint32_t number) { return std::string(fields[number].bytes); };
  auto json = [&](uint32_t number) -> Value {
    load();
    return fields[number].bytes.empty() ? Value() : data::parse_json(fields[number].bytes);
  };
  auto last = name.substr(name.rfind('.') + 1);
  if (name.ends_with(".meta.v1.Time") || name.ends_with(".meta.v1.MicroTime")) {
    load();
    if (fields.empty()) return Value();
    base::Time time{std::chrono::seconds(static_cast<int64_t>(fields[1].integer)) +
                    std::chrono::nanoseconds(fields[2].integer)};
    return Value(last == "Time" ? kube::format_time(time) : kube::format_micro_time(time));
  }
  if (name.ends_with("api.resource.Quantity")) {
    load();
    return Value(text(1));
  }
  if (name.ends_with("util.intstr.IntOrString")) {
    load();
    if (fields[1].integer == 1) return Value(text(3));
    return Value(static_cast<int64_t>(static_cast<int32_t>(fields[2].integer)));
  }
  if (name.ends_with(".RawExtension") || name.ends_with(".meta.v1.FieldsV1") ||
      name.ends_with("apiextensions.v1.JSON")) {
    return json(1);
  }
  if (last == "JSONSchemaPropsOrBool" || last == "JSONSchemaPropsOrArray" ||
      last == "JSONSchemaPropsOrStringArray") {
    load();
    uint32_t schema = last == "JSONSchemaPropsOrBool" ? 2 : 1;
    if (fields.count(schema)) {
      return decode_message(std::string(kExtensions) + "JSONSchemaProps", fields[schema].bytes,
                            depth);
    }
    if (last == "JSONSchemaPropsOrBool") return Value(fields[1].integer != 0);
    Value list = Value::list();
    WireReader reader(bytes);
    while (std::optional<WireField> field = reader.next()) {
      if (field->number != 2) continue;
      list.push_back(
          last == "JSONSchemaPropsOrStringArray"
              ? Value(std::string(field->bytes))
              : decode_message(std::string(kExtensions) + "JSONSchemaProps", field->bytes, depth));
    }
    return list;
  }
  return std::nullopt;
}

Value decode_value(const std::string& type, const WireField& field, int depth) {
  if (type == "string") return std::string(field.bytes);
  if (type == "bytes") return base::base64_encode(field.bytes);
  if (type == "bool") return field.integer != 0;
  if (type == "int") return static_cast<int64_t>(field.integer);
  if (type == "double") return std::bit_cast<double>(field.integer);
  std::string name = type.substr(2);
  if (std::optional<Value> special = decode_special(name, field.bytes, depth)) return *special;
  return decode_message(name, field.bytes, depth);
}

bool is_zero(const Value& value) {
  if (value.is_null()) return true;
  if (value.is_bool()) return !value.as_bool();
  if (value.is_number()) return value.as_double() == 0;
  return value.is_string() && value.as_string().empty();
}

void add_entry(Value& map, const std::string& type, std::string_view bytes, int depth) {
  std::string key;
  WireField value;
  value.number = 2;
  WireReader reader(bytes);
  while (std::optional<WireField> field = reader.next()) {
    if (field->number == 1) key = field->bytes;
    if (field->number == 2) value = *field;
  }
  map.edit(key) = decode_value(type, value, depth);
}

void add_field(Value& object, const Value& rule, const WireField& field, int depth) {
  const std::string& name = rule[0].text();
  const std::string& type = rule[1].text();
  if (type.starts_with("map:")) {
    add_entry(object.edit(name), type.substr(4), field.bytes, depth);
    return;
  }
  Value value = decode_value(type, field, depth);
  if (rule[2].int_or(0) != 0) {
    object.edit(name).push_back(std::move(value));
  } else if (rule[3].int_or(0) != 0) {
    for (const data::Entry& entry : value.entries()) object.set(entry.key, entry.value);
  } else if (rule[4].int_or(0) == 0 || !is_zero(value)) {
    object.set(name, std::move(value));
  }
}

Value decode_list(const std::string& type, std::string_view bytes, int depth) {
  Value list = Value::list();
  WireReader reader(bytes);
  while (std::optional<WireField> field = reader.next()) {
    if (field->number == 1) list.push_back(decode_value(type, *field, depth));
  }
  return list;
}

Value decode_message(const std::string& name, std::string_view bytes, int depth) {
  if (depth > kDeepest) throw base::InvalidInput("the protobuf body is nested too deeply");
  const Value& fields = messages()[name];
  if (fields.is_null()) {
    throw base::InvalidInput("the protobuf body holds a " + name + ", which is not known");
  }
  if (fields.is_string()) return decode_list(fields.text().substr(5), bytes, depth + 1);
  Value object = Value::map();
  WireReader reader(bytes);
  while (std::optional<WireField> field = reader.next()) {
    const Value& rule = fields[std::to_string(field->number)];
    if (!rule.is_null()) add_field(object, rule, *field, depth + 1);
  }
  return object;
}

// "k8s.io.api.apps.v1.Deployment" of apps/v1 and Deployment.
std::string message_of(const std::string& api_version, const std::string& kind) {
  auto [group, version, has_group] = base::cut(api_version, "/");
  if (!has_group) std::swap(group, version);
  std::string package(base::cut(group, ".").before);
  if (package.empty()) package = "core";
  if (group == "internal.apiserver.k8s.io") package = "apiserverinternal";
  std::string candidates[] = {fmt::format("k8s.io.api.{}.{}.{}", package, version, kind),
                              std::string(kMeta) + kind, std::string(kExtensions) + kind};
  for (const std::string& name : candidates) {
    if (messages().has(name)) return name;
  }
  throw base::InvalidInput(
      fmt::format("no kind \"{}\" is registered for version \"{}\"", kind, api_version));
}

}  // namespace

bool is_kubernetes_protobuf(std::string_view body) {
  return body.starts_with(kMagic);
}

Value decode_kubernetes_protobuf(std::string_view body) {
  if (!is_kubernetes_protobuf(body)) {
    throw base::InvalidInput(
        "provided data does not appear to be a protobuf message, expected "
        "prefix [107 56 115 0]");
  }
  // runtime.Unknown: what it is, and its bytes.
  std::string api_version;
  std::string kind;
  std::string_view raw;
  WireReader reader(body.substr(kMagic.size()));
  while (std::optional<WireField> field = reader.next()) {
    if (field->number == 2) raw = field->bytes;
    if (field->number != 1) continue;
    WireReader type(field->bytes);
    while (std::optional<WireField> part = type.next()) {
      if (part->number == 1) api_version = part->bytes;
      if (part->number == 2) kind = part->bytes;
    }
  }
  Value object = decode_message(message_of(api_version, kind), raw, 0);
  object.set("apiVersion", api_version);
  object.set("kind", kind);
  return object;
}

}  // namespace jibe::twin
