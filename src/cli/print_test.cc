#include "cli/print.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace jibe::cli {
namespace {

TEST(Print, ColumnsAreAlignedAndTheLastIsNotPadded) {
  EXPECT_EQ(table({{"NAME", "AGE"}, {"a-long-name", "1"}}), "NAME          AGE\na-long-name   1\n");
  EXPECT_EQ(table({{"A", "B"}, {"aa", "b"}}, 5), "A      B\naa     b\n");
  EXPECT_EQ(table({}), "");
}

TEST(Print, ObjectsAsJsonOrYaml) {
  auto value = data::Value::map({{"b", 1}, {"a", "x"}});
  EXPECT_EQ(print_object(value, "yaml"), "a: x\nb: 1\n");
  EXPECT_EQ(print_object(value, "json"), "{\n    \"a\": \"x\",\n    \"b\": 1\n}\n");
  EXPECT_THROW(print_object(value, "xml"), base::InvalidInput);
}

}  // namespace
}  // namespace jibe::cli
