#include "cli/variables.h"

#include <gtest/gtest.h>

namespace jibe::cli {
namespace {

TEST(Substitute, ReplacesVariablesAsEnvsubstDoes) {
  Variables variables = {{"A", "1"}, {"A_B", "2"}};
  EXPECT_EQ(substitute("x$A-${A_B}${A}y", variables), "x1-21y");
  EXPECT_EQ(substitute("$A_B$A", variables), "21");
  EXPECT_EQ(substitute("[$UNKNOWN]", variables), "[]");
  EXPECT_EQ(substitute("a $ b $", variables), "a $ b $");
  EXPECT_EQ(substitute("${A", variables), "${A");
  EXPECT_EQ(substitute("100%$", variables), "100%$");
}

TEST(Substitute, NotesWhatNothingSets) {
  std::set<std::string> unknown;
  substitute("$A ${B} $C", {{"C", ""}}, &unknown);
  EXPECT_EQ(unknown, (std::set<std::string>{"A", "B"}));
}

}  // namespace
}  // namespace jibe::cli
