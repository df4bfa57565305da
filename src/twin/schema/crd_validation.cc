#include "twin/schema/crd_validation.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/strings.h"
#include "twin/schema/decode.h"
#include "twin/schema/jsonpath.h"
#include "twin/schema/name_rules.h"
#include "twin/schema/schema.h"
#include "twin/schema/validation.h"
#include "twin/schema/validators.h"

namespace jibe::twin {
namespace {

using data::Value;

void check_label(const std::string& text, const std::string& path, std::string_view before,
                 FieldErrors& errors) {
  const Sentences bad = dns_1035_label_errors(before.empty() ? text : base::lower(text));
  if (!text.empty() && !bad.empty()) {
    errors.invalid(path, text, std::string(before) + base::join(bad, ","));
  }
}

void check_names(const Value& names, FieldErrors& errors) {
  const std::string path = "spec.names";
  constexpr std::string_view kMixed = "may have mixed case, but should otherwise match: ";
  for (const char* key : {"plural", "singular", "kind", "listKind"}) {
    if (names[key].text().empty()) errors.required(child_path(path, key));
  }
  check_label(names["plural"].text(), path + ".plural", "", errors);
  check_label(names["singular"].text(), path + ".singular", "", errors);
  check_label(names["kind"].text(), path + ".kind", kMixed, errors);
  check_label(names["listKind"].text(), path + ".listKind", kMixed, errors);
  for (const char* key : {"shortNames", "categories"}) {
    for (size_t i = 0; i < names[key].size(); ++i) {
      check_label(names[key][i].text(), index_path(child_path(path, key), i), "", errors);
    }
  }
  if (!names["kind"].text().empty() && names["kind"] == names["listKind"]) {
    errors.invalid(path + ".listKind", names["listKind"], "kind and listKind may not be the same");
  }
}

const std::vector<std::string> kTypes = {"array",  "boolean", "integer",
                                         "number", "object",  "string"};

// Structural schemas: every node that is no alternative has a type, unless it is free in form.
class StructureCheck {
 public:
  explicit StructureCheck(FieldErrors& errors) : errors_(errors) {}

  void walk(const Value& schema, const std::string& path, bool root) {
    const std::string& type = schema["type"].text();
    const bool free = schema["x-kubernetes-int-or-string"].bool_or(false) ||
                      schema["x-kubernetes-preserve-unknown-fields"].bool_or(false);
    if (type.empty() && (!free || root)) {
      errors_.required(path + ".type", root ? "must not be empty at the root"
                                            : "must not be empty for specified object fields");
    } else if (!type.empty() && std::ranges::find(kTypes, type) == kTypes.end()) {
      errors_.not_supported(path + ".type", type, kTypes);
    }
    if (root && !type.empty() && type != "object") {
      errors_.invalid(path + ".type", type, "must be object at the root");
    }
    if (type == "array" && !schema["items"].is_map()) {
      errors_.required(path + ".items", "must be specified");
    }
    if (schema.has("properties") && schema.has("additionalProperties")) {
      errors_.forbidden(path + ".additionalProperties",
                        "additionalProperties and properties are mutual exclusive");
    }
    if (schema["uniqueItems"].bool_or(false)) {
      errors_.forbidden(path + ".uniqueItems",
                        "uniqueItems cannot be set to true since the runtime complexity becomes "
                        "quadratic");
    }
    for (const char* key : {"$ref", "definitions", "dependencies", "patternProperties", "id"}) {
      if (schema.has(key)) errors_.forbidden(child_path(path, key), "is not supported");
    }
    check_list_type(schema, path);
    below(schema, path);
  }

 private:
  void below(const Value& schema, const std::string& path) {
    for (const data::Entry& e : schema["properties"].entries()) {
      walk(e.value, key_path(path + ".properties", e.key), false);
    }
    if (schema["items"].is_map()) walk(schema["items"], path + ".items", false);
    if (schema["additionalProperties"].is_map()) {
      walk(schema["additionalProperties"], path + ".additionalProperties", false);
    }
  }

