// One compiled form of the schemas that an API server has: the OpenAPI of built-in kinds (read from
// data generated at build time) and the structural openAPIV3Schema of CustomResourceDefinitions.
//
// A Schema is immutable and shared; its nodes live as long as any Schema of the same document.
#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace jibe::twin {

enum class SchemaType : uint8_t {
  kAny,  // no type given: x-kubernetes-preserve-unknown-fields, RawExtension, JSON
  kObject,
  kArray,
  kString,
  kInteger,
  kNumber,
  kBoolean,
  kIntOrString,
};

// x-kubernetes-list-type; without one a list is atomic.
enum class ListType : uint8_t { kAtomic, kSet, kMap };

struct SchemaNode;

struct SchemaProperty {
  std::string name;
  const SchemaNode* node = nullptr;
  bool required = false;
  // Set where the place of use adds to what the referenced type says (patch keys, defaults).
  data::Value default_value;
};

// What only CustomResourceDefinitions state: value validation. Absent for built-in kinds.
struct SchemaRules;

struct SchemaNode {
  SchemaType type = SchemaType::kAny;
  ListType list_type = ListType::kAtomic;
  bool atomic_map = false;  // x-kubernetes-map-type: atomic
  bool nullable = false;
  bool preserve_unknown = false;  // x-kubernetes-preserve-unknown-fields
  bool embedded = false;          // x-kubernetes-embedded-resource
  // The schema says nothing of the fields: everything in it is kept and deduced.
  bool untyped = false;
  std::string format;                  // "int32", "date-time", "byte", …
  std::vector<std::string> list_keys;  // x-kubernetes-list-map-keys
  // x-kubernetes-patch-strategy and -merge-key, for strategic merge patches.
  bool patch_merge = false;
  bool patch_retain_keys = false;
  std::string patch_merge_key;
  // The Go type that holds it ("DeploymentSpec"), for decode errors; "" where there is none.
  std::string go_type;
  // The definition's name ("io.k8s.api.apps.v1.DeploymentSpec"), "" for anonymous ones.
  std::string definition;
  data::Value default_value;
  std::vector<SchemaProperty> properties;  // sorted by name
  const SchemaNode* additional = nullptr;  // values of a map
  const SchemaNode* items = nullptr;
  const SchemaRules* rules = nullptr;

  const SchemaProperty* property(std::string_view name) const;
  // The node of the value under `key`: a property's, else the map's values'; null where unknown.
  const SchemaNode* child(std::string_view key) const;
};

// A document's nodes; filled once by a compiler, then read only.
struct SchemaDocument {
  SchemaDocument();
  ~SchemaDocument();
  std::deque<SchemaNode> nodes;
  std::vector<std::unique_ptr<SchemaRules>> rules;
};

class Schema {
 public:
  Schema(std::shared_ptr<const SchemaDocument> document, const SchemaNode* root)
      : document_(std::move(document)), root_(root) {}
  // Of a CustomResourceDefinition's version: openAPIV3Schema with the fields that every object has
  // (apiVersion, kind, metadata) added. `preserve_unknown`: spec.preserveUnknownFields, or a
  // version without a schema. Throws base::InvalidInput where the schema cannot be understood.
  static std::shared_ptr<const Schema> of_crd(const data::Value& openapi_v3_schema,
                                              bool preserve_unknown = false);
  const SchemaNode& root() const { return *root_; }
  // The node at a path of plain field names ("spec", "template"); null where there is none. Lists
  // are entered without an index.
  const SchemaNode* at(std::initializer_list<std::string_view> path) const;

 private:
  std::shared_ptr<const SchemaDocument> document_;
  const SchemaNode* root_;
};

}  // namespace jibe::twin
