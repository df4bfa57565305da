// list, first, rest, append, uniq, chunk …
#include <cmath>

#include "tmpl/builtins.h"
#include "tmpl/format.h"
#include "tmpl/sprig_parts.h"

namespace jibe::tmpl {

namespace {

bool in_list(const std::vector<Any>& haystack, const Any& needle) {
  for (const Any& item : haystack)
    if (deep_equal(needle, item)) return true;
  return false;
}

Any first(CallContext&, Args a) {
  std::vector<Any> items = list_items(a[0], "Cannot find first on type ");
  return items.empty() ? Any() : items.front();
}

Any last(CallContext&, Args a) {
  std::vector<Any> items = list_items(a[0], "Cannot find last on type ");
  return items.empty() ? Any() : items.back();
}

Any rest(CallContext&, Args a) {
  std::vector<Any> items = list_items(a[0], "Cannot find rest on type ");
  if (items.empty()) return List::nil();
  return List::of(std::vector<Any>(items.begin() + 1, items.end()));
}

Any initial(CallContext&, Args a) {
  std::vector<Any> items = list_items(a[0], "Cannot find initial on type ");
  if (items.empty()) return List::nil();
  items.pop_back();
  return List::of(std::move(items));
}

Any append(CallContext&, Args a) {
  std::vector<Any> items = list_items(a[0], "Cannot push on type ");
  items.push_back(a[1]);
  return List::of(std::move(items));
}

Any prepend(CallContext&, Args a) {
  std::vector<Any> items = list_items(a[0], "Cannot prepend on type ");
  items.insert(items.begin(), a[1]);
  return List::of(std::move(items));
}

Any reversed(CallContext&, Args a) {
  std::vector<Any> items = list_items(a[0], "Cannot find reverse on type ");
  return List::of(std::vector<Any>(items.rbegin(), items.rend()));
}

Any compact(CallContext&, Args a) {
  std::vector<Any> items = list_items(a[0], "Cannot compact on type ");
  std::erase_if(items, is_empty);
  return List::of(std::move(items));
}

Any uniq(CallContext&, Args a) {
  std::vector<Any> out;
  for (Any& item : list_items(a[0], "Cannot find uniq on type "))
    if (!in_list(out, item)) out.push_back(std::move(item));
  return List::of(std::move(out));
}

Any without(CallContext&, Args a) {
  std::vector<Any> omit(a.begin() + 1, a.end());
  std::vector<Any> out;
  for (Any& item : list_items(a[0], "Cannot find without on type "))
    if (!in_list(omit, item)) out.push_back(std::move(item));
  return List::of(std::move(out));
}

Any has(CallContext&, Args a) {
  if (a[1].is_nil()) return Any(false);
  return Any(in_list(list_items(a[1], "Cannot find has on type "), a[0]));
}

Any slice(CallContext&, Args a) {
  std::vector<Any> items = list_items(a[0], "list should be type of slice or array but ");
  if (items.empty()) return Any();
  auto size = static_cast<int64_t>(items.size());
  int64_t start = a.size() > 1 ? cast_int64(a[1]) : 0;
  int64_t end = a.size() > 2 ? cast_int64(a[2]) : size;
  if (start < 0 || start > end || end > size)
    throw InvalidInput("reflect.Value.Slice: slice index out of bounds");
  return List::of(std::vector<Any>(items.begin() + start, items.begin() + end),
                  plain(a[0]).list().type());
}

Any concat(CallContext&, Args a) {
  std::vector<Any> out;
  for (const Any& list : a) {
    if (list.is_nil())
      throw InvalidInput("runtime error: invalid memory address or nil pointer dereference");
    Any value = plain(list);
    if (!value.is_list())
      throw InvalidInput("Cannot concat type " + std::string(kind_name(list)) + " as list");
    for (Any& item : list_items(value, "")) out.push_back(std::move(item));
  }
  return out.empty() ? List::nil() : List::of(std::move(out));
}

Any chunk(CallContext&, Args a) {
  std::vector<Any> items = list_items(a[1], "Cannot chunk type ");
  int64_t size = a[0].as_int();
  if (size <= 0) {
    // Sprig computes the number of chunks without looking, which may come out as none.
    double count =
        std::floor((static_cast<double>(items.size()) - 1) / static_cast<double>(size)) + 1;
    if (count == 0) return List::of({}, kListOfLists);
    throw InvalidInput("runtime error: makeslice: len out of range");
  }
  std::vector<Any> out;
  for (size_t at = 0; at < items.size(); at += static_cast<size_t>(size)) {
    size_t end = std::min(items.size(), at + static_cast<size_t>(size));
    out.push_back(List::of(std::vector<Any>(items.begin() + static_cast<ptrdiff_t>(at),
                                            items.begin() + static_cast<ptrdiff_t>(end))));
  }
  return List::of(std::move(out), kListOfLists);
}

// Sprig has each of these twice: the plain form panics where the must form returns an error, and
// inside a template both end the same way.
void add_both(FunctionTable& table, const std::string& name, const char* signature,
              Any (*function)(CallContext&, Args)) {
  table.add(name, signature, function);
  std::string must = "must" + name;
  must[4] = static_cast<char>(toupper(must[4]));
  table.add(must, signature, function);
}

}  // namespace

void add_lists(FunctionTable& table) {
  auto list = [](CallContext&, Args a) { return List::of(std::vector<Any>(a.begin(), a.end())); };
  table.add("list", "any...", list);
  table.add("tuple", "any...", list);
  add_both(table, "first", "any", first);
  add_both(table, "last", "any", last);
  add_both(table, "rest", "any", rest);
  add_both(table, "initial", "any", initial);
  add_both(table, "append", "any, any", append);
  add_both(table, "push", "any, any", append);
  add_both(table, "prepend", "any, any", prepend);
  add_both(table, "reverse", "any", reversed);
  add_both(table, "compact", "any", compact);
  add_both(table, "uniq", "any", uniq);
  add_both(table, "without", "any, any...", without);
  add_both(table, "has", "any, any", has);
  add_both(table, "slice", "any, any...", slice);
  add_both(table, "chunk", "int, any", chunk);
  table.add("concat", "any...", concat);
}

}  // namespace jibe::tmpl
