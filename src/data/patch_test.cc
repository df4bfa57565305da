#include "data/patch.h"

#include <gtest/gtest.h>

#include <map>

#include "data/json.h"

namespace jibe::data {
namespace {

template <class Function>
std::string json_or_error(Function function) {
  try {
    return to_json(function());
  } catch (const base::InvalidInput& e) {
    return e.what();
  }
}

std::string json_patched(std::string_view target, std::string_view operations) {
  return json_or_error([&] { return json_patch(parse_json(target), parse_json(operations)); });
}

// Results and sentences are those of evanphx/json-patch 4.13 for the same input.
TEST(JsonPatch, Applies) {
  EXPECT_EQ(json_patched(R"({"a":1})", R"([{"op":"add","path":"/b","value":[1]}])"),
            R"({"a":1,"b":[1]})");
  EXPECT_EQ(json_patched(R"({"a":[1,3]})", R"([{"op":"add","path":"/a/1","value":2},
                                              {"op":"add","path":"/a/-","value":4}])"),
            R"({"a":[1,2,3,4]})");
  EXPECT_EQ(json_patched(R"({"a":[1,2]})", R"([{"op":"remove","path":"/a/-1"}])"), R"({"a":[1]})");
  EXPECT_EQ(json_patched(R"({"a/b":{"~":1}})", R"([{"op":"replace","path":"/a~1b/~0","value":2}])"),
            R"({"a/b":{"~":2}})");
  EXPECT_EQ(json_patched(R"({"a":1})", R"([{"op":"replace","path":"/new","value":2}])"),
            R"({"a":1,"new":2})");
  EXPECT_EQ(json_patched(R"({"a":{"b":1}})", R"([{"op":"move","from":"/a/b","path":"/c"},
                                                {"op":"copy","from":"/c","path":"/a/d"}])"),
            R"({"a":{"d":1},"c":1})");
  EXPECT_EQ(json_patched(R"({"a":{"b":[1]}})", R"([{"op":"test","path":"/a","value":{"b":[1.0]}},
                                                  {"op":"test","path":"/x","value":null}])"),
            R"({"a":{"b":[1]}})");
  EXPECT_EQ(json_patched("{}", R"([{"op":"replace","path":"","value":{"a":1}}])"), R"({"a":1})");
}

TEST(JsonPatch, Refuses) {
  EXPECT_EQ(json_patched("{}", R"([{"op":"remove","path":"/a"}])"),
            "error in remove for path: '/a': Unable to remove nonexistent key: a: missing value");
  EXPECT_EQ(json_patched("{}", R"([{"op":"add","path":"/a/b","value":1}])"),
            "add operation does not apply: doc is missing path: \"/a/b\": missing value");
  EXPECT_EQ(json_patched(R"({"a":1})", R"([{"op":"test","path":"/a","value":2}])"),
            "testing value /a failed: test failed");
  EXPECT_EQ(json_patched(R"({"a":[]})", R"([{"op":"replace","path":"/a/0","value":2}])"),
            "replace operation does not apply: doc is missing key: /a/0: missing value");
  EXPECT_EQ(json_patched(R"({"a":[]})", R"([{"op":"add","path":"/a/2","value":2}])"),
            "error in add for path: '/a/2': Unable to access invalid index: 2: invalid index "
            "referenced");
  EXPECT_EQ(json_patched("{}", R"([{"op":"zap","path":"/a"}])"), "Unexpected kind: zap");
  EXPECT_EQ(json_patched("{}", R"({"op":"add"})"), "a JSON patch is an array of operations");
}

TEST(JsonPatch, LeavesItsTargetAlone) {
  Value target = parse_json(R"({"a":{"b":1},"c":{}})");
  Value out = json_patch(target, parse_json(R"([{"op":"remove","path":"/a/b"}])"));
  EXPECT_EQ(to_json(target), R"({"a":{"b":1},"c":{}})");
  EXPECT_TRUE(out["c"].same_storage(target["c"]));
}