  void check_list_type(const Value& schema, const std::string& path) {
    const Value& list = schema["x-kubernetes-list-type"];
    if (list.is_null()) return;
    if (schema["type"].text() != "array") {
      errors_.invalid(path + ".type", schema["type"].text(),
                      "must be array if x-kubernetes-list-type is specified");
    }
    validate_enum(list, path + ".x-kubernetes-list-type", {"atomic", "set", "map"}, errors_);
    const Value& keys = schema["x-kubernetes-list-map-keys"];
    if (list.text() != "map") return;
    if (keys.empty()) {
      errors_.required(path + ".x-kubernetes-list-map-keys",
                       "must not be empty if x-kubernetes-list-type is map");
    }
    for (size_t i = 0; i < keys.size(); ++i) {
      if (!schema["items"]["properties"].has(keys[i].text())) {
        errors_.invalid(index_path(path + ".x-kubernetes-list-map-keys", i), keys[i],
                        "entries must all be names of item properties");
      }
    }
  }

  FieldErrors& errors_;
};

// Every default has to pass the schema that it stands in (pkg/apiserver/schema/defaulting).
class DefaultCheck {
 public:
  explicit DefaultCheck(FieldErrors& errors) : errors_(errors) {}

  void below(const SchemaNode& node, const std::string& path) {
    for (const SchemaProperty& property : node.properties) {
      // apiVersion, kind and metadata are the same for every kind.
      if (!property.node->definition.empty()) continue;
      const std::string where = key_path(path + ".properties", property.name);
      one(*property.node, property.default_value, where);
      below(*property.node, where);
    }
    if (node.items == nullptr) return;
    one(*node.items, node.items->default_value, path + ".items");
    below(*node.items, path + ".items");
  }

 private:
  void one(const SchemaNode& node, const Value& fallback, const std::string& path) {
    if (fallback.is_null()) return;
    const std::string where = path + ".default";
    Value pruned = fallback;
    prune(node, pruned);
    if (!(pruned == fallback)) errors_.invalid(where, fallback, "must not have unknown fields");
    validate_by_schema(node, fallback, where, errors_);
  }

