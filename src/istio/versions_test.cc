#include "istio/versions.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "istio/names.h"

namespace jibe::istio {
namespace {

std::vector<Version> known() {
  return {*parse_version("1.14.5"), *parse_version("1.31.0"), *parse_version("1.15.3")};
}

TEST(Versions, ParsesReleasesAndPreReleases) {
  EXPECT_EQ(parse_version("1.15.3")->str(), "1.15.3");
  EXPECT_EQ(parse_version("v1.31.0-rc.0")->str(), "1.31.0-rc.0");
  for (auto bad : {"", "1", "1.2", "1.2.", "1.2.3.4", "1.2.x", "latest", "1.2.3-", "1.-2.3"})
    EXPECT_FALSE(parse_version(bad)) << bad;
}

TEST(Versions, PreReleasesSortBeforeTheirRelease) {
  EXPECT_LT(*parse_version("1.31.0-rc.0"), *parse_version("1.31.0"));
  EXPECT_LT(*parse_version("1.9.9"), *parse_version("1.10.0"));
}

TEST(Versions, ATagsSuffixesAreNotPartOfTheVersion) {
  EXPECT_EQ(version_of_tag("1.15.3-solo")->str(), "1.15.3");
  EXPECT_EQ(version_of_tag("1.15.3-solo-fips-distroless")->str(), "1.15.3");
  EXPECT_EQ(version_of_tag("1.31.0-rc.0-distroless")->str(), "1.31.0-rc.0");
  EXPECT_FALSE(version_of_tag("latest"));
}

TEST(Versions, AnUnknownTagNamesTheKnownVersionsInOrder) {
  EXPECT_EQ(chart_version_for_tag("1.15.3-solo", known()).str(), "1.15.3");
  EXPECT_EQ(chart_version_for_tag("1.31.0-beta.1", known()).str(), "1.31.0");
  try {
    chart_version_for_tag("1.16.0-solo", known());
    FAIL();
  } catch (const base::InvalidInput& e) {
    EXPECT_STREQ(e.what(),
                 "unknown Istio version in tag \"1.16.0-solo\"; known versions: 1.14.5, 1.15.3, "
                 "1.31.0");
  }
}

TEST(Versions, TheDefaultIsTheNewestRelease) {
  auto versions = known();
  versions.push_back(*parse_version("1.32.0-alpha.0"));
  EXPECT_EQ(default_version(versions).str(), "1.31.0");
  EXPECT_THROW(default_version({}), base::InvalidInput);
}

TEST(Names, TheRevisionlessInstallationIsCalledDefaultInLabels) {
  EXPECT_EQ(rev_label(base::Revision("")), "default");
  EXPECT_EQ(revision_from_label("default"), base::Revision(""));
  EXPECT_EQ(istiod_name(base::Revision("1-15")), "istiod-1-15");
}

}  // namespace
}  // namespace jibe::istio
