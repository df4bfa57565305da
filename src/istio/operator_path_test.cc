#include "istio/operator_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "data/json.h"
#include "data/yaml.h"

namespace jibe::istio {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(OperatorPath, SplitsAtDotsAndBeforeBrackets) {
  EXPECT_THAT(split_operator_path("spec.containers.[name:discovery].env"),
              ElementsAre("spec", "containers", "[name:discovery]", "env"));
  EXPECT_THAT(split_operator_path("spec.ports[0].port"),
              ElementsAre("spec", "ports", "[0]", "port"));
  EXPECT_THAT(split_operator_path("metadata.annotations.a\\.b/c"),
              ElementsAre("metadata", "annotations", "a.b/c"));
}

TEST(OperatorPath, IsCleanedAsGoCleansAFileName) {
  EXPECT_THAT(split_operator_path("a//b"), ElementsAre("a/b"));
  EXPECT_THAT(split_operator_path("a/x/../b/"), ElementsAre("a/b"));
  EXPECT_THAT(split_operator_path(".spec.replicas."), ElementsAre("spec", "replicas"));
  EXPECT_THAT(split_operator_path(""), ElementsAre());
}

TEST(OperatorPath, ADotWithinBracketsSeparatesUnlessEscaped) {
  EXPECT_THAT(split_operator_path("a.[name:x.y].b"), ElementsAre("a", "[name:x", "y]", "b"));
  EXPECT_THAT(split_operator_path("a.[name:x\\.y].b"), ElementsAre("a", "[name:x.y]", "b"));
}

struct Patch {
  std::string path;
  data::Value value;
};

std::string patched(const std::string& object, const Patch& patch,
                    OperatorTree tree = OperatorTree::kObject) {
  auto root = data::parse_yaml(object);
  write_operator_path(root, patch.path, patch.value, tree);
  return data::to_json(root);
}

TEST(OperatorPath, WritesKeysAndMakesMapsOnTheWay) {
  EXPECT_EQ(patched("{a: {b: 1}}", {"a.b", 2}), R"({"a":{"b":2}})");
  EXPECT_EQ(patched("{}", {"a.b.c", "x"}), R"({"a":{"b":{"c":"x"}}})");
  EXPECT_EQ(patched("{a: null}", {"a.b", 1}), R"({"a":{"b":1}})");
  EXPECT_EQ(patched("{a: [1, 2]}", {"a", data::Value::list({3})}), R"({"a":[3]})");
}

TEST(OperatorPath, NullDeletesKeysAndItems) {
  EXPECT_EQ(patched("{a: {b: 1, c: 2}}", {"a.b", nullptr}), R"({"a":{"c":2}})");
  EXPECT_EQ(patched("{a: [1, 2, 3]}", {"a.[1]", nullptr}), R"({"a":[1,3]})");
  EXPECT_EQ(patched("{a: [{name: one}, {name: two}]}", {"a.[name:one]", nullptr}),
            R"({"a":[{"name":"two"}]})");
}

TEST(OperatorPath, ChoosesItemsByKeyIndexAndPattern) {
  EXPECT_EQ(patched("{a: [{name: one, v: 1}, {name: two, v: 2}]}", {"a.[name:two].v", 3}),
            R"({"a":[{"name":"one","v":1},{"name":"two","v":3}]})");
  EXPECT_EQ(patched("{a: [{port: 80}]}", {"a.[port:80].port", 81}), R"({"a":[{"port":81}]})");
  EXPECT_EQ(patched("{a: [{v: 1}]}", {"a.[0].v", 2}), R"({"a":[{"v":2}]})");
  EXPECT_EQ(patched("{a: [--x=1, --y=2]}", {"a.[--y]", "--y=3"}), R"({"a":["--x=1","--y=3"]})");
  EXPECT_EQ(patched("{a: [one, two]}", {"a.[:^t]", "three"}), R"({"a":["one","three"]})");
}

TEST(OperatorPath, AnIndexThatIsNotThereAppends) {
  EXPECT_EQ(patched("{a: [1]}", {"a.[-1]", 2}), R"({"a":[1,2]})");
  EXPECT_EQ(patched("{a: [1]}", {"a.[1000]", 2}), R"({"a":[1,2]})");
  EXPECT_EQ(patched("{a: []}", {"a.[0].b.c", 1}), R"({"a":[{"b":{"c":1}}]})");
}

TEST(OperatorPath, InAnObjectAnIndexBehindAnAbsentKeyIsAKey) {
  EXPECT_EQ(patched("{}", {"a.[0]", 1}), R"({"a":{"[0]":1}})");
  EXPECT_EQ(patched("{}", {"a.[0]", 1}, OperatorTree::kSpec), R"({"a":[1]})");
}

TEST(OperatorPath, InASpecAValueIsAppendedToAList) {
  EXPECT_EQ(patched("{a: [1]}", {"a", 2}, OperatorTree::kSpec), R"({"a":[1,2]})");
  EXPECT_EQ(patched("{a: [1]}", {"a", 2}), R"({"a":2})");
}

TEST(OperatorPath, ATextThatIsAMapIsThatMapUnlessItIsJson) {
  EXPECT_EQ(patched("{}", {"a", "b: 1"}), R"({"a":{"b":1}})");
  EXPECT_EQ(patched("{}", {"a", "b:\n  c: 1\n"}), R"({"a":{"b":{"c":1}}})");
  EXPECT_EQ(patched("{}", {"a", R"({"b": 1})"}), R"({"a":"{\"b\": 1}"})");
  EXPECT_EQ(patched("{}", {"a", "http://x"}), R"({"a":"http://x"})");
  EXPECT_EQ(patched("{}", {"a", "- x: 1\n- y: 2\n"}), R"({"a":"- x: 1\n- y: 2\n"})");
  // In a spec the map's key takes the place of the path's.
  EXPECT_EQ(patched("{a: 0}", {"a", "b: 1"}, OperatorTree::kSpec), R"({"b":1})");
}

TEST(OperatorPath, SaysWhereAPathLeadsNowhere) {
  auto write = [](const char* object, const char* path) {
    return [=] { patched(object, {path, 1}); };
  };
  EXPECT_THAT(write("{a: [{name: x}]}", "a.[name:z].v"),
              ThrowsMessage<base::InvalidInput>("path a.[name:z].v: element [name:z] not found"));
  EXPECT_THAT(
      write("{a: [{name: x}]}", "a.b"),
      ThrowsMessage<base::InvalidInput>("path a.b: b is not a valid key:value path element"));
  EXPECT_THAT(write("{a: text}", "a.b.c"),
              ThrowsMessage<base::InvalidInput>("leaf type string in non-leaf Node b.c"));
  EXPECT_THAT(write("{}", ""), ThrowsMessage<base::InvalidInput>(HasSubstr("empty")));
}

std::string set_in(const std::string& spec, const std::string& path, const data::Value& value) {
  auto root = data::parse_yaml(spec);
  set_values_path(root, path, value);
  return data::to_json(root);
}

TEST(SetValuesPath, WritesKeysItemsAndSelections) {
  EXPECT_EQ(set_in("{}", "a.b", 1), R"({"a":{"b":1}})");
  EXPECT_EQ(set_in("{}", "a[0].b", 1), R"({"a":[{"b":1}]})");
  EXPECT_EQ(set_in("{a: [{name: x}]}", "a.[name:x].v", 1), R"({"a":[{"name":"x","v":1}]})");
  EXPECT_EQ(set_in("{a: [{v: 1}]}", "a.[7].v", 2), R"({"a":[{"v":1},{"v":2}]})");
  EXPECT_EQ(set_in("{a: [1]}", "a", 2), R"({"a":2})");
}

TEST(SetValuesPath, LosesWhatIsWrittenBelowNull) {
  EXPECT_EQ(set_in("{a: null}", "a.b", 1), R"({"a":null})");
  EXPECT_EQ(set_in("{a: null}", "a", 1), R"({"a":1})");
  EXPECT_EQ(set_in("{a: [null]}", "a[0].b", 1), R"({"a":[{"b":1}]})");
}

TEST(SetValuesPath, RefusesWhatIsNotThere) {
  EXPECT_THAT([] { set_in("{a: [{name: x}]}", "a.[name:y].v", 1); },
              ThrowsMessage<base::InvalidInput>("element [name:y] not found"));
  EXPECT_THAT([] { set_in("{a: []}", "a.[x].v", 1); },
              ThrowsMessage<base::InvalidInput>("unknown segment [x]"));
  EXPECT_THAT([] { set_in("{a: text}", "a.b", 1); },
              ThrowsMessage<base::InvalidInput>(HasSubstr("no map")));
}

TEST(SetValue, IsTypedAsGoParsesText) {
  EXPECT_EQ(data::to_json(parse_set_value("12")), "12");
  EXPECT_EQ(data::to_json(parse_set_value("+12")), "12");
  EXPECT_EQ(data::to_json(parse_set_value("012")), "12");
  EXPECT_EQ(data::to_json(parse_set_value("1.10")), "1.1");
  EXPECT_EQ(data::to_json(parse_set_value("1e3")), "1000");
  EXPECT_THROW(parse_set_value("inf"), base::InvalidInput);
  EXPECT_EQ(data::to_json(parse_set_value("1_000")), "1000");
  EXPECT_EQ(data::to_json(parse_set_value("a_1_b")), "\"a_1_b\"");
  EXPECT_EQ(data::to_json(parse_set_value("T")), "true");
  EXPECT_EQ(data::to_json(parse_set_value("False")), "false");
  EXPECT_EQ(data::to_json(parse_set_value("yes")), R"("yes")");
  EXPECT_EQ(data::to_json(parse_set_value("1.2.3")), R"("1.2.3")");
  EXPECT_EQ(data::to_json(parse_set_value("a\\,b")), R"("a,b")");
  EXPECT_EQ(data::to_json(parse_set_value("")), R"("")");
}

}  // namespace
}  // namespace jibe::istio
