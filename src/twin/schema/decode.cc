#include "twin/schema/decode.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "data/json.h"
#include "kube/quantity.h"
#include "kube/status.h"
#include "kube/time.h"
#include "twin/schema/schema.h"

namespace jibe::twin {
namespace {

using data::Value;

// "io.k8s.api.core.v1.PodSpec" → "v1.PodSpec"
std::string go_name(const SchemaNode& node) {
  const size_t last = node.definition.rfind('.');
  if (last == std::string::npos) return "map[string]interface {}";
  const size_t before = node.definition.rfind('.', last - 1);
  return node.definition.substr(before + 1);
}

std::string go_type(const SchemaNode& node) {
  switch (node.type) {
    case SchemaType::kString:
      return node.format == "byte" ? "[]uint8" : "string";
    case SchemaType::kInteger:
      return node.format == "int32" ? "int32" : "int64";
    case SchemaType::kNumber:
      return "float64";
    case SchemaType::kBoolean:
      return "bool";
    case SchemaType::kArray:
      return "[]" + (node.items != nullptr ? go_type(*node.items) : "interface {}");
    case SchemaType::kObject:
      if (node.additional != nullptr) return "map[string]" + go_type(*node.additional);
      return go_name(node);
    default:
      return go_name(node);
  }
}

std::string json_word(const Value& value) {
  switch (value.kind()) {
    case data::Kind::kBool:
      return "bool";
    case data::Kind::kInt:
    case data::Kind::kDouble:
      return "number";
    case data::Kind::kString:
      return "string";
    case data::Kind::kList:
      return "array";
    default:
      return "object";
  }
}

// What a strategic merge patch hears instead: its outcome is not decoded from JSON but converted
// from Go values (apimachinery pkg/runtime/converter.go of 1.36).
std::string converter_sentence(const Value& value, const std::string& type) {
  const data::Kind kind = value.kind();
  const bool whole = kind == data::Kind::kInt;
  const bool number = whole || kind == data::Kind::kDouble;
  std::string found = json_word(value);
  if (number) found = whole ? "int64" : "float64";
  if (kind == data::Kind::kMap) found = "map";
  if (kind == data::Kind::kList) found = "slice";
  if (type.starts_with("[]")) return "cannot restore slice from " + found;
  if (type.starts_with("map[")) return "cannot restore map from " + found;
  const bool numeric = type == "int32" || type == "int64" || type == "float64";
  if ((whole && type == "string") || (number && numeric)) {
    return fmt::format("cannot convert {} to {}", found, type);
  }
  if (numeric || type == "string" || type == "bool") return "unrecognized type: " + type;
  return "cannot restore struct from: " + found;
}

// A value that a Go type cannot hold; becomes a 400.
class DecodeError : public base::Error {
 public:
  explicit DecodeError(const std::string& sentence) : DecodeError(sentence, sentence) {}
  DecodeError(const std::string& decoding, std::string converting)
      : Error(decoding), converting(std::move(converting)) {}

  std::string converting;
};

// Where the walk is: `fields` names struct fields alone, as Go does; `path` has indices, too.
struct Place {
  std::string go_struct;
  std::string fields;
  std::string path;

  Place in(const SchemaNode& owner, std::string_view key) const {
    Place out;
    out.go_struct = owner.go_type;
    out.fields = fields.empty() ? std::string(key) : fields + "." + std::string(key);
    out.path = path.empty() ? std::string(key) : path + "." + std::string(key);
    return out;
  }
  Place at(size_t index) const {
    Place out = *this;
    out.path += "[" + std::to_string(index) + "]";
    return out;
  }
  Place under(std::string_view key) const {
    Place out = *this;
    out.path += "." + std::string(key);
    return out;
  }
};

[[noreturn]] void mismatch(const Value& value, const Place& place, const std::string& type,
                           std::string found = "") {
  if (found.empty()) found = json_word(value);
  const std::string where = place.go_struct.empty()
                                ? "value"
                                : fmt::format("struct field {}.{}", place.go_struct, place.fields);
  throw DecodeError(
      fmt::format("json: cannot unmarshal {} into Go {} of type {}", found, where, type),
      converter_sentence(value, type));
}

class Decoder {
 public:
  std::vector<std::string> unknown;

