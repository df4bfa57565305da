#include "helm/dependencies.h"

#include <set>

#include "base/strings.h"
#include "helm/coalesce.h"
#include "helm/semver.h"
#include "tmpl/format.h"
#include "tmpl/unicode.h"

namespace jibe::helm {
namespace {

using data::Value;

ResolvedChart unresolved(const Chart& chart) {
  ResolvedChart out{&chart, chart.metadata, chart.values, {}};
  for (const ChartPtr& child : chart.dependencies) out.dependencies.push_back(unresolved(*child));
  return out;
}

// Values.PathValue: a value that is there and is no table.
const Value* value_at(const Value& values, std::string_view path) {
  const Value* at = &values;
  for (std::string_view key : base::split(path, '.')) {
    at = at->find(key);
    if (at == nullptr) return nullptr;
  }
  return at->is_map() ? nullptr : at;
}

// Which dependencies a release switches on.
class Switches {
 public:
  Switches(const Value& values, Warnings& warnings) : values_(values), warnings_(warnings) {}

  void apply_tags(Dependency& dependency) {
    const Value& tags = values_["tags"];
    bool on = false;
    bool off = false;
    for (const std::string& tag : dependency.tags) {
      const Value* value = tags.find(tag);
      if (value == nullptr) continue;
      if (!value->is_bool()) {
        warn(fmt::format("returned non-bool value tag={} chart={}", tag, dependency.name));
        continue;
      }
      (value->as_bool() ? on : off) = true;
    }
    dependency.enabled = on || !off;
  }

  // The first condition that is a boolean decides, over the tags.
  void apply_conditions(Dependency& dependency, const std::string& path) {
    std::string_view conditions = tmpl::trim_space(dependency.condition);
    for (std::string_view condition : base::split(conditions, ',')) {
      if (condition.empty()) continue;
      const Value* value = value_at(values_, path + std::string(condition));
      if (value == nullptr) continue;
      if (value->is_bool()) {
        dependency.enabled = value->as_bool();
        return;
      }
      warn(fmt::format("returned non-bool value path={} chart={}", condition, dependency.name));
    }
  }

 private:
  void warn(std::string text) { warnings_.push_back(std::move(text)); }

  const Value& values_;
  Warnings& warnings_;
};

bool lists(const Metadata& metadata, const ResolvedChart& child) {
  for (const Dependency& dependency : metadata.dependencies) {
    if (child.name() == dependency.name &&
        is_compatible(dependency.version, child.metadata.version)) {
      return true;
    }
  }
  return false;
}

// Charts that Chart.yaml does not list stay; each listed one comes once per entry, under its alias.
std::vector<ResolvedChart> instantiate(ResolvedChart& parent) {
  std::vector<ResolvedChart> out;
  for (const ResolvedChart& child : parent.dependencies) {
    if (!lists(parent.metadata, child)) out.push_back(child);
  }
  for (Dependency& dependency : parent.metadata.dependencies) {
    for (const ResolvedChart& child : parent.dependencies) {
      if (child.name() != dependency.name ||
          !is_compatible(dependency.version, child.metadata.version)) {
        continue;
      }
      out.push_back(child);
      if (!dependency.alias.empty()) out.back().metadata.name = dependency.alias;
      break;
    }
    if (!dependency.alias.empty()) dependency.name = dependency.alias;
  }
  return out;
}

void enable(ResolvedChart& parent, const Value& values, const std::string& path,
            Warnings& warnings) {
  if (!parent.metadata.lists_dependencies) return;
  parent.dependencies = instantiate(parent);
  Value all =
      tmpl::to_value(tmpl::Any(coalesce_values(parent, values, NullRule::kCoalesce, warnings)));
  Switches switches(all, warnings);
  std::set<std::string> off;
  for (Dependency& dependency : parent.metadata.dependencies) {
    switches.apply_tags(dependency);
    switches.apply_conditions(dependency, path);
    if (!dependency.enabled) off.insert(dependency.name);
  }
  std::erase_if(parent.dependencies,
                [&off](const ResolvedChart& child) { return off.contains(child.name()); });
  std::erase_if(parent.metadata.dependencies,
                [&off](const Dependency& dependency) { return off.contains(dependency.name); });
  // A chart whose dependencies are all off lists none, as a nil slice in Helm.
  parent.metadata.lists_dependencies = !parent.metadata.dependencies.empty();
  for (ResolvedChart& child : parent.dependencies) {
    enable(child, all, path + child.name() + ".", warnings);
  }
}

Table nested_under(std::string_view path, Table table) {
  if (path == ".") return table;
  std::vector<std::string_view> keys = base::split(path, '.');
  for (size_t i = keys.size(); i-- > 0;) {
    Table outer(new tmpl::Map());
    outer->set(keys[i], tmpl::Any(std::move(table)).with_boxed(true));
    table = std::move(outer);
  }
  return table;
}

// Both ends of one import-values item.
struct Import {
  std::string child;
  std::string parent;
};

std::optional<Import> read_import(const Value& item) {
  if (item.is_string()) return Import{"exports." + item.as_string(), "."};
  if (!item.is_map()) return std::nullopt;
  return Import{tmpl::to_text(tmpl::Any::from(item["child"])),
                tmpl::to_text(tmpl::Any::from(item["parent"]))};
}

void import_values(ResolvedChart& parent, Warnings& warnings) {
  for (ResolvedChart& child : parent.dependencies) import_values(child, warnings);
  if (!parent.metadata.lists_dependencies) return;
  Table values = coalesce_values(parent, Value::map(), NullRule::kMerge, warnings);
  Table imported(new tmpl::Map());
  for (Dependency& dependency : parent.metadata.dependencies) {
    std::vector<Value> pairs;
    for (const Value& item : dependency.import_values) {
      std::optional<Import> import = read_import(item);
      if (!import) continue;
      pairs.push_back(Value::map({{"child", import->child}, {"parent", import->parent}}));
      Table table = table_at_path(values, dependency.name + "." + import->child);
      if (!table) {
        warnings.push_back(
            fmt::format("ImportValues missing table from chart chart={}", dependency.name));
        continue;
      }
      coalesce_tables(imported, nested_under(import->parent, table), NullRule::kMerge, warnings);
    }
    dependency.import_values = std::move(pairs);
  }
  // What the parent says itself wins over what it imports.
  Table merged(new tmpl::Map(tmpl::to_value(tmpl::Any(values))));
  coalesce_tables(merged, imported, NullRule::kMerge, warnings);
  parent.values = tmpl::to_value(tmpl::Any(merged));
}

}  // namespace

ResolvedChart resolve_dependencies(const Chart& chart, const Value& user_values,
                                   std::vector<std::string>& warnings) {
  ResolvedChart root = unresolved(chart);
  enable(root, user_values, "", warnings);
  import_values(root, warnings);
  return root;
}

void check_dependencies(const Chart& chart) {
  std::vector<std::string> missing;
  for (const Dependency& dependency : chart.metadata.dependencies) {
    bool found = std::any_of(
        chart.dependencies.begin(), chart.dependencies.end(),
        [&dependency](const ChartPtr& child) { return child->name() == dependency.name; });
    if (!found) missing.push_back(dependency.name);
  }
  if (missing.empty()) return;
  throw ChartError(
      "an error occurred while checking for chart dependencies. You may need to run 'helm "
      "dependency build' to fetch missing dependencies: found in Chart.yaml, but missing in "
      "charts/ directory: " +
      base::join(missing, ", "));
}

}  // namespace jibe::helm
