#include "istio/proto_check.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/error.h"
#include "base/strings.h"
#include "istio/operator_rules.h"
#include "istio/operator_step.h"
#include "tmpl/duration.h"

namespace jibe::istio {

namespace {

constexpr std::string_view kGoMap = "map[string]json.RawMessage";
constexpr std::string_view kGoList = "[]json.RawMessage";

struct Range {
  std::string_view type;
  double low;
  double high;
};

constexpr Range kIntegers[] = {
    {"int32", std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()},
    {"uint32", 0, std::numeric_limits<uint32_t>::max()},
    {"int64", -9.3e18, 9.3e18},
    {"uint64", 0, 1.9e19},
};

// google.protobuf's messages that stand for one scalar.
constexpr std::pair<std::string_view, std::string_view> kWrappers[] = {
    {"google.protobuf.BoolValue", "bool"},      {"google.protobuf.StringValue", "string"},
    {"google.protobuf.Int32Value", "int32"},    {"google.protobuf.UInt32Value", "uint32"},
    {"google.protobuf.Int64Value", "int64"},    {"google.protobuf.UInt64Value", "uint64"},
    {"google.protobuf.DoubleValue", "float64"}, {"google.protobuf.FloatValue", "float32"},
    {"google.protobuf.BytesValue", "bytes"},
};

std::string_view scalar_of(std::string_view type) {
  for (const auto& [wrapper, scalar] : kWrappers)
    if (type == wrapper) return scalar;
  return type == "double" ? "float64" : type == "float" ? "float32" : type;
}

std::string go_kind(const data::Value& value) {
  if (value.is_number()) return "number";
  if (value.is_bool()) return "bool";
  return std::string(to_string(value.kind()));
}

class Checker {
 public:
  Checker(const Version& version, UnknownFields unknown) : version_(version), unknown_(unknown) {}

  void message(const data::Value& value, std::string_view name, const std::string& path) const {
    if (value.is_null()) return;
    if (!value.is_map()) mismatch(value, kGoMap, path);
    const auto& fields = proto_types().messages.at(name);
    for (const auto& known : fields) {
      if (!knows(version_, known)) continue;
      for (auto key : {known.proto_name, known.json_name})
        if (const auto* given = value.find(key)) field(*given, known, join(path, key));
    }
    if (unknown_ == UnknownFields::kPassedOver) return;
    for (const auto& entry : value.entries())
      if (!is_known(fields, entry.key))
        fail(fmt::format("unknown field \"{}\" in {}", entry.key, shown(name)),
             join(path, entry.key));
  }

 private:
  [[noreturn]] static void fail(const std::string& why, const std::string& path) {
    throw base::InvalidInput(fmt::format("{} (at {})", why, path));
  }

  [[noreturn]] static void mismatch(const data::Value& value, std::string_view type,
                                    const std::string& path) {
    fail(fmt::format("json: cannot unmarshal {} into Go value of type {}", go_kind(value), type),
         path);
  }

  static std::string join(const std::string& path, std::string_view key) {
    return path + "." + std::string(key);
  }

  // Up to 1.23 the package of the values had a shorter name.
  std::string shown(std::string_view name) const {
    constexpr std::string_view kPackage = "istio.operator.";
    bool shorter = !since(version_, 24) && name.starts_with(kPackage);
    return std::string(shorter ? name.substr(kPackage.size()) : name);
  }

  bool is_known(const ProtoMessage& fields, std::string_view key) const {
    return std::any_of(fields.begin(), fields.end(), [&](const ProtoField& field) {
      return knows(version_, field) && (field.json_name == key || field.proto_name == key);
    });
  }

  void field(const data::Value& value, const ProtoField& known, const std::string& path) const {
    if (value.is_null()) return;
    switch (known.shape) {
      case ProtoShape::kOne:
        return single(value, known.type, path);
      case ProtoShape::kList:
        if (!value.is_list()) mismatch(value, kGoList, path);
        for (size_t i = 0; i < value.size(); ++i)
          single(value[i], known.type, fmt::format("{}[{}]", path, i));
        return;
      case ProtoShape::kMap:
        if (!value.is_map()) mismatch(value, kGoMap, path);
        for (const auto& entry : value.entries())
          single(entry.value, known.type, join(path, entry.key));
    }
  }