  void walk(const SchemaNode& node, Value& value, const Place& place) {
    if (node.definition.ends_with(".resource.Quantity")) return quantity(value);
    switch (node.type) {
      case SchemaType::kAny:
        return;
      case SchemaType::kIntOrString:
        if (!value.is_string()) integer(node, value, {});
        return;
      case SchemaType::kObject:
        return node.additional != nullptr ? map(node, value, place) : object(node, value, place);
      case SchemaType::kArray:
        return list(node, value, place);
      case SchemaType::kString:
        return string(node, value, place);
      case SchemaType::kInteger:
        return integer(node, value, place);
      case SchemaType::kNumber:
        if (!value.is_number()) mismatch(value, place, "float64");
        return;
      case SchemaType::kBoolean:
        if (!value.is_bool()) mismatch(value, place, "bool");
        return;
    }
  }

 private:
  void object(const SchemaNode& node, Value& value, const Place& place) {
    if (!value.is_map()) {
      if (!node.untyped) mismatch(value, place, go_type(node));
      return;
    }
    if (node.untyped) return;
    std::vector<std::string> keys;
    for (const data::Entry& e : value.entries()) keys.push_back(e.key);
    for (const std::string& key : keys) field(node, value, key, place);
    fill_structs(node, value);
  }

  void field(const SchemaNode& node, Value& owner, const std::string& key, const Place& place) {
    const SchemaProperty* property = node.property(key);
    const Place here = place.in(node, key);
    if (property == nullptr) {
      if (!node.preserve_unknown) {
        unknown.push_back(fmt::format("unknown field \"{}\"", here.path));
        owner.erase(key);
      }
      return;
    }
    const SchemaNode& child = *property->node;
    if (owner[key].is_null() && child.type != SchemaType::kAny) {
      owner.erase(key);
      return;
    }
    walk(child, owner.edit(key), here);
    const bool collection = child.type == SchemaType::kArray || child.additional != nullptr;
    if (collection && !property->required && owner[key].empty()) owner.erase(key);
  }

  void map(const SchemaNode& node, Value& value, const Place& place) {
    if (!value.is_map()) mismatch(value, place, go_type(node));
    std::vector<std::string> keys;
    for (const data::Entry& e : value.entries()) keys.push_back(e.key);
    for (const std::string& key : keys) {
      Value& item = value.edit(key);
      if (item.is_null()) item = zero(*node.additional);
      walk(*node.additional, item, place.under(key));
    }
  }

  void list(const SchemaNode& node, Value& value, const Place& place) {
    if (!value.is_list()) mismatch(value, place, go_type(node));
    if (node.items == nullptr) return;
    for (size_t i = 0; i < value.size(); ++i) {
      Value& item = value.edit(i);
      if (item.is_null()) item = zero(*node.items);
      walk(*node.items, item, place.at(i));
    }
  }

  static Value zero(const SchemaNode& node) {
    switch (node.type) {
      case SchemaType::kString:
        return "";
      case SchemaType::kObject:
        return Value::map();
      case SchemaType::kArray:
        return Value::list();
      case SchemaType::kBoolean:
        return false;
      case SchemaType::kInteger:
      case SchemaType::kNumber:
        return 0;
      case SchemaType::kIntOrString:
        return node.definition.ends_with("Quantity") ? Value("0") : Value(0);
      default:
        return nullptr;
    }
  }

  void string(const SchemaNode& node, Value& value, const Place& place) {
    const bool time = node.format == "date-time";
    if (!value.is_string()) {
      mismatch(value, time ? Place{} : place, time ? "string" : go_type(node));
    }
    if (node.format == "byte") {
      base64(value);
    } else if (time) {
      this->time(node, value);
    }
  }

