#include "data/value.h"

#include <algorithm>
#include <atomic>

namespace jibe::data {

struct Value::StringRep {
  std::atomic<uint32_t> owners{1};
  std::string text;
};

struct Value::ListRep {
  std::atomic<uint32_t> owners{1};
  std::vector<Value> items;
};

struct Value::MapRep {
  std::atomic<uint32_t> owners{1};
  std::vector<Entry> entries;  // sorted by key, no duplicates
};

namespace {

const Value kNullValue;
const std::string kEmptyText;

template <class Entries>
auto lower_bound_of(Entries& entries, std::string_view key) {
  return std::lower_bound(entries.begin(), entries.end(), key,
                          [](const Entry& e, std::string_view k) { return e.key < k; });
}

// Kubernetes sends objects with few duplicates and mostly sorted keys: sort stably, keep the last.
void sort_unique(std::vector<Entry>& entries) {
  auto by_key = [](const Entry& a, const Entry& b) { return a.key < b.key; };
  if (!std::is_sorted(entries.begin(), entries.end(), by_key))
    std::stable_sort(entries.begin(), entries.end(), by_key);
  size_t kept = 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (kept > 0 && entries[kept - 1].key == entries[i].key)
      entries[kept - 1].value = std::move(entries[i].value);
    else if (kept++ != i)
      entries[kept - 1] = std::move(entries[i]);
  }
  entries.resize(kept);
}

std::string wrong_kind(std::string_view wanted, Kind found) {
  return "expected " + std::string(wanted) + ", found " + std::string(to_string(found));
}

}  // namespace

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return "boolean";
    case Kind::kInt:
      return "integer";
    case Kind::kDouble:
      return "number";
    case Kind::kString:
      return "string";
    case Kind::kList:
      return "array";
    case Kind::kMap:
      return "object";
  }
  return "unknown";
}

void Value::retain() const noexcept {
  if (kind_ == Kind::kString)
    payload_.string->owners.fetch_add(1, std::memory_order_relaxed);
  else if (kind_ == Kind::kList)
    payload_.list->owners.fetch_add(1, std::memory_order_relaxed);
  else if (kind_ == Kind::kMap)
    payload_.map->owners.fetch_add(1, std::memory_order_relaxed);
}