  void single(const data::Value& value, std::string_view type, const std::string& path) const {
    if (value.is_null() || type == "google.protobuf.Value" || type == "google.protobuf.Any") return;
    if (type == "google.protobuf.Duration") return duration(value, path);
    if (type == "google.protobuf.Struct" || type == "google.protobuf.ListValue")
      return tree(value, type, path);
    if (type == "istio.operator.v1alpha1.IntOrString")
      return value.is_string() ? void() : integer(value, kIntegers[0], path);
    if (proto_types().messages.contains(type)) return message(value, type, path);
    auto values = proto_types().enums.find(type);
    if (values != proto_types().enums.end()) return enumerated(value, *values, path);
    scalar(value, scalar_of(type), path);
  }

  static void tree(const data::Value& value, std::string_view type, const std::string& path) {
    bool map = type == "google.protobuf.Struct";
    if (map ? value.is_map() : value.is_list()) return;
    fail(fmt::format("bad {}: json: cannot unmarshal {} into Go value of type {}",
                     map ? "StructValue" : "ListValue", go_kind(value), map ? kGoMap : kGoList),
         path);
  }

  static void duration(const data::Value& value, const std::string& path) {
    if (!value.is_string()) mismatch(value, "string", path);
    try {
      tmpl::parse_duration(value.text());
    } catch (const base::InvalidInput& error) {
      fail(fmt::format("bad Duration: {}", error.what()), path);
    }
  }

  void enumerated(const data::Value& value,
                  const std::pair<const std::string_view, std::vector<std::string_view>>& known,
                  const std::string& path) const {
    if (value.is_int()) return;
    if (!value.is_string()) mismatch(value, "protoreflect.EnumNumber", path);
    const auto& names = known.second;
    if (std::find(names.begin(), names.end(), value.text()) == names.end())
      fail(fmt::format(R"(unknown value "\"{}\"" for enum {})", value.text(), shown(known.first)),
           path);
  }

  static void scalar(const data::Value& value, std::string_view type, const std::string& path) {
    if (type == "bool") return value.is_bool() ? void() : mismatch(value, type, path);
    if (type == "string") return value.is_string() ? void() : mismatch(value, type, path);
    if (type == "bytes") return value.is_string() ? void() : mismatch(value, "[]uint8", path);
    data::Value number = unquoted(value, path);
    for (const auto& range : kIntegers)
      if (range.type == type) return integer(number, range, path);
    if (!number.is_number()) mismatch(number, type, path);
  }

  // jsonpb takes numbers in quotes.
  static data::Value unquoted(const data::Value& value, const std::string& path) {
    if (!value.is_string()) return value;
    const auto& text = value.text();
    if (text.empty()) fail("unexpected end of JSON input", path);
    if (auto whole = parse_integer(text)) return *whole;
    double number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) return number;
    size_t end_of_first = 1;  // a character is several bytes
    while (end_of_first < text.size() && (text[end_of_first] & 0xc0) == 0x80) ++end_of_first;
    fail(fmt::format("invalid character '{}' looking for beginning of value",
                     text.substr(0, end_of_first)),
         path);
  }

  static void integer(const data::Value& value, const Range& range, const std::string& path) {
    if (!value.is_number()) mismatch(value, range.type, path);
    double number = value.as_double();
    bool fits = value.is_int() && number >= range.low && number <= range.high;
    if (!fits)
      fail(fmt::format("json: cannot unmarshal number {} into Go value of type {}", display(value),
                       range.type),
           path);
  }

  const Version& version_;
  UnknownFields unknown_;
};

}  // namespace

void check_proto_message(const data::Value& value, std::string_view message, const Version& version,
                         UnknownFields unknown, const std::string& path) {
  Checker(version, unknown).message(value, message, path);
}

}  // namespace jibe::istio
