#include "data/value.h"

#include <gtest/gtest.h>

namespace jibe::data {
namespace {

Value sample() {
  return Value::map(
      {{"b", 1}, {"a", Value::list({"x", 2.5, true})}, {"c", Value::map({{"d", nullptr}})}});
}

TEST(Value, MapsAreOrderedAndTheLastDuplicateWins) {
  Value v = Value::map({{"b", 1}, {"a", 2}, {"b", 3}});
  ASSERT_EQ(v.size(), 2u);
  EXPECT_EQ(v.entries()[0].key, "a");
  EXPECT_EQ(v["b"].as_int(), 3);
}

TEST(Value, ReadingWhatIsAbsentGivesNull) {
  EXPECT_TRUE(sample()["x"]["y"][7].is_null());
  EXPECT_EQ(sample()["a"][0].text(), "x");
  EXPECT_EQ(sample()["b"].text(), "");
}

TEST(Value, AWriteIsNotSeenThroughACopy) {
  Value original = sample();
  Value copy = original;
  copy.edit("c").set("d", 1);
  copy.edit("a").push_back("y");
  EXPECT_TRUE(original["c"]["d"].is_null());
  EXPECT_EQ(original["a"].size(), 3u);
  EXPECT_EQ(copy["a"].size(), 4u);
}

TEST(Value, UntouchedPartsStayShared) {
  Value original = sample();
  Value copy = original;
  copy.set("b", 2);
  EXPECT_TRUE(copy["a"].same_storage(original["a"]));
}

TEST(Value, AssigningAChildToItsParentIsSafe) {
  Value v = sample();
  v = v["c"];
  EXPECT_TRUE(v.has("d"));
}

TEST(Value, NumbersCompareAsInJson) {
  EXPECT_EQ(Value(1), Value(1.0));
  EXPECT_FALSE(Value(1) == Value("1"));
}

TEST(Value, WrongKindSaysWhatWasFound) {
  try {
    Value("x").as_int();
    FAIL();
  } catch (const WrongKind& e) {
    EXPECT_STREQ(e.what(), "expected integer, found string");
  }
  EXPECT_THROW(Value(1).edit("a"), WrongKind);
}

TEST(Value, EditCreatesMapsOnTheWay) {
  Value v;
  v.edit("a").edit("b").set("c", "d");
  EXPECT_EQ(v["a"]["b"]["c"].text(), "d");
  EXPECT_TRUE(v.erase("a"));
  EXPECT_FALSE(v.erase("a"));
}

}  // namespace
}  // namespace jibe::data
