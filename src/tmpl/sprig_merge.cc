// merge and mergeOverwrite with the rules of dario.cat/mergo 1.0: what is empty in the destination
// is filled (or, overwriting, everything the source has replaces it), maps merge recursively and in
// place, lists are taken whole, and what is taken is shared with the source, not copied.
#include "tmpl/sprig_parts.h"

namespace jibe::tmpl {

namespace {

constexpr int kMaxDepth = 1000;

bool is_struct(const Any& any) {
  return any.is_host() && any.type()->kind == Kind::kStruct;
}

bool mergo_empty(const Any& any) {
  return !is_struct(any) && is_empty(any);
}

void merge_entry(Map& to, std::string_view key, const Any& value, bool overwrite, int depth);

void merge_maps(Map& to, const Map& from, bool overwrite, int depth) {
  if (depth > kMaxDepth) throw InvalidInput("the maps to merge contain themselves");
  if (&to == &from) return;
  for (size_t i = 0; i < from.size(); ++i)
    merge_entry(to, from.key_at(i), from.value_at(i), overwrite, depth);
}

void merge_entry(Map& to, std::string_view key, const Any& value, bool overwrite, int depth) {
  if (value.is_nil()) {
    if (overwrite) to.set(key, value);
    return;
  }
  const Any* found = to.find(key);
  Any before = found ? *found : Any();
  bool both_maps = before.is_map() && value.is_map();
  // A nil destination map inside is no place to merge into.
  if (both_maps && !before.map().is_nil())
    merge_maps(before.map(), value.map(), overwrite, depth + 1);
  bool filled = found != nullptr && !mergo_empty(before);
  if (value.is_list() && overwrite) {
    to.set(key, value);
    return;
  }
  if (filled && (value.is_list() || both_maps)) return;
  if (overwrite || !filled) to.set(key, value);
}

Any merge_all(Args a, bool overwrite) {
  Any to = a[0];
  for (const Any& from : a.subspan(1)) {
    if (to.map().is_nil() && !from.map().is_nil()) to = Any(Ref<Map>(new Map()));
    if (to.map().is_nil()) continue;
    merge_maps(to.map(), from.map(), overwrite, 0);
  }
  return to;
}

}  // namespace

void add_merges(FunctionTable& table) {
  for (bool overwrite : {false, true}) {
    auto merge = [overwrite](CallContext&, Args a) { return merge_all(a, overwrite); };
    table.add(overwrite ? "mergeOverwrite" : "merge", "map, map...", merge);
    table.add(overwrite ? "mustMergeOverwrite" : "mustMerge", "map, map...", merge);
  }
}

}  // namespace jibe::tmpl
