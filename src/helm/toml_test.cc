#include "helm/toml.h"

#include <gtest/gtest.h>

#include "data/json.h"
#include "helm/yaml_pretty.h"

namespace jibe::helm {
namespace {

std::string toml(std::string_view json) {
  return to_toml(tmpl::Any::from(data::parse_json(json)));
}
std::string read(std::string_view text) {
  return data::to_json(parse_toml(text));
}

TEST(ToToml, PlainValuesBeforeTables) {
  EXPECT_EQ(toml(R"({"z": 1, "t": {"b": {"c": "x\ny"}, "a": 1.5}, "l": [{"k": true}, {}]})"),
            "z = 1\n\n[[l]]\n  k = true\n\n[[l]]\n\n[t]\n  a = 1.5\n  [t.b]\n    c = \"x\\ny\"\n");
  EXPECT_EQ(toml(R"({"a b": [1, {"x": 2}], "n": null})"), "\"a b\" = [1, {x = 2}]\n");
  EXPECT_THROW(toml(R"({"a": [null]})"), base::InvalidInput);
}

TEST(ParseToml, ReadsAllKindsOfValues) {
  EXPECT_EQ(read("a = 1_000\nb.c = 'x\\'\n\"d e\" = [1, 2,\n # c\n]\nf = {g = true, h.i = 0xff}\n"),
            R"({"a":1000,"b":{"c":"x\\"},"d e":[1,2],"f":{"g":true,"h":{"i":255}}})");
  EXPECT_EQ(read("[a.b]\nc = -1.5e3\n[[a.l]]\nx = 1\n[[a.l]]\nx = 2\n[a.l.y]\nz = 1\n"),
            R"({"a":{"b":{"c":-1500},"l":[{"x":1},{"x":2,"y":{"z":1}}]}})");
  EXPECT_EQ(read("s = \"\"\"\n  a\\\n   b\\t\\u00e9\"\"\"\nd = 2020-01-02T03:04:05Z\n"),
            "{\"d\":\"2020-01-02T03:04:05Z\",\"s\":\"  ab\\t\u00e9\"}");
}

TEST(ParseToml, NamesTheLineOfAMistake) {
  for (const char* bad : {"a", "a = ", "a = 1 2", "a = [1", "a = \"x\n\"", "a = 1\na = 2",
                          "[a]\n[a]", "a = 01", "a = 1\n[a]\n", "= 1", "a = {b = 1"}) {
    EXPECT_THROW(read(bad), base::InvalidInput) << bad;
  }
}

TEST(PrettyYaml, IndentsLists) {
  EXPECT_EQ(
      pretty_yaml(tmpl::Any::from(data::parse_json(
          R"({"a": [1, {"b": [], "c": "x: y"}, [2]], "m": "1\n2\n", "n": 1e6, "y": "yes"})"))),
      "a:\n  - 1\n  - b: []\n    c: 'x: y'\n  - - 2\nm: |\n  1\n  2\n\"n\": 1e+06\n\"y\": "
      "\"yes\"\n");
}

}  // namespace
}  // namespace jibe::helm
