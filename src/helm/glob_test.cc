#include "helm/glob.h"

#include <gtest/gtest.h>

#include "helm/chart.h"
#include "helm/ignore.h"

namespace jibe::helm {
namespace {

bool path_matches(std::string_view pattern, std::string_view name) {
  return match_path(pattern, name) == PathMatch::kYes;
}

TEST(MatchPath, StarsStopAtDirectories) {
  EXPECT_TRUE(path_matches("templates/*.yaml", "templates/a.yaml"));
  EXPECT_FALSE(path_matches("templates/*.yaml", "templates/sub/a.yaml"));
  EXPECT_TRUE(path_matches("*/*", "a/b"));
  EXPECT_TRUE(path_matches("a*b*c", "axxbyybzzc"));
  EXPECT_FALSE(path_matches("a*b", "axb/"));
  EXPECT_TRUE(path_matches("", ""));
}

TEST(MatchPath, ClassesAndEscapes) {
  EXPECT_TRUE(path_matches("[a-c]?", "bz"));
  EXPECT_FALSE(path_matches("[^a-c]", "b"));
  EXPECT_TRUE(path_matches("\\*", "*"));
  EXPECT_FALSE(path_matches("\\*", "x"));
  EXPECT_TRUE(path_matches("[é]", "é"));
  for (const char* bad : {"[", "[a", "[]a]", "[-]", "[a-]", "\\", "a["}) {
    EXPECT_EQ(match_path(bad, "x"), PathMatch::kBadPattern) << bad;
  }
}

TEST(Glob, CrossesDirectoriesOnlyWithTwoStars) {
  EXPECT_TRUE(Glob("config/**").matches("config/a/b.txt"));
  EXPECT_FALSE(Glob("config/*").matches("config/a/b.txt"));
  EXPECT_TRUE(Glob("**/b.txt").matches("x/y/b.txt"));
  EXPECT_FALSE(Glob("**/b.txt").matches("b.txt"));
  EXPECT_FALSE(Glob("a?c").matches("a/c"));
}

TEST(Glob, AlternativesAndClasses) {
  EXPECT_TRUE(Glob("{a,b/*}.yaml").matches("b/c.yaml"));
  EXPECT_TRUE(Glob("{a,{b,c}d}").matches("cd"));
  EXPECT_TRUE(Glob("[!a-c]x").matches("dx"));
  EXPECT_FALSE(Glob("[!a-c]x").matches("bx"));
  EXPECT_TRUE(Glob("[abc]").matches("c"));
  EXPECT_TRUE(Glob("\\{x\\}").matches("{x}"));
}

TEST(Glob, BrokenPatternsMatchEverything) {
  for (const char* bad : {"[", "{a,b", "[c-a]", "[]"}) {
    EXPECT_TRUE(Glob(bad).matches("any/thing")) << bad;
  }
}

TEST(IgnoreRules, NamesPathsAndDirectories) {
  IgnoreRules rules("# comment\n*.tmp\n/top.txt\nsub/x.yaml\nbuild/\n");
  EXPECT_TRUE(rules.ignores("a/b/c.tmp", false));
  EXPECT_TRUE(rules.ignores("top.txt", false));
  EXPECT_FALSE(rules.ignores("a/top.txt", false));
  EXPECT_TRUE(rules.ignores("sub/x.yaml", false));
  EXPECT_FALSE(rules.ignores("a/sub/x.yaml", false));
  EXPECT_TRUE(rules.ignores("build", true));
  EXPECT_FALSE(rules.ignores("build", false));
  EXPECT_FALSE(rules.ignores("# comment", false));
}

TEST(IgnoreRules, DotFilesInTemplatesAreAlwaysIgnored) {
  EXPECT_TRUE(IgnoreRules().ignores("templates/.swp", false));
  EXPECT_FALSE(IgnoreRules().ignores("templates/a.yaml", false));
  EXPECT_FALSE(IgnoreRules().ignores(".helmignore", false));
}

// Helm stops at a negated rule for all that it does not match, unlike git.
TEST(IgnoreRules, NegationIgnoresTheRest) {
  IgnoreRules rules("!keep.txt\n");
  EXPECT_FALSE(rules.ignores("keep.txt", false));
  EXPECT_TRUE(rules.ignores("other.txt", false));
}

TEST(IgnoreRules, RefusesWhatHelmRefuses) {
  EXPECT_THROW(IgnoreRules("a/**"), ChartError);
  EXPECT_THROW(IgnoreRules("[a"), ChartError);
}

}  // namespace
}  // namespace jibe::helm