void Value::release() noexcept {
  auto drop = [](auto* rep) {
    if (rep->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete rep;
  };
  if (kind_ == Kind::kString)
    drop(payload_.string);
  else if (kind_ == Kind::kList)
    drop(payload_.list);
  else if (kind_ == Kind::kMap)
    drop(payload_.map);
}

Value::Value(std::string text) : kind_(Kind::kString) {
  payload_.string = new StringRep;
  payload_.string->text = std::move(text);
}

Value::Value(const Value& other) noexcept : payload_(other.payload_), kind_(other.kind_) {
  retain();
}

Value::Value(Value&& other) noexcept : payload_(other.payload_), kind_(other.kind_) {
  other.kind_ = Kind::kNull;
}

Value& Value::operator=(const Value& other) noexcept {
  other.retain();
  Payload payload = other.payload_;  // `other` may live inside what release() frees
  Kind kind = other.kind_;
  release();
  payload_ = payload;
  kind_ = kind;
  return *this;
}

Value& Value::operator=(Value&& other) noexcept {
  Value taken(std::move(other));
  std::swap(payload_, taken.payload_);
  std::swap(kind_, taken.kind_);
  return *this;
}

Value::~Value() {
  release();
}

Value Value::list(std::initializer_list<Value> items) {
  return list(std::vector<Value>(items));
}

Value Value::list(std::vector<Value> items) {
  Value out;
  out.payload_.list = new ListRep;
  out.payload_.list->items = std::move(items);
  out.kind_ = Kind::kList;
  return out;
}

Value Value::map(std::initializer_list<Pair> entries) {
  std::vector<Entry> owned;
  owned.reserve(entries.size());
  for (const auto& [key, value] : entries) owned.push_back({std::string(key), value});
  return map(std::move(owned));
}

Value Value::map(std::vector<Entry> entries) {
  sort_unique(entries);
  Value out;
  out.payload_.map = new MapRep;
  out.payload_.map->entries = std::move(entries);
  out.kind_ = Kind::kMap;
  return out;
}

bool Value::as_bool() const {
  if (!is_bool()) throw WrongKind(wrong_kind("boolean", kind_));
  return payload_.boolean;
}

int64_t Value::as_int() const {
  if (!is_int()) throw WrongKind(wrong_kind("integer", kind_));
  return payload_.integer;
}

double Value::as_double() const {
  if (is_int()) return static_cast<double>(payload_.integer);
  if (!is_double()) throw WrongKind(wrong_kind("number", kind_));
  return payload_.number;
}

const std::string& Value::as_string() const {
  if (!is_string()) throw WrongKind(wrong_kind("string", kind_));
  return payload_.string->text;
}

const std::string& Value::string_or(const std::string& fallback) const {
  return is_string() ? payload_.string->text : fallback;
}

const std::string& Value::text() const {
  return string_or(kEmptyText);
}

size_t Value::size() const {
  if (is_list()) return payload_.list->items.size();
  if (is_map()) return payload_.map->entries.size();
  return 0;
}

std::span<const Value> Value::items() const {
  if (!is_list()) return {};
  return payload_.list->items;
}

std::span<const Entry> Value::entries() const {
  if (!is_map()) return {};
  return payload_.map->entries;
}

const Value* Value::find(std::string_view key) const {
  if (!is_map()) return nullptr;
  const auto& entries = payload_.map->entries;
  auto at = lower_bound_of(entries, key);
  return at != entries.end() && at->key == key ? &at->value : nullptr;
}

const Value& Value::operator[](std::string_view key) const {
  const Value* found = find(key);
  return found ? *found : kNullValue;
}

const Value& Value::operator[](size_t index) const {
  return index < items().size() ? items()[index] : kNullValue;
}

Value::MapRep& Value::own_map() {
  if (is_null()) *this = map();
  if (!is_map()) throw WrongKind(wrong_kind("object", kind_));
  if (payload_.map->owners.load(std::memory_order_acquire) != 1) {
    auto copy = payload_.map->entries;
    *this = map(std::move(copy));
  }
  return *payload_.map;
}

Value::ListRep& Value::own_list() {
  if (is_null()) *this = list();
  if (!is_list()) throw WrongKind(wrong_kind("array", kind_));
  if (payload_.list->owners.load(std::memory_order_acquire) != 1) {
    auto copy = payload_.list->items;
    *this = list(std::move(copy));
  }
  return *payload_.list;
}

Value& Value::edit(std::string_view key) {
  auto& entries = own_map().entries;
  auto at = lower_bound_of(entries, key);
  if (at == entries.end() || at->key != key) at = entries.insert(at, {std::string(key), Value()});
  return at->value;
}

Value& Value::edit(size_t index) {
  auto& items = own_list().items;
  if (index >= items.size()) throw WrongKind("index " + std::to_string(index) + " is out of range");
  return items[index];
}

bool Value::erase(std::string_view key) {
  if (!has(key)) return false;
  auto& entries = own_map().entries;
  entries.erase(lower_bound_of(entries, key));
  return true;
}

void Value::push_back(Value item) {
  own_list().items.push_back(std::move(item));
}

std::vector<Value>& Value::edit_items() {
  return own_list().items;
}

bool Value::operator==(const Value& other) const {
  if (is_number() && other.is_number()) {
    if (is_int() && other.is_int()) return payload_.integer == other.payload_.integer;
    return as_double() == other.as_double();
  }
  if (kind_ != other.kind_) return false;
  if (same_storage(other)) return true;
  switch (kind_) {
    case Kind::kNull:
      return true;
    case Kind::kBool:
      return payload_.boolean == other.payload_.boolean;
    case Kind::kString:
      return payload_.string->text == other.payload_.string->text;
    case Kind::kList:
      return payload_.list->items == other.payload_.list->items;
    case Kind::kMap:
      return payload_.map->entries == other.payload_.map->entries;
    default:
      return false;
  }
}

bool Value::same_storage(const Value& other) const {
  if (kind_ != other.kind_) return false;
  if (is_string()) return payload_.string == other.payload_.string;
  if (is_list()) return payload_.list == other.payload_.list;
  if (is_map()) return payload_.map == other.payload_.map;
  return false;
}

}  // namespace jibe::data
