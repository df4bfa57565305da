// From JSON schema, as OpenAPI v3 documents and CustomResourceDefinitions write it, to SchemaNodes.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "data/value.h"
#include "twin/schema/schema.h"

namespace jibe::twin {

class SchemaCompiler {
 public:
  explicit SchemaCompiler(SchemaDocument& document) : document_(document) {}

  // Definitions may refer to each other, in circles too. `go_types`: they have Go types.
  void add_definitions(const data::Value& definitions);
  const std::map<std::string, SchemaNode*, std::less<>>& definitions() const {
    return definitions_;
  }
  // With value validation.
  SchemaNode* compile_crd(const data::Value& schema);
  // An embedded object's apiVersion, kind and metadata.
  void add_object_fields(SchemaNode& node, const SchemaNode& object_meta);

 private:
  struct Overlay {
    SchemaNode* node;
    std::string target;
    data::Value schema;
  };

  SchemaNode* make() { return &document_.nodes.emplace_back(); }
  SchemaNode* compile(const data::Value& schema);
  void fill(SchemaNode& node, const data::Value& schema);
  void fill_extensions(SchemaNode& node, const data::Value& schema);
  void fill_properties(SchemaNode& node, const data::Value& schema);
  void fill_rules(SchemaNode& node, const data::Value& schema);

  SchemaDocument& document_;
  bool with_rules_ = false;
  std::map<std::string, SchemaNode*, std::less<>> definitions_;
  std::vector<Overlay> overlays_;
};

}  // namespace jibe::twin
