#include "tmpl/collections.h"

#include <algorithm>

#include "base/strings.h"

namespace jibe::tmpl {

List::List(std::vector<Any> items, const Type& type) : type_(&type), items_(std::move(items)) {
  for (Any& item : items_) item.set_boxed(type.element == nullptr);
}

List::List(const data::Value& value) : type_(&kAnyList), items_(value.size()), base_(value) {}

Any List::of(std::vector<Any> items, const Type& type) {
  return Any(Ref<List>(new List(std::move(items), type)));
}

Any List::of_strings(const std::vector<std::string>& items) {
  return of(std::vector<Any>(items.begin(), items.end()), kStringList);
}

Any List::nil(const Type& type) {
  Ref<List> list(new List(std::vector<Any>(), type));
  list->nil_ = true;
  return Any(list);
}

const Any& List::at(size_t index) const {
  Any& item = items_[index];
  if (item.is_nil() && !item.boxed() && base_.is_list())
    item = Any::from(base_[index]).with_boxed(true);
  return item;
}

std::vector<Any>& List::edit() {
  for (size_t i = 0; i < items_.size(); ++i) at(i);
  base_ = data::Value();
  return items_;
}

data::Value List::to_value(int depth) const {
  if (nil_) return data::Value();
  if (type_ == &kByteList) {
    std::string bytes;
    for (const Any& item : items_) bytes += static_cast<char>(item.as_int());
    return data::Value(base::base64_encode(bytes));
  }
  std::vector<data::Value> out;
  out.reserve(items_.size());
  bool changed = !base_.is_list();
  for (size_t i = 0; i < items_.size(); ++i) {
    if (items_[i].is_nil() && base_.is_list()) {
      out.push_back(base_[i]);
      continue;
    }
    out.push_back(tmpl::to_value(items_[i], depth));
    if (items_[i].object() && !changed) changed = !out.back().same_storage(base_[i]);
  }
  return changed ? data::Value::list(std::move(out)) : base_;
}

Map::Map(const data::Value& value, const Type& type) : type_(&type) {
  if (value.is_map()) base_ = value;
}

Any Map::of(std::vector<MapItem> items, const Type& type) {
  Ref<Map> map(new Map(type));
  for (MapItem& item : items) map->set(item.key, std::move(item.value));
  return Any(map);
}

Any Map::of(const data::Value& value, const Type& type) {
  return Any(Ref<Map>(new Map(value, type)));
}

Any Map::nil(const Type& type) {
  Ref<Map> map(new Map(type));
  map->nil_ = true;
  return Any(map);
}

std::string_view Map::key_at(size_t index) const {
  return base_.is_map() ? std::string_view(base_.entries()[index].key) : items_[index].key;
}

const Any& Map::value_at(size_t index) const {
  return base_.is_map() ? child(index) : items_[index].value;
}

const Any& Map::child(size_t index) const {
  if (children_.empty()) children_.resize(base_.size());
  Any& item = children_[index];
  if (item.is_nil() && !item.boxed())
    item = Any::from(base_.entries()[index].value).with_boxed(true);
  return item;
}

size_t Map::lower_bound(std::string_view key) const {
  if (base_.is_map()) {
    auto entries = base_.entries();
    auto at = std::lower_bound(entries.begin(), entries.end(), key,
                               [](const data::Entry& e, std::string_view k) { return e.key < k; });
    return static_cast<size_t>(at - entries.begin());
  }
  auto at = std::lower_bound(items_.begin(), items_.end(), key,
                             [](const MapItem& e, std::string_view k) { return e.key < k; });
  return static_cast<size_t>(at - items_.begin());
}

const Any* Map::find(std::string_view key) const {
  size_t at = lower_bound(key);
  if (at == size() || key_at(at) != key) return nullptr;
  return &value_at(at);
}

void Map::own() {
  if (!base_.is_map()) return;
  items_.reserve(base_.size() + 1);
  for (size_t i = 0; i < base_.size(); ++i) items_.push_back({std::string(key_at(i)), child(i)});
  base_ = data::Value();
  children_.clear();
}

void Map::set(std::string_view key, Any value) {
  if (nil_) throw base::InvalidInput("assignment to entry in nil map");
  own();
  value.set_boxed(type_->element == nullptr);
  size_t at = lower_bound(key);
  if (at < items_.size() && items_[at].key == key)
    items_[at].value = std::move(value);
  else
    items_.insert(items_.begin() + static_cast<ptrdiff_t>(at),
                  {std::string(key), std::move(value)});
}

void Map::erase(std::string_view key) {
  if (find(key) == nullptr) return;
  own();
  items_.erase(items_.begin() + static_cast<ptrdiff_t>(lower_bound(key)));
}

data::Value Map::to_value(int depth) const {
  if (nil_) return data::Value();
  if (!base_.is_map()) {
    std::vector<data::Entry> out;
    out.reserve(items_.size());
    for (const MapItem& item : items_) out.push_back({item.key, tmpl::to_value(item.value, depth)});
    return data::Value::map(std::move(out));
  }
  data::Value out = base_;
  for (size_t i = 0; i < children_.size(); ++i) {
    if (!children_[i].object()) continue;
    data::Value value = tmpl::to_value(children_[i], depth);
    const data::Entry& before = base_.entries()[i];
    if (!value.same_storage(before.value)) out.set(before.key, std::move(value));
  }
  return out;
}

}  // namespace jibe::tmpl
