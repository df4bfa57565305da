// dict, get, set, pick, dig, deepCopy …
#include <fmt/core.h>

#include "tmpl/format.h"
#include "tmpl/sprig_parts.h"

namespace jibe::tmpl {

namespace {

Any dict(CallContext&, Args a) {
  Ref<Map> map(new Map());
  for (size_t i = 0; i < a.size(); i += 2)
    map->set(strval(a[i]), i + 1 < a.size() ? a[i + 1] : Any(""));
  return Any(map);
}

Any get(CallContext&, Args a) {
  const Any* found = a[0].map().find(a[1].as_string());
  return found ? *found : Any("");
}

Any set(CallContext&, Args a) {
  a[0].map().set(a[1].as_string(), a[2]);
  return a[0];
}

Any unset(CallContext&, Args a) {
  a[0].map().erase(a[1].as_string());
  return a[0];
}

Any pluck(CallContext&, Args a) {
  std::vector<Any> out;
  for (const Any& map : a.subspan(1))
    if (const Any* found = map.map().find(a[0].as_string())) out.push_back(*found);
  return List::of(std::move(out));
}

// Go's order of keys is random; ours is sorted within each map.
Any keys(CallContext&, Args a) {
  std::vector<std::string> out;
  for (const Any& map : a)
    for (size_t i = 0; i < map.map().size(); ++i) out.emplace_back(map.map().key_at(i));
  return List::of_strings(out);
}

Any values(CallContext&, Args a) {
  std::vector<Any> out;
  for (size_t i = 0; i < a[0].map().size(); ++i) out.push_back(a[0].map().value_at(i));
  return List::of(std::move(out));
}

Any pick(CallContext&, Args a) {
  Ref<Map> out(new Map());
  for (const Any& key : a.subspan(1))
    if (const Any* found = a[0].map().find(key.as_string())) out->set(key.as_string(), *found);
  return Any(out);
}

Any omit(CallContext&, Args a) {
  Ref<Map> out(new Map());
  const Map& map = a[0].map();
  for (size_t i = 0; i < map.size(); ++i) {
    bool omitted = false;
    for (const Any& key : a.subspan(1)) omitted = omitted || key.as_string() == map.key_at(i);
    if (!omitted) out->set(map.key_at(i), map.value_at(i));
  }
  return Any(out);
}

[[noreturn]] void bad_assertion(const Any& any, std::string_view wanted) {
  if (any.is_nil())
    throw InvalidInput(fmt::format("interface conversion: interface {{}} is nil, not {}", wanted));
  throw InvalidInput(
      fmt::format("interface conversion: interface {{}} is {}, not {}", type_name(any), wanted));
}

const Map& asserted_map(const Any& any) {
  if (any.type() != &kAnyMap) bad_assertion(any, kAnyMap.name);
  return any.map();
}

Any dig(CallContext&, Args a) {
  if (a.size() < 3) throw InvalidInput("dig needs at least three arguments");
  Any here = a.back();
  asserted_map(here);
  Args path = a.first(a.size() - 2);
  for (const Any& key : path)
    if (!key.is_string()) bad_assertion(key, "string");
  for (const Any& key : path) {
    const Any* found = asserted_map(here).find(key.as_string());
    if (found == nullptr) return a[a.size() - 2];
    Any next = *found;
    here = std::move(next);
  }
  return here;
}

Any deep_copy(const Any& any, int depth) {
  constexpr int kMaxDepth = 1000;
  if (depth > kMaxDepth) throw InvalidInput("deepCopy error: the value contains itself");
  if (any.is_map() && !any.map().is_nil()) {
    const Map& map = any.map();
    Ref<Map> out(new Map(map.type()));
    for (size_t i = 0; i < map.size(); ++i)
      out->set(map.key_at(i), deep_copy(map.value_at(i), depth + 1));
    return Any(out);
  }
  if (any.is_list() && !any.list().is_nil()) {
    std::vector<Any> out;
    for (size_t i = 0; i < any.list().size(); ++i)
      out.push_back(deep_copy(any.list().at(i), depth + 1));
    return List::of(std::move(out), any.list().type());
  }
  return any;
}

}  // namespace

void add_dicts(FunctionTable& table) {
  table.add("dict", "any...", dict);
  table.add("get", "map, string", get);
  table.add("set", "map, string, any", set);
  table.add("unset", "map, string", unset);
  table.add("hasKey", "map, string",
            [](CallContext&, Args a) { return Any(a[0].map().find(a[1].as_string()) != nullptr); });
  table.add("pluck", "string, map...", pluck);
  table.add("keys", "map...", keys);
  table.add("values", "map", values);
  table.add("pick", "map, string...", pick);
  table.add("omit", "map, string...", omit);
  table.add("dig", "any...", dig);
  auto copy = [](CallContext&, Args a) {
    if (a[0].is_nil()) throw InvalidInput("reflect: call of reflect.Value.Type on zero Value");
    return deep_copy(a[0], 0);
  };
  table.add("deepCopy", "any", copy);
  table.add("mustDeepCopy", "any", copy);
}

}  // namespace jibe::tmpl
