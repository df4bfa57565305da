#include "twin/schema/schema.h"

#include <algorithm>

#include "base/error.h"
#include "twin/schema/builtin.h"
#include "twin/schema/rules.h"
#include "twin/schema/schema_compiler.h"

namespace jibe::twin {
namespace {

// Everything below an embedded resource's own metadata is an object's, too.
void complete_embedded(SchemaCompiler& compiler, SchemaDocument& document) {
  const size_t count = document.nodes.size();
  for (size_t i = 0; i < count; ++i) {
    if (document.nodes[i].embedded) {
      compiler.add_object_fields(document.nodes[i], object_meta_schema());
    }
  }
}

}  // namespace

SchemaDocument::SchemaDocument() = default;
SchemaDocument::~SchemaDocument() = default;

const SchemaProperty* SchemaNode::property(std::string_view name) const {
  const auto it = std::ranges::lower_bound(
      properties, name, {}, [](const SchemaProperty& p) { return std::string_view(p.name); });
  return it != properties.end() && it->name == name ? &*it : nullptr;
}

const SchemaNode* SchemaNode::child(std::string_view key) const {
  const SchemaProperty* found = property(key);
  return found != nullptr ? found->node : additional;
}

std::shared_ptr<const Schema> Schema::of_crd(const data::Value& openapi_v3_schema,
                                             bool preserve_unknown) {
  auto document = std::make_shared<SchemaDocument>();
  SchemaCompiler compiler(*document);
  SchemaNode* root = compiler.compile_crd(openapi_v3_schema);
  if (preserve_unknown) {
    root->preserve_unknown = true;
    if (root->type == SchemaType::kAny) root->type = SchemaType::kObject;
  }
  complete_embedded(compiler, *document);
  compiler.add_object_fields(*root, object_meta_schema());
  return std::make_shared<Schema>(std::move(document), root);
}

const SchemaNode* Schema::at(std::initializer_list<std::string_view> path) const {
  const SchemaNode* node = root_;
  for (const std::string_view key : path) {
    while (node->items != nullptr) node = node->items;
    node = node->child(key);
    if (node == nullptr) return nullptr;
  }
  return node;
}

}  // namespace jibe::twin
