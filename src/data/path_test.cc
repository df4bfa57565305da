#include "data/path.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace jibe::data {
namespace {

TEST(Path, ReadsWhatItWrites) {
  for (const char* text : {"", "a", "a.b[0].c", "a\\.b.c", "[1][2].x", "a\\[0\\]", "a\\\\b"}) {
    Path path = Path::parse(text);
    EXPECT_EQ(Path::parse(path.str()), path) << text;
  }
  EXPECT_EQ(Path::parse("a.b[0].c").steps().size(), 4u);
  EXPECT_EQ(std::get<std::string>(Path::parse("a\\.b").steps()[0]), "a.b");
  EXPECT_EQ(Path::parse("a").child("b.c").child(3).str(), "a.b\\.c[3]");
}

TEST(Path, RefusesWhatIsMalformed) {
  for (const char* text : {".", "a.", "a..b", ".a", "a[", "a[x]", "a[]", "a[-1]"})
    EXPECT_THROW(Path::parse(text), base::InvalidInput) << text;
}

TEST(Path, GetsSetsAndErases) {
  Value v = parse_json(R"({"a":{"b":[{"c":1}]}})");
  const Value before = v;
  EXPECT_EQ(get_path(v, "a.b[0].c").as_int(), 1);
  EXPECT_TRUE(get_path(v, "a.b[1].c").is_null());
  EXPECT_TRUE(get_path(v, "a[0]").is_null());
  EXPECT_FALSE(has_path(v, "a.b[0].d"));
  set_path(v, "a.b[2].x", "y");
  set_path(v, "n.m\\.o", 2);
  EXPECT_EQ(to_json(v), R"({"a":{"b":[{"c":1},null,{"x":"y"}]},"n":{"m.o":2}})");
  EXPECT_TRUE(erase_path(v, "a.b[1]"));
  EXPECT_TRUE(erase_path(v, "n.m\\.o"));
  EXPECT_FALSE(erase_path(v, "n.m\\.o"));
  EXPECT_EQ(to_json(v), R"({"a":{"b":[{"c":1},{"x":"y"}]},"n":{}})");
  EXPECT_EQ(to_json(before), R"({"a":{"b":[{"c":1}]}})");
  EXPECT_THROW(set_path(v, "a.b[0].c.d", 1), WrongKind);
  EXPECT_THROW(set_path(v, "l[4000000000]", 1), base::InvalidInput);
}

}  // namespace
}  // namespace jibe::data
