#include "helm/coalesce.h"

#include "base/strings.h"
#include "tmpl/format.h"

namespace jibe::helm {
namespace {

using tmpl::Any;
using tmpl::Map;

constexpr std::string_view kGlobal = "global";

std::string joined(const std::string& prefix, std::string_view key) {
  return prefix.empty() ? std::string(key) : fmt::format("{}.{}", prefix, key);
}

// A copy of the keys: the walks below write to the maps that they walk.
std::vector<std::string> keys_of(const Map& map) {
  std::vector<std::string> keys;
  for (size_t i = 0; i < map.size(); ++i) keys.emplace_back(map.key_at(i));
  return keys;
}

Table as_table(const Any& any) {
  return any.is_map() ? Table(&any.map()) : Table();
}

Any element(Table table) {
  return Any(std::move(table)).with_boxed(true);
}

// The same children in a new map.
Table shallow_copy(const Map& map) {
  Table copy(new Map());
  for (size_t i = 0; i < map.size(); ++i) copy->set(map.key_at(i), map.value_at(i));
  return copy;
}

void remove_nulls(Map& map) {
  for (const std::string& key : keys_of(map)) {
    const Any* value = map.find(key);
    if (value->is_nil()) {
      map.erase(key);
    } else if (value->is_map()) {
      remove_nulls(value->map());
    }
  }
}

class Coalescer {
 public:
  Coalescer(NullRule rule, Warnings& warnings) : rule_(rule), warnings_(warnings) {}

  void chart(const ResolvedChart& chart, const Table& into, const std::string& prefix) {
    defaults(chart, into, prefix);
    for (const ResolvedChart& child : chart.dependencies) {
      const Any* found = into->find(child.name());
      if (found == nullptr) {
        into->set(child.name(), element(Table(new Map())));
      } else if (!found->is_map()) {
        throw ChartError(fmt::format("type mismatch on {}: {}", child.name(),
                                     tmpl::sprintf("%t", std::span(found, 1))));
      }
      Table table = table_at(*into, child.name());
      std::string child_prefix = joined(prefix, chart.name());
      globals(table, into, child_prefix);
      this->chart(child, table, child_prefix);
    }
  }

  void tables(const Table& into, const Table& from, const std::string& prefix, bool merge) {
    std::vector<std::string> given;
    for (const std::string& key : keys_of(*from)) {
      if (!from->find(key)->is_nil()) given.push_back(key);
    }
    for (const std::string& key : keys_of(*into)) {
      if (into->find(key)->is_nil()) from->set(key, Any().with_boxed(true));
    }
    for (const std::string& key : keys_of(*from)) {
      Any value = *from->find(key);
      const Any* present = into->find(key);
      if (present == nullptr) {
        into->set(key, value);
      } else if (!merge && present->is_nil() &&
                 std::binary_search(given.begin(), given.end(), key)) {
        into->erase(key);
      } else if (value.is_map() && present->is_map()) {
        tables(as_table(*present), as_table(value), joined(prefix, key), merge);
      } else if (value.is_map()) {
        warn(fmt::format("warning: cannot overwrite table with non table for {} ({})",
                         joined(prefix, key), tmpl::to_text(value)));
      } else if (present->is_map() && !value.is_nil()) {
        warn(fmt::format("warning: destination for {} is a table. Ignoring non-table value ({})",
                         joined(prefix, key), tmpl::to_text(value)));
      }
    }
  }

 private:
  bool merging() const { return rule_ == NullRule::kMerge; }
  void warn(std::string text) { warnings_.push_back(std::move(text)); }

  // The chart's own values.yaml below what is already there.
  void defaults(const ResolvedChart& chart, const Table& into, const std::string& prefix) {
    std::string own = joined(prefix, chart.name());
    Table values(new Map(chart.values));
    for (const std::string& key : keys_of(*values)) {
      Any value = *values->find(key);
      if (const Any* present = into->find(key)) {
        present_default(chart, into, key, *present, value, own);
        continue;
      }
      // A null default must not hide a global.
      if (!merging()) {
        if (value.is_nil()) continue;
        if (value.is_map()) remove_nulls(value.map());
      }
      into->set(key, value);
    }
  }

  void present_default(const ResolvedChart& chart, const Table& into, const std::string& key,
                       const Any& present, const Any& value, const std::string& prefix) {
    if (present.is_nil() && !merging()) {
      into->erase(key);
    } else if (present.is_map() && value.is_map()) {
      // Nulls for a subchart are kept until its own defaults have been seen.
      bool merge = merging() || has_child(chart, key);
      if (!merge) remove_nulls(value.map());
      tables(as_table(present), as_table(value), joined(prefix, key), merge);
    } else if (present.is_map() && !value.is_nil()) {
      warn(fmt::format("warning: skipped value for {}.{}: Not a table.", prefix, key));
    }
  }

  static bool has_child(const ResolvedChart& chart, const std::string& name) {
    for (const ResolvedChart& child : chart.dependencies) {
      if (child.name() == name) return true;
    }
    return false;
  }

  // The parent's globals into the child's values; the parent has precedence.
  void globals(const Table& child, const Table& parent, const std::string& prefix) {
    const Any* to = child->find(kGlobal);
    const Any* from = parent->find(kGlobal);
    if (to != nullptr && !to->is_map()) {
      warn("warning: skipping globals because destination global is not a table.");
      return;
    }
    if (from != nullptr && !from->is_map()) {
      warn("warning: skipping globals because source global is not a table.");
      return;
    }
    Table target = to == nullptr ? Table(new Map()) : as_table(*to);
    Table source = from == nullptr ? Table(new Map()) : as_table(*from);
    for (const std::string& key : keys_of(*source)) {
      global_value(*target, key, *source->find(key), prefix);
    }
    child->set(kGlobal, element(target));
  }

  void global_value(Map& target, const std::string& key, const Any& value,
                    const std::string& prefix) {
    const Any* present = target.find(key);
    if (!value.is_map()) {
      if (present != nullptr && present->is_map()) {
        warn(fmt::format("key {} is table. Skipping", key));
      } else {
        target.set(key, value);
      }
      return;
    }
    Table copy = shallow_copy(value.map());
    if (present != nullptr && !present->is_map()) {
      warn(fmt::format("Conflict: cannot merge map onto non-map for {}. Skipping.",
                       tmpl::quote(key)));
      return;
    }
    if (present != nullptr) tables(copy, as_table(*present), joined(prefix, key), true);
    target.set(key, element(copy));
  }

  NullRule rule_;
  Warnings& warnings_;
};

}  // namespace

Table coalesce_values(const ResolvedChart& chart, const data::Value& user_values, NullRule rule,
                      Warnings& warnings) {
  Table into(new Map(user_values, kValuesType));
  Coalescer(rule, warnings).chart(chart, into, "");
  return into;
}

void coalesce_tables(const Table& into, const Table& from, NullRule rule, Warnings& warnings) {
  Coalescer(rule, warnings).tables(into, from, "", rule == NullRule::kMerge);
}

Table table_at(const tmpl::Map& map, std::string_view key) {
  const Any* found = map.find(key);
  return found == nullptr ? Table() : as_table(*found);
}

Table table_at_path(const Table& map, std::string_view path) {
  Table table = map;
  for (std::string_view key : base::split(path, '.')) {
    if (table) table = table_at(*table, key);
  }
  return table;
}

}  // namespace jibe::helm
