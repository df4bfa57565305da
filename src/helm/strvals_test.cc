#include "helm/strvals.h"

#include <gtest/gtest.h>

#include "data/json.h"
#include "helm/chart.h"
#include "helm/values.h"

namespace jibe::helm {
namespace {

using data::Value;
using Setter = void (*)(std::string_view, Value&);

std::string after(Setter set, std::string_view text, std::string_view before = "{}") {
  Value values = data::parse_json(before);
  set(text, values);
  return data::to_json(values);
}

std::string mistake(Setter set, std::string_view text, std::string_view before = "{}") {
  Value values = data::parse_json(before);
  try {
    set(text, values);
  } catch (const ChartError& error) {
    return error.what();
  }
  return "none: " + data::to_json(values);
}

TEST(SetValues, TypesScalars) {
  EXPECT_EQ(after(set_values, "a=1,b=TRUE,c=null,d=007,e=1.5,f=-3,g=0"),
            R"({"a":1,"b":true,"c":null,"d":"007","e":"1.5","f":-3,"g":0})");
  EXPECT_EQ(after(set_string_values, "a=1,b=true"), R"({"a":"1","b":"true"})");
}

TEST(SetValues, NestsAndIndexes) {
  EXPECT_EQ(after(set_values, "a.b.c=1,a.b.d=2"), R"({"a":{"b":{"c":1,"d":2}}})");
  EXPECT_EQ(after(set_values, "a[1]=x"), R"({"a":[null,"x"]})");
  EXPECT_EQ(after(set_values, "a[0][1].b=x,a[0][0]=y"), R"({"a":[["y",{"b":"x"}]]})");
  EXPECT_EQ(after(set_values, "a[0].b=2", R"({"a":[{"b":1,"c":3}]})"), R"({"a":[{"b":2,"c":3}]})");
}

TEST(SetValues, ListsAndEscapes) {
  EXPECT_EQ(after(set_values, "a={1,x,null},b=2"), R"({"a":[1,"x",null],"b":2})");
  EXPECT_EQ(after(set_values, "a={}"), R"({"a":[""]})");
  EXPECT_EQ(after(set_values, R"(a\.b=c\,d,e=f\\g)"), R"({"a.b":"c,d","e":"f\\g"})");
  EXPECT_EQ(after(set_values, "a=x=y"), R"({"a":"x=y"})");
}

TEST(SetValues, EndsOfText) {
  EXPECT_EQ(after(set_values, "a="), R"({"a":""})");
  EXPECT_EQ(after(set_values, ""), "{}");
  EXPECT_EQ(after(set_values, "a[0]"), R"({"a":[]})");
  EXPECT_EQ(after(set_values, "a[0"), "{}");
}

TEST(SetValues, Mistakes) {
  EXPECT_EQ(mistake(set_values, "a"), R"(key "a" has no value)");
  EXPECT_EQ(mistake(set_values, "a,b=1"), R"(key "a" has no value (cannot end with ,))");
  EXPECT_EQ(mistake(set_values, "a[-1]=1"), "negative -1 index not allowed");
  EXPECT_EQ(mistake(set_values, "a[99999]=1"),
            "index of 99999 is greater than maximum supported index of 65536");
  EXPECT_EQ(mistake(set_values, "a[x]=1"),
            R"(error parsing index: strconv.Atoi: parsing "x": invalid syntax)");
  EXPECT_EQ(mistake(set_values, "a={b"), "list must terminate with '}'");
  EXPECT_EQ(mistake(set_values, "a.b=1", R"({"a":"text"})"),
            "unable to parse key: interface conversion: interface {} is string, not "
            "map[string]interface {}");
  std::string deep = "a";
  for (int i = 0; i < 31; ++i) deep += ".a";
  EXPECT_EQ(mistake(set_values, deep + "=1"),
            "value name nested level is greater than maximum supported nested level of 30");
}

TEST(SetJsonValues, TakesSeveralValues) {
  EXPECT_EQ(after(set_json_values, R"(a={"x":[1,"]}"]},b=2 ,c=,d="s,t")"),
            R"({"a":{"x":[1,"]}"]},"b":2,"c":null,"d":"s,t"})");
  EXPECT_EQ(after(set_json_values, R"(a[1]={"x":null})"), R"({"a":[null,{"x":null}]})");
  EXPECT_THROW(after(set_json_values, "a={x"), ChartError);
}

TEST(SetLiteralValues, TakesEverythingBehindTheSign) {
  EXPECT_EQ(after(set_literal_values, R"(a.b=x,y={z}\.=1)"), R"({"a":{"b":"x,y={z}\\.=1"}})");
  EXPECT_EQ(after(set_literal_values, "a[0]=1"), R"({"a":["1"]})");
}

TEST(SetFileValues, ReadsThePath) {
  Value values;
  set_file_values("a=some/path,b.c=other", values,
                  [](const std::string& path) { return "<" + path + ">"; });
  EXPECT_EQ(data::to_json(values, {0, false}), R"({"a":"<some/path>","b":{"c":"<other>"}})");
}

TEST(ReadValues, NumbersAreDoublesAndDocumentsMerge) {
  Value values = read_values("a: 1\nb: {c: 2}\n---\nb: {d: 0x10}\n---\n# nothing\n");
  EXPECT_TRUE(values["a"].is_double());
  EXPECT_EQ(data::to_json(values), R"({"a":1,"b":{"c":2,"d":16}})");
  EXPECT_EQ(data::to_json(read_values("")), "{}");
  EXPECT_THROW(read_values("- a\n"), ChartError);
  EXPECT_THROW(read_values("a: [\n"), ChartError);
}

TEST(MergeUserValues, FilesFirstThenJsonSetStringFileLiteral) {
  ValueOptions options;
  options.files = {"one", "two"};
  options.json = {"j=1", R"({"k": {"l": 2}})"};
  options.set = {"a=set,j=2"};
  options.set_string = {"j=3"};
  options.set_literal = {"j=4"};
  Value values = merge_user_values(options, [](const std::string& path) -> std::string {
    return path == "one" ? "a: one\nb: {x: 1, w: null}" : "b: {x: null, z: 3}";
  });
  EXPECT_EQ(data::to_json(values),
            R"({"a":"set","b":{"w":null,"x":null,"z":3},"j":"4","k":{"l":2}})");
}

}  // namespace
}  // namespace jibe::helm
