#include "data/yaml.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace jibe::data {
namespace {

std::string json(std::string_view yaml, YamlOptions options = {}) {
  try {
    return to_json(parse_yaml(yaml, "", options), {0, false});
  } catch (const base::InvalidInput& e) {
    return e.what();
  }
}

struct Case {
  const char* yaml;
  const char* json;
};

// What sigs.k8s.io/yaml 1.6.0 makes of the same texts.
TEST(Yaml, ScalarsMeanWhatTheyMeanToKubectl) {
  for (const Case& c : std::vector<Case>{{"y", "true"},
                                         {"Yes", "true"},
                                         {"yEs", "\"yEs\""},
                                         {"ON", "true"},
                                         {"oN", "\"oN\""},
                                         {"off", "false"},
                                         {"N", "false"},
                                         {"~", "null"},
                                         {"Null", "null"},
                                         {"nULL", "\"nULL\""},
                                         {"", "null"},
                                         {"0777", "511"},
                                         {"0o17", "15"},
                                         {"08", "8"},
                                         {"0x1F", "31"},
                                         {"-0x1F", "-31"},
                                         {"0b101", "5"},
                                         {"+5", "5"},
                                         {"1_000", "1000"},
                                         {"_1", "\"_1\""},
                                         {"1e3", "1000"},
                                         {"1.", "1"},
                                         {".5", "0.5"},
                                         {"1.0", "1"},
                                         {"1.15", "1.15"},
                                         {"1.15.3", "\"1.15.3\""},
                                         {"1e21", "1e+21"},
                                         {"1e400", "\"1e400\""},
                                         {"9223372036854775807", "9223372036854775807"},
                                         {"12:30:45", "\"12:30:45\""},
                                         {"2001-01-01", "\"2001-01-01\""},
                                         {"2001-01-01T00:00:00Z", "\"2001-01-01T00:00:00Z\""},
                                         {"<<", "\"<<\""},
                                         {"\"yes\"", "\"yes\""},
                                         {"'1'", "\"1\""},
                                         {"!!str 1", "\"1\""},
                                         {"!!int \"7\"", "7"},
                                         {"!!float 1", "1"},
                                         {"!!binary aGVsbG8=", "\"hello\""},
                                         {"!mine 12", "\"12\""}})
    EXPECT_EQ(json(std::string("a: ") + c.yaml), "{\"a\":" + std::string(c.json) + "}") << c.yaml;
}

TEST(Yaml, KeysBecomeText) {
  EXPECT_EQ(json("1: a\nyes: b\n1.5: c\n0x10: d\n.inf: e\n1e6: f\n"),
            R"({".inf":"e","1":"a","1.5":"c","16":"d","1e+06":"f","true":"b"})");
  EXPECT_EQ(json("{{ .Values.x }}: 1"),
            "error converting YAML to JSON: yaml: invalid map key: "
            "map[interface {}]interface {}{\".Values.x\":interface {}(nil)}");
  EXPECT_EQ(json("~: 1"),
            "error converting YAML to JSON: unsupported map key of type: %!s(<nil>), key: <nil>, "
            "value: 1");
}

TEST(Yaml, AnchorsAndMergeKeys) {
  EXPECT_EQ(json("a: &x {k: 1, l: 2}\nb: *x\nc:\n  <<: *x\n  l: 3\n"),
            R"({"a":{"k":1,"l":2},"b":{"k":1,"l":2},"c":{"k":1,"l":3}})");
  // In go-yaml v2 what is merged wins over what stands before it.
  EXPECT_EQ(json("a: &x {k: 1}\nb:\n  k: 2\n  <<: *x\n"), R"({"a":{"k":1},"b":{"k":1}})");
  EXPECT_EQ(json("<<: [{a: 1, b: 1}, {b: 2, c: 2}]\nd: 1"), R"({"a":1,"b":1,"c":2,"d":1})");
  EXPECT_EQ(json("'<<': {a: 1}"), R"({"<<":{"a":1}})");
  const std::string start = "error converting YAML to JSON: yaml: ";
  EXPECT_EQ(json("<<: 1"), start + "map merge requires map or sequence of maps as the value");
  EXPECT_EQ(json("a: *b"), start + "unknown anchor 'b' referenced");
  EXPECT_EQ(json("a: &a [*a]"), start + "anchor 'a' value contains itself");
}

TEST(Yaml, ALaughIsNotABillion) {
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c <= 'i'; ++c) {
    std::string alias = std::string("*") + static_cast<char>(c - 1);
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i) bomb += (i ? "," : "") + alias;
    bomb += "]\n";
  }
  EXPECT_EQ(json(bomb),
            "error converting YAML to JSON: yaml: document contains excessive aliasing");
}

