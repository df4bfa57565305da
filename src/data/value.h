// data::Value: one dynamic tree for YAML, JSON, Helm values and Kubernetes objects.
//
// Why one untyped tree: jibe reads and writes every kind that a cluster has, most of which it has
// never heard of, and must give back what it does not understand unchanged. Typed views exist only
// where jibe owns the schema (src/api).
//
// A Value is 16 bytes. Strings, lists and maps are shared and copied only when written to while
// shared (copy on write), so copying a tree is cheap and a thousand equal objects cost one.
// Reading from several threads is safe; writing a tree that another thread writes is not.
// Maps are ordered by key, as Go's encoders write them.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace jibe::data {

enum class Kind : uint8_t { kNull, kBool, kInt, kDouble, kString, kList, kMap };

// "null", "boolean", "integer", "number", "string", "array", "object": JSON schema's words.
std::string_view to_string(Kind kind);

// A value had another kind than the caller needs.
class WrongKind : public base::Error {
 public:
  using Error::Error;
};

struct Entry;
class Value;
using Pair = std::pair<std::string_view, Value>;

class Value {
 public:
  Value() noexcept : kind_(Kind::kNull) { payload_.integer = 0; }
  Value(std::nullptr_t) noexcept : Value() {}
  Value(bool b) noexcept : kind_(Kind::kBool) { payload_.boolean = b; }
  Value(int i) noexcept : Value(static_cast<int64_t>(i)) {}
  Value(long i) noexcept : kind_(Kind::kInt) { payload_.integer = i; }
  Value(long long i) noexcept : kind_(Kind::kInt) { payload_.integer = i; }
  Value(double d) noexcept : kind_(Kind::kDouble) { payload_.number = d; }
  Value(std::string text);
  Value(std::string_view text) : Value(std::string(text)) {}
  Value(const char* text) : Value(std::string(text)) {}
  Value(const Value& other) noexcept;
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other) noexcept;
  Value& operator=(Value&& other) noexcept;
  ~Value();

  static Value list(std::initializer_list<Value> items = {});
  static Value list(std::vector<Value> items);
  // Later duplicates win.
  static Value map(std::initializer_list<Pair> entries = {});
  static Value map(std::vector<Entry> entries);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  bool is_bool() const { return kind_ == Kind::kBool; }
  bool is_int() const { return kind_ == Kind::kInt; }
  bool is_double() const { return kind_ == Kind::kDouble; }
  bool is_number() const { return is_int() || is_double(); }
  bool is_string() const { return kind_ == Kind::kString; }
  bool is_list() const { return kind_ == Kind::kList; }
  bool is_map() const { return kind_ == Kind::kMap; }

  // These throw WrongKind. as_double also takes an integer.
  bool as_bool() const;
  int64_t as_int() const;
  double as_double() const;
  const std::string& as_string() const;

  // These give the fallback where the kind is another one.
  bool bool_or(bool fallback) const { return is_bool() ? payload_.boolean : fallback; }
  int64_t int_or(int64_t fallback) const { return is_int() ? payload_.integer : fallback; }
  const std::string& string_or(const std::string& fallback) const;
  // The string, or "" for any other kind.
  const std::string& text() const;

  // Number of items or entries; 0 for every other kind.
  size_t size() const;
  bool empty() const { return size() == 0; }
  // Items of a list; nothing for every other kind.
  std::span<const Value> items() const;
  // Entries of a map in key order; nothing for every other kind.
  std::span<const Entry> entries() const;

  // The entry's value, or nullptr where this is no map or has no such key.
  const Value* find(std::string_view key) const;
  bool has(std::string_view key) const { return find(key) != nullptr; }
  // Reading never fails: an absent key or index, or another kind, gives the null value.
  const Value& operator[](std::string_view key) const;
  const Value& operator[](const char* key) const { return (*this)[std::string_view(key)]; }
  const Value& operator[](size_t index) const;
  const Value& operator[](int index) const { return (*this)[static_cast<size_t>(index)]; }

  // Writing. edit(key) makes a null value a map first and creates the entry (null) where absent;
  // the reference is valid until the next write to this map. Other kinds throw WrongKind.
  Value& edit(std::string_view key);
  Value& edit(const char* key) { return edit(std::string_view(key)); }
  Value& edit(size_t index);
  void set(std::string_view key, Value value) { edit(key) = std::move(value); }
  // True where the key was there.
  bool erase(std::string_view key);
  // Makes a null value a list first.
  void push_back(Value item);
  // Makes this a list that nobody else shares and gives its items to change freely.
  std::vector<Value>& edit_items();

  // Deep equality. 1 and 1.0 are equal, as in JSON.
  bool operator==(const Value& other) const;
  // True where both share the same storage: a cheap "surely equal".
  bool same_storage(const Value& other) const;

 private:
  struct StringRep;
  struct ListRep;
  struct MapRep;
  union Payload {
    bool boolean;
    int64_t integer;
    double number;
    StringRep* string;
    ListRep* list;
    MapRep* map;
  };

  void retain() const noexcept;
  void release() noexcept;
  MapRep& own_map();
  ListRep& own_list();

  Payload payload_;
  Kind kind_;
};

struct Entry {
  std::string key;
  Value value;
  bool operator==(const Entry&) const = default;
};

}  // namespace jibe::data
