// Sets of field paths: what metadata.managedFields stores as fieldsV1 (structured-merge-diff
// fieldpath.Set).
//
// A path element is kept in its serialised form: "f:name" a field, `k:{"name":"a"}` an item of an
// associative list, `v:"a"` an item of a set, "i:0" an index.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "data/value.h"
#include "twin/schema/schema.h"

namespace jibe::twin {

class FieldSet {
 public:
  using Path = std::vector<std::string>;

  // Of FieldsV1. Throws base::InvalidInput on anything else.
  static FieldSet from_value(const data::Value& fields_v1);
  data::Value to_value() const;

  bool empty() const { return children_.empty() && !member_; }
  void insert(const Path& path);
  void insert_element(const std::string& element) { children_[element].member_ = true; }
  // Whether the element itself is in the set, not only something below it.
  bool has(const std::string& element) const;
  bool has_path(const Path& path) const;
  // What stands below the element; an empty set where nothing does.
  const FieldSet& below(const std::string& element) const;

  FieldSet united(const FieldSet& other) const;
  FieldSet intersected(const FieldSet& other) const;
  FieldSet without(const FieldSet& other) const;
  // Also everything below the other's members.
  FieldSet without_trees(const FieldSet& other) const;
  // Fields that the schema names become members where something below them is.
  FieldSet with_named_members(const SchemaNode* node) const;

  // Every member's path: those of one level before those below it.
  void each(const std::function<void(const Path&)>& visit) const;

 private:
  void each_below(Path& path, const std::function<void(const Path&)>& visit) const;
  void drop_empty();

  // Of the element that leads here; the root is none.
  bool member_ = false;
  std::map<std::string, FieldSet> children_;
};

// `.spec.containers[name="a"].image`, as conflicts print paths.
std::string to_string(const FieldSet::Path& path);

inline std::string field_element(std::string_view name) {
  return "f:" + std::string(name);
}

}  // namespace jibe::twin
