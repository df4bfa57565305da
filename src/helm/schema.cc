#include "helm/schema.h"

#include "helm/json_schema.h"
#include "helm/render_cache.h"

namespace jibe::helm {
namespace {

using data::Value;

std::string check(RenderCache& cache, const std::string& schema, const Value& values) {
  try {
    std::string violations = cache.schema(schema)->check(values);
    return violations.empty() ? violations : violations + "\n";
  } catch (const base::InvalidInput& error) {
    return error.what();
  }
}

std::string go_type(const Value& value) {
  if (value.is_bool()) return "bool";
  if (value.is_string()) return "string";
  if (value.is_list()) return "[]interface {}";
  return value.is_int() ? "int64" : "float64";
}

void collect(RenderCache& cache, const ResolvedChart& chart, const Value& values,
             std::string& out) {
  if (chart.chart->schema) {
    std::string found = check(cache, *chart.chart->schema, values);
    if (!found.empty()) out += chart.name() + ":\n" + found;
  }
  for (const ResolvedChart& child : chart.dependencies) {
    const Value& below = values[child.name()];
    if (below.is_null()) continue;
    if (below.is_map()) {
      collect(cache, child, below, out);
    } else {
      out += fmt::format("{}:\ninvalid type for values: expected object (map), got {}\n",
                         child.name(), go_type(below));
    }
  }
}

}  // namespace

void validate_values(const ResolvedChart& chart, const Value& values) {
  std::string violations;
  RenderCache fresh;
  RenderCache* kept = chart.chart->cache.get();
  collect(kept ? *kept : fresh, chart, values, violations);
  if (violations.empty()) return;
  throw ChartError(
      "values don't meet the specifications of the schema(s) in the following chart(s):\n" +
      violations);
}

}  // namespace jibe::helm
