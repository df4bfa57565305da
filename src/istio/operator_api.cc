#include "istio/operator_api.h"

#include <fmt/core.h>

#include <cmath>

#include "base/error.h"
#include "base/strings.h"
#include "data/path.h"
#include "istio/operator_fields.h"
#include "istio/operator_rules.h"
#include "istio/operator_step.h"
#include "istio/proto_check.h"
#include "kube/quantity.h"

namespace jibe::istio {

namespace {

constexpr std::string_view kUnreadable = "could not unmarshal: ";

// A number of the wrong kind is named, a value of another kind only by its kind.
bool is_fraction(const data::Value& value) {
  return value.is_double() && value.as_double() != std::floor(value.as_double());
}

std::string json_kind(const data::Value& value) {
  if (is_fraction(value)) return "number " + display(value);
  if (value.is_number()) return "number";
  if (value.is_bool()) return "bool";
  return std::string(to_string(value.kind()));
}

// A field as Go names it in its errors.
struct Place {
  std::string owner;  // the type that has the field
  std::string path;
};

// Reads a tree against the table and gives it back normalized.
class Reader {
 public:
  explicit Reader(const Version& version, UnknownFields unknown = UnknownFields::kRefused)
      : minor_(version.minor),
        protobuf_(!since(version, 24)),
        unknown_(unknown),
        types_(protobuf_ ? protobuf_operator_types() : go_operator_types()) {}

  data::Value read_message(const data::Value& value, const std::string& type,
                           const Place& place) const {
    if (value.is_null()) return value;
    if (!value.is_map()) mismatch(value, place, type);
    const auto& fields = types_.at(type);
    std::vector<data::Entry> out;
    for (const auto& entry : value.entries()) {
      const auto* field = find(fields, entry.key);
      if (!field && unknown_ == UnknownFields::kPassedOver) continue;
      if (!field) unknown(entry.key, type);
      auto read = read_field(entry.value, *field, {type, join(place.path, entry.key)});
      if (!read.is_null()) out.push_back({entry.key, std::move(read)});
    }
    return data::Value::map(std::move(out));
  }

 private:
  [[noreturn]] void unknown(const std::string& key, const std::string& type) const {
    if (protobuf_)
      throw base::InvalidInput(
          fmt::format("could not unmarshal: unknown field \"{}\" in v1alpha1.{}", key, type));
    throw base::InvalidInput(fmt::format("could not unmarshal: json: unknown field \"{}\"", key));
  }

  [[noreturn]] void mismatch(const data::Value& value, const Place& place,
                             const std::string& type) const {
    throw base::InvalidInput(
        fmt::format("could not unmarshal: json: cannot unmarshal {} into Go struct field {}.{} "
                    "of type {}",
                    json_kind(value), place.owner, place.path, type));
  }

  static std::string join(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + "." + key;
  }

  // Go's JSON decoder does not mind the case of a key.
  const OperatorField* find(const OperatorMessage& fields, const std::string& key) const {
    for (const auto& field : fields)
      if (field.first <= minor_ && minor_ <= field.last &&
          (protobuf_ ? field.name == key : base::equal_ignoring_case(field.name, key)))
        return &field;
    return nullptr;
  }

  data::Value read_field(const data::Value& value, const OperatorField& field,
                         const Place& place) const {
    if (value.is_null()) return value;
    if (!field.list) return read_one(value, field, place);
    if (!value.is_list()) mismatch(value, place, "list");
    std::vector<data::Value> items;
    for (const auto& item : value.items()) {
      auto read = read_one(item, field, place);
      items.push_back(read.is_null() && !item.is_null() ? item : read);
    }
    return items.empty() ? data::Value() : data::Value::list(std::move(items));
  }

  // Null where the value is the field's default.
  data::Value read_one(const data::Value& value, const OperatorField& field,
                       const Place& place) const {
    bool keep = field.optional;
    switch (field.kind) {
      case FieldKind::kAny:
        return value;
      case FieldKind::kMessage:
        return read_message(value, field.message, place);
      case FieldKind::kText:
        if (!value.is_string()) mismatch(value, place, "string");
        return value.text().empty() && !keep ? data::Value() : value;
      case FieldKind::kBool:
        if (!value.is_bool()) mismatch(value, place, "bool");
        return value.as_bool() || keep ? value : data::Value();
      case FieldKind::kInt:
        return read_number(value, place, "int32", keep);
      case FieldKind::kLong:
        return read_number(value, place, "int64", keep);
      case FieldKind::kIntOrText:
        if (is_fraction(value) || (!value.is_number() && !value.is_string()))
          mismatch(value, place, "int32");
        return value;
      case FieldKind::kQuantity:
        check_quantity(value, place);
        return value;
      case FieldKind::kQuantityMap:
        if (!value.is_map()) mismatch(value, place, "v1.ResourceList");
        for (const auto& entry : value.entries())
          check_quantity(entry.value, {place.owner, join(place.path, entry.key)});
        return value;
      case FieldKind::kMap:
        if (!value.is_map()) mismatch(value, place, "map[string]interface {}");
        return value;
      case FieldKind::kTextMap:
        return read_text_map(value, place);
    }
    return value;
  }

