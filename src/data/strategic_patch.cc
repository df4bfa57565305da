// apimachinery util/strategicpatch 0.36, the half that the server uses (StrategicMergeMapPatch).
#include <algorithm>

#include "base/strings.h"
#include "data/patch.h"
#include "data/strategic_list.h"

namespace jibe::data {

namespace {

constexpr std::string_view kDirective = "$patch";
constexpr std::string_view kRetainKeys = "$retainKeys";
constexpr std::string_view kDeletePrefix = "$deleteFromPrimitiveList";
constexpr std::string_view kOrderPrefix = "$setElementOrder";

[[noreturn]] void fail(const std::string& sentence) {
  throw base::InvalidInput(sentence);
}

struct Field {
  PatchSchemaPtr schema;
  bool merge = false;
  bool replace = false;
  std::string merge_key;
};

Field field_of(const PatchSchema* schema, std::string_view key) {
  Field out;
  if (!schema) return out;
  PatchField field = schema->field(key);
  for (std::string_view strategy : base::split(field.strategy, ',')) {
    if (strategy == "merge") out.merge = true;
    if (strategy == "replace") out.replace = true;
  }
  out.schema = std::move(field.schema);
  out.merge_key = std::move(field.merge_key);
  return out;
}

Items items_of(const Value& list) {
  return {list.items().begin(), list.items().end()};
}

bool is_parallel(std::string_view key) {
  return key.starts_with(kDeletePrefix) || key.starts_with(kOrderPrefix);
}

bool is_directive(std::string_view key) {
  return key == kDirective || key == kRetainKeys || is_parallel(key);
}

// "$setElementOrder/containers" → "containers".
std::string_view target_of(std::string_view key, std::string_view prefix,
                           const std::string& complaint) {
  auto [before, after, found] = base::cut(key, "/");
  if (!found || before != prefix) fail(complaint);
  return after;
}

// What a patch puts where nothing was: without nulls and directives. False where it is itself a
// directive and leaves nothing.
bool plain_part(const Value& patch, Value& out) {
  if (patch.is_list()) {
    Items items;
    for (const Value& item : patch.items()) {
      Value kept;
      if (plain_part(item, kept)) items.push_back(std::move(kept));
    }
    out = Value::list(std::move(items));
    return true;
  }
  if (!patch.is_map()) {
    out = patch;
    return true;
  }
  if (patch.has(kDirective)) return false;
  std::vector<Entry> entries;
  for (const Entry& entry : patch.entries()) {
    if (entry.value.is_null() || is_directive(entry.key)) continue;
    Value kept;
    if (plain_part(entry.value, kept)) entries.push_back({entry.key, std::move(kept)});
  }
  out = Value::map(std::move(entries));
  return true;
}

void put(Value& original, std::string_view key, const Value& patch) {
  Value kept;
  if (plain_part(patch, kept))
    original.set(key, std::move(kept));
  else
    original.erase(key);
}

Value merge_map(Value original, Value patch, const PatchSchema* schema);

// Where Kubernetes takes a part of the patch as it is, the typed object that it decodes the result
// into has no place for directives and nulls.
Value decoded(const Value& patch) {
  if (patch.is_list()) {
    Items items;
    for (const Value& item : patch.items()) items.push_back(decoded(item));
    return Value::list(std::move(items));
  }
  if (!patch.is_map()) return patch;
  std::vector<Entry> entries;
  for (const Entry& entry : patch.entries())
    if (!entry.value.is_null() && !is_directive(entry.key))
      entries.push_back({entry.key, decoded(entry.value)});
  return Value::map(std::move(entries));
}

Value replaced_or_deleted(const Value& patch) {
  const Value& directive = patch[kDirective];
  if (directive.text() == "delete") return Value::map();
  if (directive.text() != "replace")
    fail("unknown patch type: " + go_text(directive) + " in map: " + go_text(patch));
  return decoded(patch);
}

// Clears what the directive does not name.
void retain_keys(Value& original, Value& patch) {
  if (!patch.has(kRetainKeys)) return;
  const std::string complaint = "invalid patch format of retainKeys";
  Value list = patch[kRetainKeys];
  patch.erase(kRetainKeys);
  if (!list.is_list()) fail(complaint);
  auto named = [&](std::string_view key) {
    return std::any_of(list.items().begin(), list.items().end(),
                       [&](const Value& v) { return v.is_string() && v.text() == key; });
  };
  for (const Entry& entry : patch.entries())
    if (!entry.value.is_null() && !is_parallel(entry.key) && !named(entry.key)) fail(complaint);
  Value kept = Value::map();
  for (const Entry& entry : original.entries())
    if (named(entry.key)) kept.set(entry.key, entry.value);
  original = kept;
}

// Applies items with a $patch directive and leaves the others in `patch`.
void apply_special_items(Items& original, Items& patch, const std::string& merge_key) {
  Items rest;
  bool replace = false;
  for (const Value& item : patch) {
    if (!item.has(kDirective)) {
      rest.push_back(item);
      continue;
    }
    const std::string& directive = item[kDirective].text();
    if (directive == "delete") {
      require_merge_key({item}, merge_key);
      std::erase_if(original, [&](const Value& o) {
        return o.has(merge_key) && o[merge_key] == item[merge_key];
      });
    } else if (directive == "replace") {
      replace = true;
    } else if (directive == "merge") {
      fail("merging lists cannot yet be specified in the patch");
    } else {
      fail("unknown patch type: " + go_text(item[kDirective]) + " in map: " + go_text(item));
    }
  }
  if (replace) {
    original = items_of(decoded(Value::list(std::move(rest))));
    rest.clear();
  }
  patch = std::move(rest);
}

Items merge_maps_of_list(Items original, const Items& patch, const Field& field) {
  for (const Value& item : patch) {
    require_merge_key({item}, field.merge_key);
    size_t at = find_item(original, item, field.merge_key);
    if (at < original.size())
      original[at] = merge_map(original[at], item, field.schema.get());
    else
      original.push_back(item);
  }
  return original;
}

Items merge_list(Items original, Items patch, const Field& field, bool deletions) {
  Kind kind = Kind::kNull;
  if (!item_kind(original, patch, kind)) return original;
  if (kind == Kind::kMap) {
    if (field.merge_key.empty()) fail("cannot merge lists without merge key");
    apply_special_items(original, patch, field.merge_key);
    Items merged = merge_maps_of_list(original, patch, field);
    require_merge_key(merged, field.merge_key);
    for (Value& item : merged)
      if (find_item(original, item, field.merge_key) == original.size()) item = decoded(item);
    return ordered(merged, patch, original, field.merge_key);
  }
  if (deletions) {
    std::erase_if(original, [&](const Value& v) { return find_item(patch, v, "") < patch.size(); });
    return original;
  }
  Items merged;
  for (const Items* part : {&original, &patch})
    for (const Value& v : *part)
      if (find_item(merged, v, "") == merged.size()) merged.push_back(v);
  return ordered(merged, patch, original, "");
}

Items merge_field(const Value& original, const Value& patch, const Field& field, bool deletions) {
  if (field.merge || deletions)
    return merge_list(items_of(original), items_of(patch), field, deletions);
  return items_of(decoded(patch));
}

// The items of the patch must come in the order that the directive gives.
void check_order(const Items& patch, const Items& order, const std::string& merge_key) {
  if (patch.empty() || order.empty()) return;
  size_t at = 0;
  for (const Value& item : patch) {
    if (item.is_map() && item.has(kDirective)) continue;
    if (!merge_key.empty()) require_merge_key({item}, merge_key);
    while (at < order.size() && identity_of(order[at], merge_key) != identity_of(item, merge_key))
      ++at;
    if (at++ == order.size())
      fail("The order in patch list:\n" + go_text(Value::list(patch)) + "\n doesn't match " +
           std::string(kOrderPrefix) + " list:\n" + go_text(Value::list(order)) + "\n");
  }
}

void apply_order(Value& original, Value& patch, const Entry& directive, const PatchSchema* schema) {
  const std::string complaint = "invalid patch format of setElementOrder list";
  if (!directive.value.is_list()) fail(complaint);
  std::string key(target_of(directive.key, kOrderPrefix, complaint));
  Items order = items_of(directive.value);
  const Value live = original[key];
  const Value mine = patch[key];
  bool found_live = original.has(key);
  bool found_mine = patch.has(key);
  if ((found_live && !live.is_list()) || (found_mine && !mine.is_list())) fail(complaint);
  if (!found_live && !found_mine) return;
  Field field = field_of(schema, key);
  if (!field.merge_key.empty()) require_merge_key(order, field.merge_key);
  check_order(items_of(mine), order, field.merge_key);

  Items merged = items_of(live);
  if (!found_live) {
    Value kept;
    plain_part(mine, kept);
    merged = items_of(kept);
  } else if (found_mine) {
    merged = merge_field(live, mine, field, false);
  }
  Kind kind = Kind::kNull;
  if (!item_kind(items_of(live), items_of(mine), kind))
    fail("no elements in any of the given slices");
  if (!field.merge_key.empty()) require_merge_key(merged, field.merge_key);
  original.set(key, Value::list(ordered(merged, order, items_of(live), field.merge_key)));
  patch.erase(key);
}

void apply_orders(Value& original, Value& patch, const PatchSchema* schema) {
  std::vector<Entry> directives;
  for (const Entry& entry : patch.entries())
    if (entry.key.starts_with(kOrderPrefix)) directives.push_back(entry);
  for (const Entry& directive : directives) {
    patch.erase(directive.key);
    apply_order(original, patch, directive, schema);
  }
}

void merge_entry(Value& original, const Entry& entry, const PatchSchema* schema) {
  bool deletions = entry.key.starts_with(kDeletePrefix);
  std::string_view key = entry.key;
  if (deletions) key = target_of(key, kDeletePrefix, "invalid patch format of primitive list");
  const Value& patch = entry.value;
  if (patch.is_null()) {
    original.erase(key);
    return;
  }
  const Value current = original[key];
  bool same_kind = (current.is_map() && patch.is_map()) || (current.is_list() && patch.is_list());
  if (!same_kind) {
    if (!deletions) put(original, key, patch);
    return;
  }
  Field field = field_of(schema, key);
  if (patch.is_list())
    original.set(key, Value::list(merge_field(current, patch, field, deletions)));
  else
    original.set(key,
                 field.replace ? decoded(patch) : merge_map(current, patch, field.schema.get()));
}

Value merge_map(Value original, Value patch, const PatchSchema* schema) {
  if (patch.has(kDirective)) return replaced_or_deleted(patch);
  if (original.is_null()) original = Value::map();
  retain_keys(original, patch);
  apply_orders(original, patch, schema);
  for (const Entry& entry : patch.entries()) merge_entry(original, entry, schema);
  return original;
}

}  // namespace

Value strategic_merge_patch(const Value& target, const Value& patch, const PatchSchema* schema) {
  if (!patch.is_map()) fail("invalid JSON document");
  return merge_map(target, patch, schema);
}

}  // namespace jibe::data