  static void base64(Value& value) {
    std::string text;
    for (const char c : value.text()) {
      if (c != '\n' && c != '\r') text += c;
    }
    try {
      value = base::base64_encode(base::base64_decode(text));
    } catch (const base::InvalidInput&) {
      const size_t bad = text.find_first_not_of(
          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");
      throw DecodeError(fmt::format("illegal base64 data at input byte {}",
                                    bad != std::string::npos ? bad : text.size() / 4 * 4));
    }
  }

  static void time(const SchemaNode& node, Value& value) {
    const auto parsed = kube::parse_time(value.text());
    const bool micro = node.definition.ends_with("MicroTime");
    if (!parsed) {
      throw DecodeError(fmt::format(
          "parsing time \"{}\" as \"2006-01-02T15:04:05{}Z07:00\": cannot parse \"{}\" as \"2006\"",
          value.text(), micro ? ".000000" : "", value.text()));
    }
    value = micro ? kube::format_micro_time(*parsed) : kube::format_time(*parsed);
  }

  static void integer(const SchemaNode& node, Value& value, const Place& place) {
    const bool narrow = node.format == "int32" || node.type == SchemaType::kIntOrString;
    const std::string type = narrow ? "int32" : "int64";
    if (!value.is_number()) mismatch(value, place, type);
    const bool fits =
        value.is_int() && (!narrow || (value.as_int() >= INT32_MIN && value.as_int() <= INT32_MAX));
    if (!fits) mismatch(value, place, type, "number " + data::to_json(value));
  }

  static void quantity(Value& value) {
    kube::Quantity::Error error = kube::Quantity::Error::kFormat;
    const std::string text = value.is_string() ? value.text() : data::to_json(value);
    const auto parsed = kube::Quantity::parse(base::trim(text), &error);
    if (!parsed) throw DecodeError(std::string(kube::Quantity::message(error)));
    value = parsed->str();
  }
};

std::string framed(std::string_view kind, std::string_view version, std::string_view sentence) {
  return fmt::format("{} in version \"{}\" cannot be handled as a {}: {}", kind, version, kind,
                     sentence);
}

std::vector<std::string> decode_unframed(const Resource& resource, Value& object) {
  Decoder decoder;
  if (!resource.is_custom()) {
    decoder.walk(resource.schema->root(), object, {});
    return std::move(decoder.unknown);
  }
  if (object.has("metadata")) {
    const SchemaNode& meta = *resource.schema->root().property("metadata")->node;
    Value& metadata = object.edit("metadata");
    decoder.walk(meta, metadata, Place{"", "", "metadata"});
  }
  std::vector<std::string> removed;
  prune(resource.schema->root(), object, &removed);
  for (const std::string& path : removed) {
    decoder.unknown.push_back(fmt::format("unknown field \"{}\"", path));
  }
  return std::move(decoder.unknown);
}

}  // namespace

std::vector<std::string> decode_as(const SchemaNode& node, std::string_view kind,
                                   std::string_view version, Value& object) {
  Decoder decoder;
  try {
    decoder.walk(node, object, {});
  } catch (const DecodeError& e) {
    throw kube::bad_request(framed(kind, version, e.what()));
  }
  return std::move(decoder.unknown);
}

void fill_structs(const SchemaNode& node, Value& value) {
  for (const SchemaProperty& property : node.properties) {
    const Value& fallback = property.default_value;
    if (fallback.is_null() || value.has(property.name)) continue;
    if (fallback.is_map() && property.node->type == SchemaType::kObject) {
      if (property.node->untyped) continue;
      value.set(property.name, Value::map());
      fill_structs(*property.node, value.edit(property.name));
    } else if (property.required && !fallback.is_map() && !fallback.is_list()) {
      value.set(property.name, fallback);
    }
  }
}

std::vector<std::string> decode_object(const Resource& resource, Value& object) {
  try {
    return decode_unframed(resource, object);
  } catch (const DecodeError& e) {
    throw kube::bad_request(framed(resource.kind, resource.gvr.version, e.what()));
  }
}

std::vector<std::string> decode_patched(const Resource& resource, Value& object, bool strategic) {
  try {
    return decode_unframed(resource, object);
  } catch (const DecodeError& e) {
    throw base::InvalidInput(strategic ? e.converting : std::string(e.what()));
  }
}

std::string strict_error(const Resource& resource, const std::vector<std::string>& sentences) {
  return framed(resource.kind, resource.gvr.version,
                "strict decoding error: " + base::join(sentences, ", "));
}

}  // namespace jibe::twin
