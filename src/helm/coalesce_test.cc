#include "helm/coalesce.h"

#include <gmock/gmock.h>

#include "data/json.h"
#include "data/yaml.h"
#include "helm/test_charts.h"
#include "helm/values.h"

namespace jibe::helm {
namespace {

using data::Value;
using testing::ElementsAre;
using testing::HasSubstr;

// What a template of the root chart sees as .Values.
Value seen(const ChartPtr& chart, std::string_view user, std::vector<std::string>* said = nullptr) {
  std::vector<std::string> warnings;
  Value values = read_values(user);
  ResolvedChart resolved = resolve_dependencies(*chart, values, warnings);
  Table table = coalesce_values(resolved, values, NullRule::kCoalesce, warnings);
  if (said != nullptr) *said = warnings;
  return tmpl::to_value(tmpl::Any(table));
}

std::string json(const Value& value) {
  return data::to_json(value);
}

ChartPtr one_chart(const std::string& values) {
  return load_chart_files({chart_yaml("c"), {"values.yaml", values}});
}

ChartPtr with_sub(const std::string& values, const std::string& sub_values,
                  const std::string& more = "") {
  return load_chart_files({chart_yaml("c", more),
                           {"values.yaml", values},
                           {"charts/sub/Chart.yaml", chart_yaml("sub").data},
                           {"charts/sub/values.yaml", sub_values}});
}

TEST(Coalesce, UserWinsAndTablesMerge) {
  EXPECT_EQ(json(seen(one_chart("a: 1\nb: {c: 1, d: [1]}"), "b: {d: [2], e: 3}")),
            R"({"a":1,"b":{"c":1,"d":[2],"e":3}})");
}

TEST(Coalesce, NullOfTheUserDeletesTheDefault) {
  EXPECT_EQ(json(seen(one_chart("a: 1\nb: {c: 1, d: 2}"), "a: null\nb: {c: null}")),
            R"({"b":{"d":2}})");
}

TEST(Coalesce, NullOfTheChartIsAbsent) {
  EXPECT_EQ(json(seen(one_chart("a: null\nb: {c: null, d: {e: null}}"), "")), R"({"b":{"d":{}}})");
  EXPECT_EQ(json(seen(one_chart("b: {c: null}"), "b: {x: 1}")), R"({"b":{"x":1}})");
}

// A null for a key that the chart does not have stays.
TEST(Coalesce, NullWithoutADefaultStays) {
  EXPECT_EQ(json(seen(one_chart("b: {}"), "a: null\nb: {c: null}")),
            R"({"a":null,"b":{"c":null}})");
}

TEST(Coalesce, WarnsOfTablesAndScalarsInOnePlace) {
  std::vector<std::string> said;
  EXPECT_EQ(
      json(seen(one_chart("a: {b: 1}\nc: 1\nd: {e: {f: 1}}"), "a: 1\nc: {x: 1}\nd: {e: 2}", &said)),
      R"({"a":1,"c":{"x":1},"d":{"e":2}})");
  EXPECT_THAT(said, ElementsAre("warning: skipped value for c.c: Not a table.",
                                "warning: cannot overwrite table with non table for c.d.e "
                                "(map[f:1])"));
}

TEST(Coalesce, SubchartsGetDefaultsParentsValuesAndGlobals) {
  ChartPtr chart = with_sub("global: {g: 1}\nsub: {x: parent}", "x: own\nz: own\nglobal: {h: 2}");
  EXPECT_EQ(
      json(seen(chart, "global: {u: 3}")),
      R"({"global":{"g":1,"u":3},"sub":{"global":{"g":1,"h":2,"u":3},"x":"parent","z":"own"}})");
}

TEST(Coalesce, UserNullReachesTheSubchartsDefault) {
  ChartPtr chart = with_sub("sub: {a: 1}", "a: 2\nb: {c: 3, d: 4}");
  EXPECT_EQ(json(seen(chart, "sub: {a: null, b: {c: null}}")["sub"]),
            R"({"b":{"d":4},"global":{}})");
}

TEST(Coalesce, ParentsGlobalsWinOverTheSubcharts) {
  ChartPtr chart = with_sub("global: {t: {x: parent}}", "global: {t: {x: sub, z: sub}, s: 1}");
  Value values = seen(chart, "");
  EXPECT_EQ(json(values["sub"]["global"]), R"({"s":1,"t":{"x":"parent","z":"sub"}})");
  EXPECT_EQ(json(values["global"]), R"({"t":{"x":"parent"}})");
}

TEST(Coalesce, ValuesOfASubchartMustBeATable) {
  EXPECT_THROW(seen(with_sub("", ""), "sub: text"), ChartError);
}

std::vector<std::string> enabled(const ChartPtr& chart, std::string_view user) {
  std::vector<std::string> warnings;
  std::vector<std::string> names;
  for (const ResolvedChart& child :
       resolve_dependencies(*chart, read_values(user), warnings).dependencies) {
    names.push_back(child.name());
  }
  return names;
}

TEST(Dependencies, TagsAndConditions) {
  ChartPtr chart = with_sub(
      "tags: {t: false}", "up: true",
      "dependencies: [{name: sub, version: 1.x, condition: 'a.b,sub.up', tags: [t, u]}]\n");
  EXPECT_THAT(enabled(chart, "sub: {up: null}"), ElementsAre());
  EXPECT_THAT(enabled(chart, ""), ElementsAre("sub"));
  EXPECT_THAT(enabled(chart, "a: {b: false}"), ElementsAre());
  EXPECT_THAT(enabled(chart, "a: {b: text}"), ElementsAre("sub"));
  EXPECT_THAT(enabled(chart, "sub: {up: null}\ntags: {u: true}"), ElementsAre("sub"));
}

TEST(Dependencies, AliasesInstantiateTheChartAgain) {
  ChartPtr chart = with_sub("", "x: 1",
                            "dependencies: [{name: sub, version: '*', alias: one}, "
                            "{name: sub, version: ^1.0.0, alias: two}]\n");
  EXPECT_THAT(enabled(chart, ""), ElementsAre("one", "two"));
  EXPECT_EQ(json(seen(chart, "two: {x: 2}")),
            R"({"one":{"global":{},"x":1},"two":{"global":{},"x":2}})");
}

TEST(Dependencies, UnlistedChartsStayAndOtherVersionsDoNotCount) {
  ChartPtr chart = with_sub("", "", "dependencies: [{name: sub, version: '>=2', alias: a}]\n");
  EXPECT_THAT(enabled(chart, ""), ElementsAre("sub"));
}

TEST(Dependencies, ImportsValuesBelowTheParentsOwn) {
  ChartPtr chart =
      with_sub("here: {a: parent}\nx: 1", "exports: {data: {x: sub, z: sub}}\nt: {a: s, b: s}",
               "dependencies: [{name: sub, version: '*', import-values: "
               "[data, {child: t, parent: here}, {child: no, parent: there}]}]\n");
  std::vector<std::string> said;
  Value values = seen(chart, "", &said);
  values.erase("sub");
  EXPECT_EQ(json(values), R"({"here":{"a":"parent","b":"s"},"x":1,"z":"sub"})");
  EXPECT_THAT(said, ElementsAre(HasSubstr("ImportValues missing table")));
}

TEST(Dependencies, MissingOnesAreNamed) {
  ChartPtr chart = load_chart_files({chart_yaml("c", "dependencies: [{name: a}, {name: b}]\n")});
  try {
    check_dependencies(*chart);
    FAIL();
  } catch (const ChartError& error) {
    EXPECT_THAT(error.what(), HasSubstr("missing in charts/ directory: a, b"));
  }
}

}  // namespace
}  // namespace jibe::helm
