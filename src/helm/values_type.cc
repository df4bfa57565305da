// common.Values: a map with methods that templates may call, as in `.Values.AsMap`.
#include "base/strings.h"
#include "data/yaml.h"
#include "helm/chart.h"
#include "helm/coalesce.h"
#include "tmpl/format.h"
#include "tmpl/function.h"

namespace jibe::helm {
namespace {

using tmpl::Any;
using tmpl::Map;
using tmpl::Signature;

// The same entries as a map of another type.
Any retyped(const Map& map, const tmpl::Type& type) {
  std::vector<tmpl::MapItem> items;
  items.reserve(map.size());
  for (size_t i = 0; i < map.size(); ++i)
    items.push_back({std::string(map.key_at(i)), map.value_at(i)});
  return Map::of(std::move(items), type);
}

const Map* table_or_null(const Map& map, std::string_view key) {
  const Any* found = map.find(key);
  return found != nullptr && found->is_map() ? &found->map() : nullptr;
}

const Map& table(const Map& values, std::string_view path) {
  const Map* here = &values;
  for (std::string_view key : base::split(path, '.')) {
    here = table_or_null(*here, key);
    if (here == nullptr) throw ChartError(tmpl::quote(key) + " is not a table");
  }
  return *here;
}

Any path_value(const Map& values, const std::string& path) {
  if (path.empty()) throw ChartError("YAML path cannot be empty");
  size_t dot = path.rfind('.');
  std::string key = dot == std::string::npos ? path : path.substr(dot + 1);
  const Map* parent = &values;
  try {
    if (dot != std::string::npos) parent = &table(values, path.substr(0, dot));
  } catch (const ChartError&) {
    parent = nullptr;
  }
  const Any* found = parent == nullptr ? nullptr : parent->find(key);
  if (found == nullptr || found->is_map()) throw ChartError(tmpl::quote(key) + " is not a value");
  return *found;
}

class ValuesMethods : public tmpl::MethodSet {
 public:
  const Signature* find(std::string_view name) const override {
    static const Signature kNone("");
    static const Signature kPath("string");
    static const Signature kWriter("io.Writer");
    if (name == "AsMap" || name == "YAML") return &kNone;
    if (name == "Table" || name == "PathValue") return &kPath;
    return name == "Encode" ? &kWriter : nullptr;
  }

  Any call(std::string_view method, const Any& receiver, std::span<Any> args) const override {
    const Map& values = receiver.map();
    if (method == "AsMap") return retyped(values, tmpl::kAnyMap);
    if (method == "YAML") return Any(data::to_yaml(tmpl::to_value(receiver)));
    const std::string& path = args[0].as_string();
    return method == "Table" ? retyped(table(values, path), kValuesType) : path_value(values, path);
  }
};

const ValuesMethods kValuesMethods;

}  // namespace

constinit const tmpl::Type kValuesType{tmpl::Kind::kMap, "common.Values", nullptr, true,
                                       &kValuesMethods};

}  // namespace jibe::helm
