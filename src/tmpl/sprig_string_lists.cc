// Between strings and lists of strings.
#include <algorithm>

#include "base/strings.h"
#include "tmpl/builtins.h"
#include "tmpl/sprig_parts.h"

namespace jibe::tmpl {

namespace {

// {"_0": first, "_1": second, …}
Any numbered(const std::vector<std::string>& parts) {
  std::vector<MapItem> items;
  for (size_t i = 0; i < parts.size(); ++i) items.push_back({"_" + std::to_string(i), parts[i]});
  return Map::of(std::move(items), kStringMap);
}

Any sort_alpha(const Any& any) {
  Any list = plain(any);
  if (!list.is_list()) return List::of_strings({strval(any)});
  if (list.type() == &kStringList) {
    // As in Sprig, a []string is sorted in place.
    auto& items = list.list().edit();
    std::sort(items.begin(), items.end(),
              [](const Any& a, const Any& b) { return a.as_string() < b.as_string(); });
    return list;
  }
  std::vector<std::string> texts = strslice(list);
  std::sort(texts.begin(), texts.end());
  return List::of_strings(texts);
}

}  // namespace

void add_string_lists(FunctionTable& table) {
  table.add("split", "string, string", [](CallContext&, Args a) {
    return numbered(go_split(a[1].as_string(), a[0].as_string(), -1));
  });
  table.add("splitn", "string, int, string", [](CallContext&, Args a) {
    return numbered(go_split(a[2].as_string(), a[0].as_string(), a[1].as_int()));
  });
  table.add("splitList", "string, string", [](CallContext&, Args a) {
    return List::of_strings(go_split(a[1].as_string(), a[0].as_string(), -1));
  });
  table.add("toStrings", "any", [](CallContext&, Args a) {
    if (a[0].type() == &kStringList) return a[0];
    return List::of_strings(strslice(a[0]));
  });
  table.add("join", "string, any",
            [](CallContext&, Args a) { return Any(base::join(strslice(a[1]), a[0].as_string())); });
  table.add("sortAlpha", "any", [](CallContext&, Args a) { return sort_alpha(a[0]); });
}

}  // namespace jibe::tmpl
