#include "data/diff.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace jibe::data {
namespace {

std::string rendered(std::string_view before, std::string_view after,
                     const DiffOptions& options = {}) {
  return render(diff(parse_json(before), parse_json(after), options));
}

TEST(Diff, EqualTreesDifferInNothing) {
  EXPECT_TRUE(diff(parse_json(R"({"a":[1]})"), parse_json(R"({"a":[1.0]})")).empty());
}

TEST(Diff, FieldByField) {
  EXPECT_EQ(rendered(R"({"a":{"b":1,"c":2},"d":null})", R"({"a":{"b":"x","e":[]},"f.g":""})"),
            "~ a.b: 1 → x\n- a.c: 2\n+ a.e: []\n- d: null\n+ f\\.g: \"\"\n");
  EXPECT_EQ(rendered("1", "[1]"), "~ the whole value: 1 → [1]\n");
}

TEST(Diff, ListsByPosition) {
  EXPECT_EQ(rendered(R"({"l":[1,2,3]})", R"({"l":[1,4]})"), "~ l[1]: 2 → 4\n- l[2]: 3\n");
}

TEST(Diff, ListsByName) {
  const char* before = R"({"l":[{"name":"a","v":1},{"name":"b","v":2},{"name":"c"}]})";
  const char* after = R"({"l":[{"name":"n"},{"name":"b","v":3},{"name":"a","v":1}]})";
  EXPECT_EQ(rendered(before, after, match_by_name()),
            "~ l[name=b].v: 2 → 3\n- l[name=c]: {\"name\":\"c\"}\n+ l[name=n]: {\"name\":\"n\"}\n");
  auto differences = diff(parse_json(before), parse_json(after), match_by_name());
  EXPECT_EQ(differences[0].path.str(), "l[1].v");
  // Two of the same name: position it is.
  EXPECT_EQ(
      rendered(R"([{"name":"a"},{"name":"a"}])", R"([{"name":"a"},{"name":"b"}])", match_by_name()),
      "~ [1].name: a → b\n");
}

TEST(Diff, IgnoresWhatItIsTold) {
  DiffOptions options = match_by_name();
  options.ignore = [](std::string_view where) {
    return where == "metadata.resourceVersion" || where == "l[name=a].v";
  };
  EXPECT_EQ(rendered(R"({"metadata":{"resourceVersion":"1","x":1},"l":[{"name":"a","v":1}]})",
                     R"({"metadata":{"resourceVersion":"2","x":2},"l":[{"name":"a"}]})", options),
            "~ metadata.x: 1 → 2\n");
}

TEST(Diff, LongValuesAreCutBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "é";
  std::string line = render(diff(Value::map(), Value::map({{"a", text}})));
  EXPECT_LT(line.size(), 140u);
  EXPECT_TRUE(line.ends_with("é…\n"));
}

}  // namespace
}  // namespace jibe::data