std::string merged(std::string_view target, std::string_view patch) {
  return to_json(merge_patch(parse_json(target), parse_json(patch)));
}

TEST(MergePatch, Rfc7386) {
  EXPECT_EQ(merged(R"({"a":"b"})", R"({"a":"c"})"), R"({"a":"c"})");
  EXPECT_EQ(merged(R"({"a":"b","b":"c"})", R"({"a":null})"), R"({"b":"c"})");
  EXPECT_EQ(merged(R"({"a":["b"]})", R"({"a":"c"})"), R"({"a":"c"})");
  EXPECT_EQ(merged(R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})"), R"({"a":{"b":"d"}})");
  EXPECT_EQ(merged(R"({"a":[{"b":"c"}]})", R"({"a":[1]})"), R"({"a":[1]})");
  EXPECT_EQ(merged(R"({})", R"({"a":{"bb":{"ccc":null}}})"), R"({"a":{"bb":{}}})");
  EXPECT_EQ(merged(R"({"e":null})", R"({"a":1})"), R"({"a":1,"e":null})");
}

TEST(MergePatch, IsCreatedFromTwoStates) {
  Value before = parse_json(R"({"a":1,"b":{"c":1,"d":2},"e":[1],"f":{}})");
  Value after = parse_json(R"({"a":1,"b":{"c":2},"e":[1,2],"g":{"h":1}})");
  Value patch = create_merge_patch(before, after);
  EXPECT_EQ(to_json(patch), R"({"b":{"c":2,"d":null},"e":[1,2],"f":null,"g":{"h":1}})");
  EXPECT_EQ(merge_patch(before, patch), after);
  EXPECT_EQ(to_json(create_merge_patch(before, before)), "{}");
}

TEST(MergePatch, ThreeWayKeepsWhatOthersAdded) {
  Value original = parse_json(R"({"spec":{"a":1,"b":2}})");
  Value modified = parse_json(R"({"spec":{"a":3}})");
  Value current = parse_json(R"({"spec":{"a":1,"b":2,"other":9},"status":{}})");
  Value patch = create_three_way_merge_patch(original, modified, current);
  EXPECT_EQ(to_json(patch), R"({"spec":{"a":3,"b":null}})");
}

// Knows the lists of a pod template that a strategic merge patch treats by their keys.
class TestSchema : public PatchSchema {
 public:
  explicit TestSchema(std::string path) : path_(std::move(path)) {}
  PatchField field(std::string_view key) const override {
    static const std::map<std::string, std::pair<const char*, const char*>> kRules = {
        {"/containers", {"merge", "name"}},
        {"/containers/env", {"merge", "name"}},
        {"/volumes", {"merge,retainKeys", "name"}},
        {"/strategy", {"retainKeys", ""}},
        {"/selector", {"replace", ""}},
        {"/finalizers", {"merge", ""}}};
    PatchField out;
    out.schema = std::make_shared<TestSchema>(path_ + "/" + std::string(key));
    if (auto rule = kRules.find(path_ + "/" + std::string(key)); rule != kRules.end()) {
      out.strategy = rule->second.first;
      out.merge_key = rule->second.second;
    }
    return out;
  }

 private:
  std::string path_;
};

std::string strategic(std::string_view target, std::string_view patch) {
  TestSchema schema("");
  return json_or_error(
      [&] { return strategic_merge_patch(parse_json(target), parse_json(patch), &schema); });
}

