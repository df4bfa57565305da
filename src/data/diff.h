// What differs between two values, field by field.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/path.h"
#include "data/value.h"

namespace jibe::data {

struct Difference {
  Path path;
  // The same for people: list items that were matched by a key are named by it,
  // "spec.containers[name=app].image".
  std::string where;
  // nullopt: absent on that side (a null is a value).
  std::optional<Value> before;
  std::optional<Value> after;
  bool operator==(const Difference&) const = default;
};

struct DiffOptions {
  // The key that matches the items of a list of maps ("name"), or "" to compare by position. Asked
  // with the list's path as Difference::where writes it. Unset: by position.
  std::function<std::string(std::string_view where)> list_key;
  // Paths (as Difference::where writes them) that are not compared, with everything below.
  std::function<bool(std::string_view where)> ignore;
};

// In the order of `before`, then what only `after` has. Paths of list items count in `after` where
// the item is there, else in `before`. The order of items that a key matches does not matter.
std::vector<Difference> diff(const Value& before, const Value& after,
                             const DiffOptions& options = {});

// "name" for every list whose items, in both trees, are maps with unique names.
DiffOptions match_by_name();

// One line each: "~ spec.replicas: 1 → 2", "+ metadata.labels.a: x", "- spec.paused: true"; long
// values are cut.
std::string render(const std::vector<Difference>& differences);

}  // namespace jibe::data