  FieldErrors& errors_;
};

void check_schema(const Value& schema, const std::string& path, FieldErrors& errors) {
  if (!schema.is_map()) {
    errors.required(path);
    return;
  }
  FieldErrors found;
  StructureCheck(found).walk(schema, path, true);
  try {
    if (found.empty()) DefaultCheck(found).below(Schema::of_crd(schema)->root(), path);
  } catch (const base::InvalidInput& error) {
    found.invalid(path, nullptr, error.what());
  }
  errors.append(found);
}

void check_columns(const Value& columns, const std::string& path, FieldErrors& errors) {
  for (size_t i = 0; i < columns.size(); ++i) {
    const Value& c = columns[i];
    const std::string where = index_path(path, i);
    if (c["name"].text().empty()) errors.required(where + ".name");
    validate_enum(c["type"], where + ".type", {"boolean", "date", "integer", "number", "string"},
                  errors);
    const std::string& text = c["jsonPath"].text();
    if (text.empty()) {
      errors.required(where + ".jsonPath");
      continue;
    }
    try {
      if (!text.starts_with('.'))
        throw base::InvalidInput("must be a simple json path starting with .");
      JsonPath::parse(text);
    } catch (const base::InvalidInput& e) {
      errors.invalid(where + ".jsonPath", text, e.what());
    }
  }
}

void check_scale(const Value& scale, const std::string& path, FieldErrors& errors) {
  if (!scale.is_map()) return;
  const std::pair<const char*, const char*> fields[] = {{"specReplicasPath", ".spec."},
                                                        {"statusReplicasPath", ".status."}};
  for (const auto& [field, prefix] : fields) {
    const std::string& text = scale[field].text();
    if (text.empty()) {
      errors.required(child_path(path, field));
    } else if (!text.starts_with(prefix)) {
      errors.invalid(child_path(path, field), text,
                     std::string("should be a json path under ") +
                         (prefix == std::string_view(".spec.") ? ".spec" : ".status"));
    }
  }
}

void check_versions(const Value& spec, FieldErrors& errors) {
  const std::string path = "spec.versions";
  std::set<std::string> names;
  size_t storage = 0;
  bool unique = true;
  for (size_t i = 0; i < spec["versions"].size(); ++i) {
    const Value& version = spec["versions"][i];
    const std::string where = index_path(path, i);
    unique = names.insert(version["name"].text()).second && unique;
    if (version["storage"].bool_or(false)) ++storage;
    const Sentences bad = dns_1035_label_errors(version["name"].text());
    if (!bad.empty()) errors.invalid(where + ".name", version["name"], base::join(bad, ","));
    const std::string schema_path = where + ".schema.openAPIV3Schema";
    check_schema(version["schema"]["openAPIV3Schema"], schema_path, errors);
    check_columns(version["additionalPrinterColumns"], where + ".additionalPrinterColumns", errors);
    check_scale(version["subresources"]["scale"], where + ".subresources.scale", errors);
  }
  if (!unique) errors.invalid(path, spec["versions"], "must contain unique version names");
  if (storage != 1) {
    errors.invalid(path, spec["versions"],
                   "must have exactly one version marked as storage version");
  }
}

void check_stored_versions(const Value& crd, FieldErrors& errors) {
  const Value& stored = crd["status"]["storedVersions"];
  if (stored.empty()) {
    errors.invalid("status.storedVersions", nullptr, "must have at least one stored version");
  }
  for (size_t i = 0; i < stored.size(); ++i) {
    const bool known = std::ranges::any_of(crd["spec"]["versions"].items(),
                                           [&](const Value& v) { return v["name"] == stored[i]; });
    if (!known) {
      errors.invalid(
          index_path("status.storedVersions", i), stored[i],
          "missing from spec.versions; " + stored[i].text() +
              " was previously a storage version, and must remain in spec.versions until "
              "a storage migration ensures no data remains persisted in " +
              stored[i].text() + " and removes " + stored[i].text() +
              " from status.storedVersions");
    }
  }
}

bool is_established(const Value& crd) {
  return std::ranges::any_of(crd["status"]["conditions"].items(), [](const Value& c) {
    return c["type"].text() == "Established" && c["status"].text() == "True";
  });
}

void check_update(const Value& crd, const Value& old, FieldErrors& errors) {
  errors.immutable("spec.group", crd["spec"]["group"], old["spec"]["group"]);
  errors.immutable("spec.names.plural", crd["spec"]["names"]["plural"],
                   old["spec"]["names"]["plural"]);
  if (!is_established(old)) return;
  errors.immutable("spec.scope", crd["spec"]["scope"], old["spec"]["scope"]);
  errors.immutable("spec.names.kind", crd["spec"]["names"]["kind"], old["spec"]["names"]["kind"]);
}

}  // namespace

void validate_crd(const Value& crd, const Value& old, FieldErrors& errors) {
  const Value& spec = crd["spec"];
  const std::string& group = spec["group"].text();
  const std::string name = spec["names"]["plural"].text() + "." + group;
  if (old.is_null() && crd["metadata"]["name"].text() != name) {
    errors.invalid("metadata.name", crd["metadata"]["name"].text(),
                   "must be spec.names.plural+\".\"+spec.group");
  }
  const Sentences bad = dns_subdomain_errors(group);
  if (group.empty()) {
    errors.required("spec.group");
  } else if (!bad.empty()) {
    errors.invalid("spec.group", group, base::join(bad, ","));
  } else if (group.find('.') == std::string::npos) {
    errors.invalid("spec.group", group, "should be a domain with at least one dot");
  }
  validate_enum(spec["scope"], "spec.scope", {"Cluster", "Namespaced"}, errors);
  if (old.is_null() && spec["preserveUnknownFields"].bool_or(false)) {
    errors.invalid("spec.preserveUnknownFields", true,
                   "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in "
                   "spec.versions[*].schema instead");
  }
  check_versions(spec, errors);
  check_names(spec["names"], errors);
  check_stored_versions(crd, errors);
  const std::string& strategy = spec["conversion"]["strategy"].text();
  if (!strategy.empty() && strategy != "None" && strategy != "Webhook") {
    errors.not_supported("spec.conversion.strategy", strategy, {"None", "Webhook"});
  }
  if (!old.is_null()) check_update(crd, old, errors);
}

}  // namespace jibe::twin
