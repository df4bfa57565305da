#include "twin/schema/crd_openapi.h"

#include <algorithm>

#include "base/strings.h"

namespace jibe::twin {
namespace {

using data::Value;

constexpr const char* kMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

// "x.dev" → "dev.x"
std::string reversed(std::string_view group) {
  std::vector<std::string> parts;
  for (const std::string_view part : base::split(group, '.')) parts.emplace_back(part);
  std::ranges::reverse(parts);
  return base::join(parts, ".");
}

std::string definition_name(const Value& crd, const Value& version, const std::string& kind) {
  return reversed(crd["spec"]["group"].text()) + "." + version["name"].text() + "." + kind;
}

std::string list_kind(const Value& crd) {
  const Value& names = crd["spec"]["names"];
  const std::string& given = names["listKind"].text();
  return given.empty() ? names["kind"].text() + "List" : given;
}

Value gvk(const Value& crd, const Value& version, const std::string& kind) {
  return Value::map(
      {{"group", crd["spec"]["group"]}, {"version", version["name"]}, {"kind", kind}});
}

Value text_property(const char* description) {
  return Value::map({{"type", "string"}, {"description", description}});
}

Value reference(std::string_view prefix, const std::string& name) {
  return Value::map({{"$ref", std::string(prefix) + name}});
}

Value described_reference(std::string_view prefix, const std::string& name,
                          const char* description) {
  return Value::map(
      {{"allOf", Value::list({reference(prefix, name)})}, {"description", description}});
}

constexpr const char* kApiVersion =
    "APIVersion names the versioned schema of this object. Servers convert what they know to the "
    "latest version that they store.";
constexpr const char* kKind =
    "Kind names the REST resource that this object stands for, in CamelCase.";

void add_type_meta(Value& properties) {
  properties.set("apiVersion", text_property(kApiVersion));
  properties.set("kind", text_property(kKind));
}

Value list_schema(const Value& crd, const Value& version, const std::string& item,
                  std::string_view prefix) {
  Value properties = Value::map();
  add_type_meta(properties);
  properties.set("metadata", described_reference(prefix, std::string(kMeta) + "ListMeta",
                                                 "Standard list metadata."));
  properties.set("items", Value::map({{"type", "array"},
                                      {"description", "The objects of the list."},
                                      {"items", reference(prefix, item)}}));
  const std::string kind = list_kind(crd);
  return Value::map({{"type", "object"},
                     {"description", kind + " is a list of " + crd["spec"]["names"]["kind"].text()},
                     {"required", Value::list({"items"})},
                     {"properties", properties},
                     {"x-kubernetes-group-version-kind", Value::list({gvk(crd, version, kind)})}});
}

Value query_parameter(const char* name, const char* type) {
  return Value::map({{"name", name},
                     {"in", "query"},
                     {"schema", Value::map({{"type", type}, {"uniqueItems", true}})}});
}

Value path_parameter(const char* name) {
  return Value::map({{"name", name},
                     {"in", "path"},
                     {"required", true},
                     {"schema", Value::map({{"type", "string"}, {"uniqueItems", true}})}});
}

Value json_content(const Value& schema, std::initializer_list<const char*> types) {
  Value out = Value::map();
  for (const char* type : types) out.set(type, Value::map({{"schema", schema}}));
  return out;
}

// One operation; `body` and `answer` are schemas or null.
struct Operation {
  const char* action;
  Value parameters = Value::list();
  Value body;
  Value answer;
};

Value operation_value(const Operation& op, const Value& kind) {
  Value answer = Value::map({{"description", "OK"}});
  if (!op.answer.is_null()) {
    answer.set("content", json_content(op.answer, {"application/json", "application/yaml"}));
  }
  Value out = Value::map({{"responses", Value::map({{"200", answer}})},
                          {"x-kubernetes-action", op.action},
                          {"x-kubernetes-group-version-kind", kind}});
  if (!op.parameters.empty()) out.set("parameters", op.parameters);
  if (op.body.is_null()) return out;
  const bool patch = std::string_view(op.action) == "patch";
  out.set("requestBody",
          Value::map({{"required", true},
                      {"content",
                       patch ? json_content(op.body, {"application/apply-patch+yaml",
                                                      "application/json-patch+json",
                                                      "application/merge-patch+json"})
                             : json_content(op.body, {"application/json", "application/yaml"})}}));
  return out;
}

Value write_parameters() {
  return Value::list({query_parameter("dryRun", "string"),
                      query_parameter("fieldManager", "string"),
                      query_parameter("fieldValidation", "string")});
}

Value object_path(const Value& kind, const Value& self, bool subresource) {
  constexpr const char* kPrefix = "#/components/schemas/";
  Value patch_parameters = write_parameters();
  patch_parameters.push_back(query_parameter("force", "boolean"));
  const Value patch = reference(kPrefix, std::string(kMeta) + "Patch");
  Value out = Value::map(
      {{"get", operation_value({"get", Value::list({query_parameter("resourceVersion", "string")}),
                                nullptr, self},
                               kind)},
       {"put", operation_value({"put", write_parameters(), self, self}, kind)},
       {"patch", operation_value({"patch", patch_parameters, patch, self}, kind)}});
  if (!subresource) {
    const Value options = reference(kPrefix, std::string(kMeta) + "DeleteOptions");
    const Value status = reference(kPrefix, std::string(kMeta) + "Status");
    out.set("delete", operation_value({"delete", Value::list({query_parameter("dryRun", "string")}),
                                       options, status},
                                      kind));
  }
  return out;
}

Value list_parameters() {
  Value out = Value::list();
  for (const char* name : {"continue", "fieldSelector", "labelSelector", "resourceVersion"}) {
    out.push_back(query_parameter(name, "string"));
  }
  for (const char* name : {"limit", "timeoutSeconds"}) {
    out.push_back(query_parameter(name, "integer"));
  }
  out.push_back(query_parameter("watch", "boolean"));
  return out;
}

}  // namespace

void add_crd_schemas(Value& schemas, const Value& crd, const Value& version,
                     std::string_view prefix) {
  const std::string kind = crd["spec"]["names"]["kind"].text();
  const std::string name = definition_name(crd, version, kind);
  Value schema = version["schema"]["openAPIV3Schema"];
  if (!schema.is_map()) schema = Value::map();
  schema.set("type", "object");
  Value& properties = schema.edit("properties");
  if (properties.is_null()) properties = Value::map();
  add_type_meta(properties);
  properties.set("metadata", described_reference(prefix, std::string(kMeta) + "ObjectMeta",
                                                 "Standard object's metadata."));
  schema.set("x-kubernetes-group-version-kind", Value::list({gvk(crd, version, kind)}));
  schemas.set(name, std::move(schema));
  schemas.set(definition_name(crd, version, list_kind(crd)),
              list_schema(crd, version, name, prefix));
}

void add_crd_paths(Value& paths, const Value& crd, const Value& version) {
  constexpr const char* kPrefix = "#/components/schemas/";
  const Value& spec = crd["spec"];
  const std::string kind = spec["names"]["kind"].text();
  const Value kind_value = gvk(crd, version, kind);
  const Value self = reference(kPrefix, definition_name(crd, version, kind));
  const Value list = reference(kPrefix, definition_name(crd, version, list_kind(crd)));
  const std::string base = "/apis/" + spec["group"].text() + "/" + version["name"].text();
  const std::string plural = spec["names"]["plural"].text();
  const bool namespaced = spec["scope"].text() == "Namespaced";
  const std::string collection = base + (namespaced ? "/namespaces/{namespace}/" : "/") + plural;
  const Value listing = operation_value({"list", list_parameters(), nullptr, list}, kind_value);
  Value scope = Value::list();
  if (namespaced) {
    scope.push_back(path_parameter("namespace"));
    paths.set(base + "/" + plural, Value::map({{"get", listing}}));
  }
  Value all =
      Value::map({{"get", listing},
                  {"post", operation_value({"post", write_parameters(), self, self}, kind_value)}});
  if (!scope.empty()) all.set("parameters", scope);
  paths.set(collection, std::move(all));
  scope.push_back(path_parameter("name"));
  Value one = object_path(kind_value, self, false);
  one.set("parameters", scope);
  paths.set(collection + "/{name}", std::move(one));
  if (version["subresources"]["status"].is_map()) {
    Value status = object_path(kind_value, self, true);
    status.set("parameters", scope);
    paths.set(collection + "/{name}/status", std::move(status));
  }
}

}  // namespace jibe::twin
