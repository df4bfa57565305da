// The three patch kinds of the Kubernetes API, applied to values. All of them give a new tree that
// shares what the patch does not touch. All throw base::InvalidInput with kube-apiserver's words.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "data/value.h"

namespace jibe::data {

// RFC 6902 with the habits of evanphx/json-patch 4.13, which kube-apiserver 1.36 uses: `replace`
// creates a key that an object lacks, negative indices count from the end. A path whose parent is
// absent, `remove` of an absent key and a failed `test` are errors.
Value json_patch(const Value& target, const Value& operations);

// RFC 7386.
Value merge_patch(const Value& target, const Value& patch);
// The merge patch that turns `before` into `after`.
Value create_merge_patch(const Value& before, const Value& after);
// What kubectl apply sends for kinds without a Go type (apimachinery jsonmergepatch): fields of
// `modified` that differ from `current`, and null for fields that `original` (the last applied
// configuration) has and `modified` lacks.
Value create_three_way_merge_patch(const Value& original, const Value& modified,
                                   const Value& current);

class PatchSchema;
using PatchSchemaPtr = std::shared_ptr<const PatchSchema>;

// What the API's schema says about one field of an object.
struct PatchField {
  // Of the field's value or, for a list, of its items. Null: nothing is known below.
  PatchSchemaPtr schema;
  // x-kubernetes-patch-strategy: "", "merge", "replace", "retainKeys", "merge,retainKeys".
  std::string strategy;
  // x-kubernetes-patch-merge-key; empty for lists of primitives.
  std::string merge_key;
};

// Implemented by whoever knows schemas (the embedded API server, a client with OpenAPI).
class PatchSchema {
 public:
  virtual ~PatchSchema() = default;
  // Of the field `key`; for a map with free keys (labels), the same answer for every key.
  virtual PatchField field(std::string_view key) const = 0;
};

// Strategic merge patch as apimachinery util/strategicpatch applies it on the server: directives
// $patch, $retainKeys, $deleteFromPrimitiveList/…, $setElementOrder/…. A null schema makes every
// list atomic.
Value strategic_merge_patch(const Value& target, const Value& patch, const PatchSchema* schema);

}  // namespace jibe::data
