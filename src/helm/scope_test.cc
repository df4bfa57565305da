#include "helm/scope.h"

#include <gtest/gtest.h>

#include "helm/test_charts.h"
#include "helm/values.h"

namespace jibe::helm {
namespace {

tmpl::Map* values_of(const Renderable& item) {
  return &item.scope->find("Values")->map();
}

// However many templates there are, there is one tree of values, and it is the one that was given:
// a subchart's is the part of it, not a copy.
TEST(Scope, NoTemplateHasACopyOfTheValues) {
  ChartPtr chart = load_chart_files({chart_yaml("c"),
                                     {"values.yaml", "big: {a: [1, 2]}\nsub: {x: 1}\n"},
                                     {"templates/a.yaml", "a"},
                                     {"templates/b.yaml", "b"},
                                     {"charts/sub/Chart.yaml", chart_yaml("sub").data},
                                     {"charts/sub/templates/s.yaml", "s"}});
  std::vector<std::string> warnings;
  data::Value given = read_values("big: {b: 3}");
  ResolvedChart resolved = resolve_dependencies(*chart, given, warnings);
  Table values = coalesce_values(resolved, given, NullRule::kCoalesce, warnings);
  RenderOptions options;
  auto templates = make_scopes(resolved, values, options);
  ASSERT_EQ(templates.size(), 3u);
  for (const Renderable& item : templates) {
    bool below = item.name.starts_with("c/charts/");
    EXPECT_EQ(values_of(item), below ? &values->find("sub")->map() : values.get()) << item.name;
  }
  // The texts are the chart's own, too.
  EXPECT_EQ(templates.back().text, &chart->templates.front().data);
}

}  // namespace
}  // namespace jibe::helm
