// What an API server knows of one resource: names, scope, verbs, schema, and how it behaves.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "data/value.h"
#include "kube/object.h"

namespace jibe::twin {

class Schema;

// The path element behind an object's name ("status", "scale", "eviction"), and what travels there.
struct Subresource {
  std::string name;
  // Of the body; the group and version are the resource's own where both are empty.
  kube::Gvk body;
  std::vector<std::string> verbs;
};

// One served version of one resource ("deployments" of apps/v1, or of a CustomResourceDefinition).
struct Resource {
  kube::Gvr gvr;
  std::string kind;
  std::string list_kind;
  std::string singular;
  std::vector<std::string> short_names;
  std::vector<std::string> categories;
  std::vector<std::string> verbs;
  bool namespaced = true;
  // "status", "scale", … ; the path element behind the object's name.
  std::vector<std::string> subresources;
  // The same with bodies and verbs, for discovery.
  std::vector<Subresource> subresource_details;
  // Never null. Of the served version.
  std::shared_ptr<const Schema> schema;
  // The CustomResourceDefinition's version entry (printer columns, subresources), null for
  // built-in kinds.
  data::Value crd_version;
  bool is_custom() const { return !crd_version.is_null(); }
  bool has_subresource(std::string_view name) const;
  bool has_verb(std::string_view verb) const;
  kube::Gvk gvk() const { return {gvr.group, gvr.version, kind}; }
};

using ResourcePtr = std::shared_ptr<const Resource>;

}  // namespace jibe::twin