  // Protobuf reads text for any number.
  data::Value read_number(const data::Value& value, const Place& place, const std::string& type,
                          bool keep) const {
    data::Value number = value;
    if (protobuf_ && value.is_string())
      if (auto parsed = parse_integer(value.text())) number = *parsed;
    if (!number.is_number() || is_fraction(number)) mismatch(value, place, type);
    if (number == data::Value(0) && !keep) return {};
    return number;
  }

  static void check_quantity(const data::Value& value, const Place& place) {
    if (value.is_null()) return;
    auto error = kube::Quantity::Error::kFormat;
    bool readable = value.is_string() || value.is_number();
    if (!readable || !kube::Quantity::parse(display(value), &error))
      throw base::InvalidInput(
          fmt::format("{}{} (at {})", kUnreadable, kube::Quantity::message(error), place.path));
  }

  data::Value read_text_map(const data::Value& value, const Place& place) const {
    if (!value.is_map()) mismatch(value, place, "map[string]string");
    for (const auto& entry : value.entries())
      if (!entry.value.is_string() && !(entry.value.is_null() && !protobuf_))
        mismatch(entry.value, {place.owner, join(place.path, entry.key)}, "string");
    return value.empty() ? data::Value() : value;
  }

  int minor_;
  bool protobuf_;
  UnknownFields unknown_;
  const OperatorTypes& types_;
};

struct KubernetesValue {
  const char* path;
  const char* type;
  bool list = false;
};

constexpr KubernetesValue kKubernetesValues[] = {
    {"cni.affinity", "Affinity"},
    {"cni.seccompProfile", "SeccompProfile"},
    {"gateways.istio-egressgateway.podAntiAffinityLabelSelector", "LabelSelector", true},
    {"gateways.istio-egressgateway.podAntiAffinityTermLabelSelector", "LabelSelector", true},
    {"gateways.istio-egressgateway.tolerations", "Toleration", true},
    {"global.defaultTolerations", "Toleration", true},
    {"gateways.istio-ingressgateway.podAntiAffinityLabelSelector", "LabelSelector", true},
    {"gateways.istio-ingressgateway.podAntiAffinityTermLabelSelector", "LabelSelector", true},
    {"gateways.istio-ingressgateway.tolerations", "Toleration", true},
    {"pilot.tolerations", "Toleration", true},
    {"pilot.affinity", "Affinity"},
    {"pilot.seccompProfile", "SeccompProfile"},
    {"pilot.topologySpreadConstraints", "TopologySpreadConstraint", true},
    {"pilot.volumeMounts", "VolumeMount", true},
    {"pilot.volumes", "Volume", true},
    {"global.proxy.seccompProfile", "SeccompProfile"},
    {"global.proxy.lifecycle", "Lifecycle"},
    {"sidecarInjectorWebhook.neverInjectSelector", "LabelSelector", true},
    {"sidecarInjectorWebhook.alwaysInjectSelector", "LabelSelector", true},
    {"global.waypoint.affinity", "Affinity"},
    {"global.waypoint.topologySpreadConstraints", "TopologySpreadConstraint", true},
    {"global.waypoint.nodeSelector", "NodeSelector"},
    {"global.waypoint.toleration", "Toleration", true},
};

}  // namespace

void check_kubernetes_values(const data::Value& values, const Version& version,
                             std::vector<std::string>& errors) {
  if (!since(version, 22)) return;
  Reader reader(Version{1, 30, 0, ""});
  auto check = [&](const data::Value& value, const KubernetesValue& known) {
    try {
      reader.read_message(value, known.type, {});
    } catch (const base::InvalidInput& error) {
      std::string_view why = error.what();
      if (why.starts_with(kUnreadable)) why.remove_prefix(kUnreadable.size());
      errors.push_back(
          fmt::format("invalid schema for {}: error unmarshaling JSON: while decoding JSON: {}",
                      known.path, why));
    }
  };
  for (const auto& known : kKubernetesValues) {
    const auto& value = data::get_path(values, known.path);
    if (!known.list) check(value, known);
    for (const auto& item : value.items()) check(item, known);
  }
}

void check_component_spec(const data::Value& spec, const std::string& name, const std::string& key,
                          const Version& version) {
  try {
    Reader(version, UnknownFields::kPassedOver)
        .read_message(spec, "GatewayComponentSpec", {"GatewayComponentSpec", key});
  } catch (const base::InvalidInput& error) {
    std::string_view why = error.what();
    if (why.starts_with(kUnreadable)) why.remove_prefix(kUnreadable.size());
    throw base::InvalidInput(
        fmt::format("get component {}: fail to convert {}: {}", name, key, why));
  }
}

void check_operator_spec(const data::Value& spec, const Version& version) {
  Reader(version).read_message(spec, "IstioOperatorSpec", {"IstioOperator", "spec"});
}

data::Value normalized_operator_spec(const data::Value& spec, const Version& version) {
  return Reader(version).read_message(spec, "IstioOperatorSpec", {"IstioOperator", "spec"});
}

}  // namespace jibe::istio