// Results are those of apimachinery 0.36.3 for lists with the same rules.
TEST(StrategicPatch, ListsMergeByKey) {
  EXPECT_EQ(strategic(R"({"containers":[{"name":"a","image":"1"},{"name":"b"}]})",
                      R"({"containers":[{"name":"a","image":"2"}]})"),
            R"({"containers":[{"image":"2","name":"a"},{"name":"b"}]})");
  EXPECT_EQ(strategic(R"({"containers":[{"name":"a"}]})",
                      R"({"containers":[{"name":"c","x":null,"env":[{"name":"E"}]}]})"),
            R"({"containers":[{"env":[{"name":"E"}],"name":"c"},{"name":"a"}]})");
  EXPECT_EQ(strategic(R"({"containers":[{"name":"a"},{"name":"b"}]})",
                      R"({"containers":[{"name":"a","$patch":"delete"}]})"),
            R"({"containers":[{"name":"b"}]})");
  EXPECT_EQ(strategic(R"({"containers":[{"name":"a"},{"name":"b"}]})",
                      R"({"containers":[{"$patch":"replace"},{"name":"c"}]})"),
            R"({"containers":[{"name":"c"}]})");
  EXPECT_EQ(strategic(R"({"args":["a","b"]})", R"({"args":["c"]})"), R"({"args":["c"]})");
  EXPECT_EQ(strategic(R"({"containers":[{"name":"a"}]})", R"({"containers":[{"image":"x"}]})"),
            "map: map[image:x] does not contain declared merge key: name");
}

TEST(StrategicPatch, PrimitiveListsMergeAndShrink) {
  EXPECT_EQ(strategic(R"({"finalizers":["a","b"]})", R"({"finalizers":["b","c"]})"),
            R"({"finalizers":["a","b","c"]})");
  EXPECT_EQ(
      strategic(R"({"finalizers":["a","b"]})", R"({"$deleteFromPrimitiveList/finalizers":["a"]})"),
      R"({"finalizers":["b"]})");
}

TEST(StrategicPatch, OrderIsSet) {
  EXPECT_EQ(strategic(R"({"containers":[{"name":"a"},{"name":"x"},{"name":"b"}]})",
                      R"({"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]})"),
            R"({"containers":[{"name":"x"},{"name":"b"},{"name":"a"}]})");
  EXPECT_EQ(strategic(R"({"containers":[{"name":"a"}]})",
                      R"({"$setElementOrder/containers":[{"name":"c"},{"name":"a"}],
                          "containers":[{"name":"c"}]})"),
            R"({"containers":[{"name":"c"},{"name":"a"}]})");
  EXPECT_NE(strategic(R"({"containers":[{"name":"a"}]})",
                      R"({"$setElementOrder/containers":[{"name":"a"}],
                          "containers":[{"name":"c"}]})")
                .find("doesn't match $setElementOrder list"),
            std::string::npos);
}

TEST(StrategicPatch, MapsAndDirectives) {
  EXPECT_EQ(strategic(R"({"m":{"a":1,"b":2}})", R"({"m":{"a":null,"c":3}})"),
            R"({"m":{"b":2,"c":3}})");
  EXPECT_EQ(strategic(R"({"m":{"a":1}})", R"({"m":{"$patch":"replace","c":3}})"),
            R"({"m":{"c":3}})");
  EXPECT_EQ(strategic(R"({"m":{"a":1}})", R"({"m":{"$patch":"delete"}})"), R"({"m":{}})");
  EXPECT_EQ(strategic(R"({"selector":{"a":"1"}})", R"({"selector":{"b":"2"}})"),
            R"({"selector":{"b":"2"}})");
  EXPECT_EQ(strategic(R"({"strategy":{"type":"RollingUpdate","rollingUpdate":{}}})",
                      R"({"strategy":{"$retainKeys":["type"],"type":"Recreate"}})"),
            R"({"strategy":{"type":"Recreate"}})");
  EXPECT_EQ(strategic(R"({"strategy":{"type":"RollingUpdate"}})",
                      R"({"strategy":{"$retainKeys":["type"],"rollingUpdate":{}}})"),
            "invalid patch format of retainKeys");
  EXPECT_EQ(strategic(R"({"m":{"a":1}})", R"({"m":{"$patch":"merge"}})"),
            "unknown patch type: merge in map: map[$patch:merge]");
  EXPECT_EQ(strategic(R"({})", R"({"m":{"a":null,"$retainKeys":["b"],"b":1}})"),
            R"({"m":{"b":1}})");
}

}  // namespace
}  // namespace jibe::data
