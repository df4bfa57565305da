#include "data/patch.h"

namespace jibe::data {

namespace {

// What a patch adds where nothing was: without its nulls, in arrays, too (evanphx/json-patch).
Value without_nulls(const Value& value) {
  if (value.is_list()) {
    std::vector<Value> items;
    for (const Value& item : value.items()) items.push_back(without_nulls(item));
    return Value::list(std::move(items));
  }
  if (!value.is_map()) return value;
  std::vector<Entry> entries;
  for (const Entry& entry : value.entries())
    if (!entry.value.is_null()) entries.push_back({entry.key, without_nulls(entry.value)});
  return Value::map(std::move(entries));
}

// Of a patch either only what it deletes or only what it sets; null where nothing remains. An empty
// map that the patch sets is a value of its own.
Value only(const Value& patch, bool deletions) {
  Value out = Value::map();
  for (const Entry& entry : patch.entries()) {
    const Value& value = entry.value;
    if (value.is_null()) {
      if (deletions) out.set(entry.key, nullptr);
    } else if (value.is_map() && !value.empty()) {
      Value below = only(value, deletions);
      if (!below.empty()) out.set(entry.key, std::move(below));
    } else if (!deletions) {
      out.set(entry.key, value);
    }
  }
  return out;
}

}  // namespace

Value merge_patch(const Value& target, const Value& patch) {
  if (!target.is_map()) return without_nulls(patch);
  if (!patch.is_map()) return patch;
  Value out = target;
  for (const Entry& entry : patch.entries()) {
    const Value* current = out.find(entry.key);
    if (entry.value.is_null()) {
      out.erase(entry.key);
    } else if (!current || current->is_null()) {
      out.set(entry.key, without_nulls(entry.value));
    } else {
      Value merged = merge_patch(*current, entry.value);
      out.set(entry.key, std::move(merged));
    }
  }
  return out;
}

Value create_merge_patch(const Value& before, const Value& after) {
  if (!before.is_map() || !after.is_map()) return after;
  Value out = Value::map();
  for (const Entry& entry : after.entries()) {
    const Value* old = before.find(entry.key);
    if (old && *old == entry.value) continue;
    if (old && old->is_map() && entry.value.is_map())
      out.set(entry.key, create_merge_patch(*old, entry.value));
    else
      out.set(entry.key, entry.value);
  }
  for (const Entry& entry : before.entries())
    if (!after.has(entry.key)) out.set(entry.key, nullptr);
  return out;
}

Value create_three_way_merge_patch(const Value& original, const Value& modified,
                                   const Value& current) {
  Value changes = only(create_merge_patch(current, modified), false);
  Value deletions = only(create_merge_patch(original, modified), true);
  return merge_patch(deletions, changes);
}

}  // namespace jibe::data
