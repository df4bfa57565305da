#include "data/strategic_list.h"

#include <algorithm>

#include "data/json.h"

namespace jibe::data {

namespace {

void sort_by(Items& items, const Items& order, const std::string& merge_key) {
  std::stable_sort(items.begin(), items.end(), [&](const Value& a, const Value& b) {
    return find_item(order, a, merge_key) < find_item(order, b, merge_key);
  });
}

std::string_view go_kind(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      return "%!s(<nil>)";
    case Kind::kBool:
      return "bool";
    case Kind::kInt:
      return "int64";
    case Kind::kDouble:
      return "float64";
    case Kind::kString:
      return "string";
    case Kind::kList:
      return "[]interface {}";
    case Kind::kMap:
      return "map[string]interface {}";
  }
  return "";
}

}  // namespace

std::string go_text(const Value& value) {
  if (value.is_string()) return value.text();
  if (value.is_null()) return "<nil>";
  if (value.is_double()) return go_number(value.as_double());
  std::string out;
  auto separate = [&] {
    if (!out.empty()) out += ' ';
  };
  for (const Value& item : value.items()) {
    separate();
    out += go_text(item);
  }
  for (const Entry& entry : value.entries()) {
    separate();
    out += entry.key + ":" + go_text(entry.value);
  }
  if (value.is_list()) return "[" + out + "]";
  return value.is_map() ? "map[" + out + "]" : to_json(value);
}

const Value& identity_of(const Value& item, const std::string& merge_key) {
  return merge_key.empty() ? item : item[merge_key];
}

size_t find_item(const Items& items, const Value& wanted, const std::string& merge_key) {
  const Value& identity = identity_of(wanted, merge_key);
  for (size_t i = 0; i < items.size(); ++i)
    if (identity_of(items[i], merge_key) == identity) return i;
  return items.size();
}

bool item_kind(const Items& a, const Items& b, Kind& found) {
  bool any = false;
  for (const Items* items : {&a, &b}) {
    for (const Value& item : *items) {
      if (item.is_list()) throw base::InvalidInput("lists of lists are not supported");
      if (any && item.kind() != found)
        throw base::InvalidInput("list element types are not identical: [" +
                                 go_text(Value::list(a)) + " " + go_text(Value::list(b)) + "]");
      found = item.kind();
      any = true;
    }
  }
  return any;
}

void require_merge_key(const Items& items, const std::string& merge_key) {
  for (const Value& item : items) {
    if (!item.is_map())
      throw base::InvalidInput("expected a map[string]interface {}, but received a " +
                               std::string(go_kind(item)));
    if (!item.has(merge_key))
      throw base::InvalidInput("map: " + go_text(item) +
                               " does not contain declared merge key: " + merge_key);
  }
}

Items ordered(const Items& merged, const Items& listed, const Items& live,
              const std::string& merge_key) {
  Items mine;
  Items others;
  for (const Value& item : merged)
    (find_item(listed, item, merge_key) < listed.size() ? mine : others).push_back(item);
  sort_by(mine, listed, merge_key);
  sort_by(others, live, merge_key);

  Items out;
  size_t i = 0;
  size_t j = 0;
  while (i < others.size() || j < mine.size()) {
    bool take_other = j >= mine.size();
    if (i < others.size() && j < mine.size()) {
      size_t left = find_item(live, others[i], merge_key);
      size_t right = find_item(live, mine[j], merge_key);
      take_other = left < right && right < live.size();
    }
    out.push_back(take_other ? others[i++] : mine[j++]);
  }
  return out;
}

}  // namespace jibe::data
