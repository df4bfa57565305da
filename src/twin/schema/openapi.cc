#include "twin/schema/openapi.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "base/strings.h"
#include "data/json.h"
#include "twin/schema/blobs.h"
#include "twin/schema/crd_openapi.h"

namespace jibe::twin {
namespace {

using data::Value;

// A document that has every definition that the paths and metadata of custom kinds refer to.
constexpr std::string_view kMetaDocument = "apis/node.k8s.io/v1";

struct ServedVersion {
  const Value* crd;
  const Value* version;
};
using ServedVersions = std::map<std::string, std::vector<ServedVersion>>;

// By path: "apis/x.dev/v1".
ServedVersions served(const std::vector<Value>& crds) {
  ServedVersions out;
  for (const Value& crd : crds) {
    for (const Value& version : crd["spec"]["versions"].items()) {
      if (!version["served"].bool_or(false)) continue;
      out["apis/" + crd["spec"]["group"].text() + "/" + version["name"].text()].push_back(
          {&crd, &version});
    }
  }
  return out;
}

std::string hash_of(const std::vector<ServedVersion>& versions) {
  uint64_t hash = 14695981039346656037ULL;
  for (const ServedVersion& v : versions) {
    for (const char c : data::to_json((*v.crd)["spec"])) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    }
  }
  return fmt::format("{:016X}", hash);
}

std::set<std::string> references(const Value& tree) {
  std::set<std::string> out;
  for (const data::Entry& e : tree.entries()) {
    if (e.key == "$ref" && e.value.is_string()) {
      out.insert(e.value.text().substr(e.value.text().rfind('/') + 1));
    } else {
      out.merge(references(e.value));
    }
  }
  for (const Value& item : tree.items()) out.merge(references(item));
  return out;
}

// Adds what `schemas` refer to, and what that refers to.
void complete(Value& schemas, std::set<std::string> todo, const Value& known) {
  while (!todo.empty()) {
    const std::string name = *todo.begin();
    todo.erase(todo.begin());
    if (schemas.has(name) || !known.has(name)) continue;
    schemas.set(name, known[name]);
    todo.merge(references(known[name]));
  }
}

std::string custom_document(const std::vector<ServedVersion>& versions) {
  const Value meta = data::parse_json(openapi_v3_blob(kMetaDocument).value_or("{}"));
  Value schemas = Value::map();
  Value paths = Value::map();
  for (const ServedVersion& v : versions) {
    add_crd_schemas(schemas, *v.crd, *v.version, "#/components/schemas/");
    add_crd_paths(paths, *v.crd, *v.version);
  }
  std::set<std::string> todo = references(schemas);
  todo.merge(references(paths));
  complete(schemas, std::move(todo), meta["components"]["schemas"]);
  const Value document = Value::map({{"openapi", "3.0.0"},
                                     {"info", meta["info"]},
                                     {"paths", paths},
                                     {"components", Value::map({{"schemas", schemas}})}});
  return data::to_json(document);
}

}  // namespace

Value openapi_v3_index(const std::vector<Value>& crds) {
  Value paths = Value::map();
  const auto add = [&](const std::string& path, const std::string& hash) {
    paths.set(path, Value::map({{"serverRelativeURL", "/openapi/v3/" + path + "?hash=" + hash}}));
  };
  const Value index = openapi_v3_blob_index();
  for (const data::Entry& e : index.entries()) add(e.key, e.value[2].text());
  for (const auto& [path, versions] : served(crds)) add(path, hash_of(versions));
  return Value::map({{"paths", paths}});
}

std::optional<std::string> openapi_v3_document(std::string_view path,
                                               const std::vector<Value>& crds) {
  if (auto document = openapi_v3_blob(path)) return document;
  const ServedVersions custom = served(crds);
  const auto found = custom.find(std::string(path));
  if (found == custom.end()) return std::nullopt;
  return custom_document(found->second);
}

std::string openapi_v3_hash(std::string_view path, const std::vector<Value>& crds) {
  const Value index = openapi_v3_blob_index();
  if (index.has(path)) return index[path][2].text();
  const ServedVersions custom = served(crds);
  const auto found = custom.find(std::string(path));
  return found == custom.end() ? "" : hash_of(found->second);
}

std::string openapi_v2_document(const std::vector<Value>& crds) {
  std::string text = openapi_v2_blob();
  if (crds.empty()) return text;
  Value document = data::parse_json(text);
  for (const auto& [path, versions] : served(crds)) {
    for (const ServedVersion& v : versions) {
      add_crd_schemas(document.edit("definitions"), *v.crd, *v.version, "#/definitions/");
    }
  }
  return data::to_json(document);
}

}  // namespace jibe::twin
