// List and Map: Go's slices and maps with string keys, as references. Map keys are kept sorted,
// which is the order in which templates range over them and print them.
#pragma once
#include <initializer_list>
#include <vector>

#include "tmpl/any.h"

namespace jibe::tmpl {

class List : public Object {
 public:
  explicit List(std::vector<Any> items, const Type& type = kAnyList);
  // Stays lazy: `value` is a list and becomes Any element by element.
  explicit List(const data::Value& value);

  static Any of(std::vector<Any> items, const Type& type = kAnyList);
  static Any of_strings(const std::vector<std::string>& items);
  // A nil slice: empty, but `null` in JSON.
  static Any nil(const Type& type = kAnyList);

  const Type& type() const { return *type_; }
  bool is_nil() const { return nil_; }
  size_t size() const { return items_.size(); }
  const Any& at(size_t index) const;
  // Only sortAlpha changes a list in place (a []string, as in Sprig).
  std::vector<Any>& edit();

  data::Value to_value(int depth) const;

 private:
  const Type* type_;
  mutable std::vector<Any> items_;
  data::Value base_;
  bool nil_ = false;
};

struct MapItem {
  std::string key;
  Any value;
};

class Map : public Object {
 public:
  explicit Map(const Type& type = kAnyMap) : type_(&type) {}
  // Stays lazy: `value` is a map (or null: an empty map) and becomes Any entry by entry.
  explicit Map(const data::Value& value, const Type& type = kAnyMap);

  static Any of(std::vector<MapItem> items, const Type& type = kAnyMap);
  static Any of(const data::Value& value, const Type& type = kAnyMap);
  static Any nil(const Type& type = kAnyMap);

  const Type& type() const { return *type_; }
  bool is_nil() const { return nil_; }
  size_t size() const { return base_.is_map() ? base_.size() : items_.size(); }
  // In key order.
  std::string_view key_at(size_t index) const;
  const Any& value_at(size_t index) const;
  // nullptr where absent; valid until the next write to this map.
  const Any* find(std::string_view key) const;
  // A nil map throws, as Go panics.
  void set(std::string_view key, Any value);
  void erase(std::string_view key);

  data::Value to_value(int depth) const;

 private:
  void own();
  size_t lower_bound(std::string_view key) const;
  const Any& child(size_t index) const;

  const Type* type_;
  data::Value base_;                   // a map while nothing was written, else null
  mutable std::vector<Any> children_;  // of base_, filled on first access
  std::vector<MapItem> items_;         // sorted; what was written
  bool nil_ = false;
};

}  // namespace jibe::tmpl