TEST(Yaml, DepthIsLimited) {
  std::string deep(100'000, '[');
  EXPECT_NE(json(deep).find("error converting"), std::string::npos);
  std::string block;
  for (int i = 0; i < kMaxDepth + 2; ++i) block += "- ";
  EXPECT_NE(json(block + "1").find("exceeded max depth"), std::string::npos);
}

TEST(Yaml, DuplicateKeysAreErrorsOnlyWhenStrict) {
  EXPECT_EQ(json("a: 1\nb: 2\na: 3\n"), R"({"a":3,"b":2})");
  EXPECT_EQ(json("a: 1\nb: 2\na: 3\n", {.strict = true}),
            "error converting YAML to JSON: yaml: unmarshal errors:\n"
            "  line 3: key \"a\" already set in map");
}

TEST(Yaml, MistakesAreNamedAsInGoYaml) {
  for (const Case& c : std::vector<Case>{
           {"a: b: c\n", "mapping values are not allowed in this context"},
           {"x: 1\na: 1\n  b: 2\n", "line 3: mapping values are not allowed in this context"},
           {"a: 1\n\tb: 2\n", "line 2: found a tab character that violates indentation"},
           {"a:\n\tb: 2\n", "line 2: found character that cannot start any token"},
           {"a:\n  b: 1\n c: 2\n", "line 2: did not find expected key"},
           {"a: 'x' y\n", "did not find expected key"},
           {"a: x\ny\nb: 1\n", "line 3: could not find expected ':'"},
           {"a:\n- b\nc: [1, 2\nd: 1\n", "line 3: did not find expected ',' or ']'"},
           {"a: {b: 1\n", "line 1: did not find expected ',' or '}'"},
           {"a: ]\n", "did not find expected node content"},
           {"b: 1\na: 'x\n", "line 3: found unexpected end of stream"},
           {"a: @b\n", "found character that cannot start any token"},
           {"a: - b\n", "block sequence entries are not allowed in this context"},
           {"- a\nb: c\n", "line 1: did not find expected '-' indicator"},
           {"a: \"\\q\"\n", "found unknown escape character"},
           {"a: |\n\tx\n", "line 2: found a tab character where an indentation space is expected"},
           {"~: 1\na: [\n", "line 2: did not find expected node content"},
           {"a: [1,", "line 1: did not find expected node content"},
           {"a: {b: ", "line 1: did not find expected node content"},
           {"a: {b", "line 1: did not find expected ',' or '}'"}})
    EXPECT_EQ(json(c.yaml), "error converting YAML to JSON: yaml: " + std::string(c.json))
        << c.yaml;
}

TEST(Yaml, MistakesNameTheirSourceAndCountLinesOfTheWholeText) {
  try {
    parse_yaml_documents("a: 1\n---\n# c\nb: c: d\n", "x.yaml");
    FAIL();
  } catch (const base::InvalidInput& e) {
    EXPECT_STREQ(e.what(),
                 "x.yaml: error converting YAML to JSON: yaml: line 4: mapping values are not "
                 "allowed in this context");
  }
}

TEST(Yaml, QuotesBetweenQuotes) {
  EXPECT_EQ(json("a: 'x '''' y'\nb: ''''''"), R"({"a":"x '' y","b":"''"})");
  EXPECT_EQ(json("a: '''q'' é '''''\nb: ' ''''\n   x''''  \n\n  z '"),
            R"({"a":"'q' é ''","b":" '' x''\nz "})");
}

TEST(Yaml, BlockScalars) {
  EXPECT_EQ(json("a: |\n  x\n   y\n\n"), R"({"a":"x\n y\n"})");
  EXPECT_EQ(json("a: |-\n  x\n\n"), R"({"a":"x"})");
  EXPECT_EQ(json("a: |+\n  x\n\n"), R"({"a":"x\n\n"})");
  EXPECT_EQ(json("a: >\n  x\n  y\n\n  z\n"), R"({"a":"x y\nz\n"})");
  EXPECT_EQ(json("a: |2\n    x\n"), R"({"a":"  x\n"})");
  EXPECT_EQ(json("a: |2-\n   x\n  y"), R"({"a":" x\ny"})");
  EXPECT_EQ(json("a: |\n"), R"({"a":""})");
  EXPECT_EQ(json("a: |\nb: 1"), R"({"a":"","b":1})");
  // What is no deeper than the key belongs to somebody else.
  EXPECT_EQ(json("a:\n  b: |\n  c: 1\n"), R"({"a":{"b":"","c":1}})");
  EXPECT_EQ(json("a:\n- b: &x !!str >- # none\n\n  c: *x\n"), R"({"a":[{"b":"","c":""}]})");
  EXPECT_EQ(json("a:\n  b: |+\n\n\n  c: |\n    d: |\n    e\n  f: |\n  g: 1"),
            R"({"a":{"b":"\n\n","c":"d: |\ne\n","f":"","g":1}})");
  EXPECT_EQ(json("a:\n  b: \"x: |\n  y\"\n  c: |\n  d: 1"), R"({"a":{"b":"x: | y","c":"","d":1}})");
  EXPECT_EQ(json("a: |\n  \tx"),
            "error converting YAML to JSON: yaml: line 2: found a tab character where an "
            "indentation space is expected");
  EXPECT_EQ(json("a: |1\n  \tx"), R"({"a":" \tx"})");
  EXPECT_EQ(json("%%\x9f\n"), "error converting YAML to JSON: yaml: invalid leading UTF-8 octet");
  // Without a line break at the end of the text there is none in the value.
  EXPECT_EQ(json("a: |\n  x"), R"({"a":"x"})");
}

TEST(Yaml, EntriesMayBeEmpty) {
  EXPECT_EQ(json("a:\n- b:\n  - c\n  -\n  d: 1\n- \n"), R"({"a":[{"b":["c",null],"d":1},null]})");
  EXPECT_EQ(json("? a\n: - b\n  -\n"), R"({"a":["b",null]})");
  EXPECT_EQ(json("[a: b, c, {d: }, {e}]"), R"([{"a":"b"},"c",{"d":null},{"e":null}])");
}

// go-yaml has forgotten where a collection without entries started.
TEST(Yaml, AnEmptyFlowCollectionIsNoKey) {
  EXPECT_EQ(json("x:\n  {}: a"),
            "error converting YAML to JSON: yaml: line 1: did not find expected key");
  EXPECT_EQ(json("x:\n  {}"), R"({"x":{}})");
}

TEST(Yaml, TagsAndDirectives) {
  EXPECT_EQ(json("%TAG !y! tag:yaml.org,2002:\n---\na: !y!str 1\nb: !<tag:yaml.org,2002:str> 2"),
            R"({"a":"1","b":"2"})");
  EXPECT_EQ(json("a: &x !!str 1\nb: !!str &y 2\nc: [*x, *y, ! 3]"),
            R"({"a":"1","b":"2","c":["1","2","3"]})");
  EXPECT_EQ(json("%YAML 1.2\n---\na: 1"),
            "error converting YAML to JSON: yaml: found incompatible YAML document");
  EXPECT_EQ(json("a: !x!y 1"), "error converting YAML to JSON: yaml: found undefined tag handle");
  EXPECT_EQ(json("!!str <<: 1"), R"({"<<":1})");
}

TEST(Yaml, CharactersThatAreForbiddenAreFoundBeforeWhatStandsNearby) {
  EXPECT_EQ(json("a: [}\nb: \x01"),
            "error converting YAML to JSON: yaml: control characters are not allowed");
  EXPECT_EQ(json("a: [}" + std::string(600, '\n') + "b: \x01"),
            "error converting YAML to JSON: yaml: did not find expected node content");
}

TEST(Yaml, OnlyTheFirstDocumentIsRead) {
  EXPECT_EQ(json("a: 1\n---\nb: 2\n"), R"({"a":1})");
  EXPECT_EQ(json(""), "null");
  EXPECT_EQ(json("# nothing\n"), "null");
}

TEST(Yaml, DocumentsAreSplitAsKubectlDoes) {
  auto documents = parse_yaml_documents("# c\n---\na: 1\n--- # next\n\n---\nnull\n---\nb: 2\n");
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_EQ(documents[0].line, 3);
  EXPECT_EQ(documents[1].line, 9);
  EXPECT_EQ(documents[1].value["b"].as_int(), 2);
  EXPECT_THROW(split_yaml("a: 1\n--- b\n"), base::InvalidInput);
}

TEST(Yaml, ManifestsAreSplitAsHelmDoes) {
  EXPECT_EQ(split_manifests("\n---\na: 1\n\n---\n# c\n---b: 2\nc: x---y\n"),
            (std::vector<std::string>{"a: 1", "# c", "b: 2\nc: x---y\n"}));
  EXPECT_TRUE(split_manifests(" \n---\n").empty());
}

std::string yaml(std::string_view text) {
  return to_yaml(parse_json(text));
}

// What sigs.k8s.io/yaml 1.6.0 writes for the same values.
TEST(Yaml, StringsAreQuotedWhereTheyMustBe) {
  for (const Case& c : std::vector<Case>{{"y", "\"y\""},
                                         {"true", "\"true\""},
                                         {"", "\"\""},
                                         {"~", "\"~\""},
                                         {"1", "\"1\""},
                                         {"0x1F", "\"0x1F\""},
                                         {"1_0", "\"1_0\""},
                                         {"12:30:45", "\"12:30:45\""},
                                         {"190:20:30.15", "\"190:20:30.15\""},
                                         {"2001-01-01", "\"2001-01-01\""},
                                         {"2001-13-01", "2001-13-01"},
                                         {"1.15.3", "1.15.3"},
                                         {"a: b", "'a: b'"},
                                         {"a:b", "a:b"},
                                         {"#a", "'#a'"},
                                         {"a #b", "'a #b'"},
                                         {"- a", "'- a'"},
                                         {"-a", "-a"},
                                         {"it's: x", "'it''s: x'"},
                                         {" a", "' a'"},
                                         {"*a", "'*a'"},
                                         {"@a", "'@a'"},
                                         {"a\tb", "\"a\\tb\""},
                                         {"\xc2\xa0x", "\xc2\xa0x"},
                                         {"\xf0\x9f\x98\x80", "\"\\U0001F600\""},
                                         {"a\nb", "|-\n  a\n  b"},
                                         {"a\nb\n", "|\n  a\n  b"},
                                         {"a\n\n", "|+\n  a\n"},
                                         {" a\nb", "|2-\n   a\n  b"},
                                         {"a \nb", "\"a \\nb\""},
                                         {"\n", "|2+\n"}}) {
    std::string expected = "a: " + std::string(c.json) + "\n";
    EXPECT_EQ(to_yaml(Value::map({{"a", c.yaml}})), expected) << c.yaml;
    EXPECT_EQ(parse_yaml(expected)["a"].text(), c.yaml);
  }
}

TEST(Yaml, StructureIsWrittenAsSigsYamlDoes) {
  EXPECT_EQ(yaml(R"({"b":[1,{"c":[],"d":{}}],"a":{"w":null,"x":[[1,2],[{"z":true}]]}})"),
            "a:\n  w: null\n  x:\n  - - 1\n    - 2\n  - - z: true\nb:\n- 1\n- c: []\n  d: {}\n");
  EXPECT_EQ(yaml("{}"), "{}\n");
  EXPECT_EQ(yaml("[]"), "[]\n");
  EXPECT_EQ(yaml("\"x\""), "x\n");
  EXPECT_EQ(yaml(R"({"a10":1,"a2":1,"B":1,"1":1,"y":1})"),
            "\"1\": 1\nB: 1\na2: 1\na10: 1\n\"y\": 1\n");
}

TEST(Yaml, NumbersAreWrittenAsSigsYamlDoes) {
  EXPECT_EQ(to_yaml(1e6), "1000000\n");
  EXPECT_EQ(to_yaml(1e20), "1e+20\n");
  EXPECT_EQ(to_yaml(1234567.5), "1.2345675e+06\n");
  EXPECT_EQ(to_yaml(1e-5), "1e-05\n");
  EXPECT_EQ(to_yaml(-3), "-3\n");
  EXPECT_EQ(to_yaml(-0.0), "0\n");
}

TEST(Yaml, LongTextIsFoldedAtItsSpaces) {
  std::string words;
  for (int i = 0; i < 20; ++i) words += "word ";
  words += "end";
  std::string first =
      "a: word word word word word word word word word word word word word word word word\n";
  EXPECT_EQ(to_yaml(Value::map({{"a", words}})), first + "  word word word word end\n");
  std::string key(129, 'k');
  EXPECT_EQ(to_yaml(Value::map({{key, 1}})), "? " + key + "\n: 1\n");
}

}  // namespace
}  // namespace jibe::data
