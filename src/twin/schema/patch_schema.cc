#include "twin/schema/patch_schema.h"

namespace jibe::twin {
namespace {

class NodePatchSchema : public data::PatchSchema {
 public:
  NodePatchSchema(std::shared_ptr<const Schema> schema, const SchemaNode& node)
      : schema_(std::move(schema)), node_(node) {}

  data::PatchField field(std::string_view key) const override {
    const SchemaNode* child = node_.child(key);
    if (child == nullptr) return {};
    const SchemaNode& below = child->items != nullptr ? *child->items : *child;
    data::PatchField out;
    out.schema = std::make_shared<NodePatchSchema>(schema_, below);
    out.merge_key = child->patch_merge_key;
    if (child->patch_merge && child->patch_retain_keys) {
      out.strategy = "merge,retainKeys";
    } else if (child->patch_merge) {
      out.strategy = "merge";
    } else if (child->patch_retain_keys) {
      out.strategy = "retainKeys";
    }
    return out;
  }

 private:
  std::shared_ptr<const Schema> schema_;
  const SchemaNode& node_;
};

}  // namespace

data::PatchSchemaPtr patch_schema(std::shared_ptr<const Schema> schema) {
  const SchemaNode& root = schema->root();
  return std::make_shared<NodePatchSchema>(std::move(schema), root);
}

}  // namespace jibe::twin
