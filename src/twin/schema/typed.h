// Values seen through their schema, as server-side apply does it (structured-merge-diff typed):
// which fields they have, how two of them merge and differ, and a value without some of its fields.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "twin/schema/field_set.h"
#include "twin/schema/schema.h"

namespace jibe::twin {

enum class TypedForm { kScalar, kList, kMap };

// What the value is by its schema; where the schema leaves it open, what it looks like.
TypedForm typed_form(const SchemaNode& node, const data::Value* value);
// Whether the whole value has one owner.
bool is_atomic(const SchemaNode& node, TypedForm form);
// The schema under a key; of free-form maps the one that deduces; null where the key is unknown.
const SchemaNode* typed_child(const SchemaNode& node, std::string_view key);
// Of the items of a set or associative list.
const SchemaNode& typed_item(const SchemaNode& list);
// `k:{"name":"a"}` or `v:"a"`. nullopt, with a sentence, where the item cannot have one.
std::optional<std::string> item_element(const SchemaNode& list, const data::Value& item,
                                        std::string* error);

// Sentences as `.spec.foo: field not declared in schema`. Of lists, duplicate items are an error
// unless allowed.
std::vector<std::string> validate_typed(const SchemaNode& node, const data::Value& value,
                                        bool allow_duplicates);

FieldSet to_field_set(const SchemaNode& node, const data::Value& value);

// `right` laid over `left`. Both are valid. Lists keep the order of both as far as they agree.
data::Value merge_typed(const SchemaNode& node, const data::Value& left, const data::Value& right);

struct Comparison {
  FieldSet removed;
  FieldSet modified;
  FieldSet added;
};
Comparison compare_typed(const SchemaNode& node, const data::Value& left, const data::Value& right);

// Maps and lists that become empty by a removal.
enum class Emptied { kNull, kGone };

// Without the set's fields and items. Ownership is computed with kNull, as structured-merge-diff
// does it; what is stored has them gone, as Go's types drop nulls.
data::Value remove_items(const SchemaNode& node, const data::Value& value, const FieldSet& set,
                         Emptied emptied);

}  // namespace jibe::twin
