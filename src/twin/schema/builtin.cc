#include "twin/schema/builtin.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/strings.h"
#include "twin/schema/blobs.h"
#include "twin/schema/schema_compiler.h"

namespace jibe::twin {
namespace {

using data::Value;

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.push_back(item.text());
  return out;
}

struct Builtins {
  std::shared_ptr<SchemaDocument> document = std::make_shared<SchemaDocument>();
  std::map<std::string, const SchemaNode*, std::less<>> definitions;
  std::map<kube::Gvk, const SchemaNode*> kinds;
  std::vector<ResourcePtr> resources;
};

void add_kinds(Builtins& out, const Value& definitions) {
  for (const data::Entry& e : definitions.entries()) {
    for (const Value& gvk : e.value["x-kubernetes-group-version-kind"].items()) {
      out.kinds[{gvk["group"].text(), gvk["version"].text(), gvk["kind"].text()}] =
          out.definitions[e.key];
    }
  }
}

std::shared_ptr<Resource> make_resource(const Builtins& all, const kube::Gvr& gvr,
                                        const Value& entry) {
  auto r = std::make_shared<Resource>();
  r->gvr = gvr;
  r->kind = entry["kind"].text();
  r->list_kind = r->kind + "List";
  r->singular = entry["singularName"].text();
  r->short_names = texts(entry["shortNames"]);
  r->categories = texts(entry["categories"]);
  r->verbs = texts(entry["verbs"]);
  r->namespaced = entry["namespaced"].bool_or(false);
  const auto node = all.kinds.find(r->gvk());
  if (node == all.kinds.end()) {
    throw base::Error("the built-in API documents have no schema for " + r->kind);
  }
  r->schema = std::make_shared<Schema>(all.document, node->second);
  return r;
}

Subresource make_subresource(std::string_view name, const Value& entry) {
  Subresource s;
  s.name = std::string(name);
  s.body = {entry["group"].text(), entry["version"].text(), entry["kind"].text()};
  s.verbs = texts(entry["verbs"]);
  return s;
}

void add_group(Builtins& out, const Value& group) {
  std::map<std::string, std::shared_ptr<Resource>> made;
  const std::string& name = group["group"].text();
  const std::string& version = group["version"].text();
  for (const Value& entry : group["resources"].items()) {
    const base::Cut cut = base::cut(entry["name"].text(), "/");
    if (cut.found) continue;
    auto resource = make_resource(out, {name, version, std::string(cut.before)}, entry);
    made[resource->gvr.resource] = resource;
    out.resources.push_back(resource);
  }
  for (const Value& entry : group["resources"].items()) {
    const base::Cut cut = base::cut(entry["name"].text(), "/");
    const auto owner = made.find(std::string(cut.before));
    if (!cut.found || owner == made.end()) continue;
    owner->second->subresources.emplace_back(cut.after);
    owner->second->subresource_details.push_back(make_subresource(cut.after, entry));
  }
}

Builtins load() {
  const Value blob = schema_blob();
  Builtins out;
  SchemaCompiler compiler(*out.document);
  compiler.add_definitions(blob["definitions"]);
  for (const auto& [name, node] : compiler.definitions()) out.definitions[name] = node;
  add_kinds(out, blob["definitions"]);
  for (const Value& group : blob["groups"].items()) add_group(out, group);
  return out;
}

// A constant that is decoded late: it never changes and depends on nothing but the program.
const Builtins& builtins() {
  static const Builtins kBuiltins = load();
  return kBuiltins;
}

}  // namespace

bool Resource::has_subresource(std::string_view name) const {
  return std::ranges::find(subresources, name) != subresources.end();
}

bool Resource::has_verb(std::string_view verb) const {
  return std::ranges::find(verbs, verb) != verbs.end();
}

const std::vector<ResourcePtr>& builtin_resources() {
  return builtins().resources;
}

const SchemaNode* builtin_definition(std::string_view name) {
  const auto found = builtins().definitions.find(name);
  return found == builtins().definitions.end() ? nullptr : found->second;
}

const SchemaNode& object_meta_schema() {
  return *builtin_definition("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
}

}  // namespace jibe::twin
