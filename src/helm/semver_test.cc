#include "helm/semver.h"

#include <gtest/gtest.h>

namespace jibe::helm {
namespace {

TEST(IsVersion, LooseForms) {
  for (const char* good : {"1", "v1.2", "1.2.3-rc.1+b.5", "01.02.03"}) {
    EXPECT_TRUE(is_version(good)) << good;
  }
  for (const char* bad : {"", "a", "1.", "1.2.3.4", "1.2.3-", "99999999999999999999"}) {
    EXPECT_FALSE(is_version(bad)) << bad;
  }
}

struct Case {
  const char* range;
  const char* version;
  bool fits;
};

class IsCompatible : public testing::TestWithParam<Case> {};

TEST_P(IsCompatible, AsMastermindsSemver) {
  const Case& c = GetParam();
  EXPECT_EQ(is_compatible(c.range, c.version), c.fits) << c.range << " " << c.version;
}

INSTANTIATE_TEST_SUITE_P(
    Table, IsCompatible,
    testing::Values(
        Case{">=1.20-0", "v1.36.0", true}, Case{">=1.20", "1.21.0-rc1", false},
        Case{">=1.20-0", "1.21.0-rc1", true}, Case{"1.x", "1.9.0", true},
        Case{"1.x", "2.0.0", false}, Case{"*", "0.0.1", true}, Case{"", "1.0.0", false},
        Case{"~1.2", "1.2.9", true}, Case{"~1.2", "1.3.0", false}, Case{"~1", "1.9.9", true},
        Case{"~1", "2.0.0", false}, Case{"^1.2.3", "1.9.0", true}, Case{"^1.2.3", "1.2.2", false},
        Case{"^0.2.3", "0.2.9", true}, Case{"^0.2.3", "0.3.0", false},
        Case{"^0.0.3", "0.0.4", false}, Case{"^0", "0.9.0", true}, Case{">1", "1.5.0", false},
        Case{">1", "2.0.0", true}, Case{">1.2", "1.2.5", false}, Case{">1.2", "1.3.0", true},
        Case{"<=1.2", "1.2.9", true}, Case{"<=1", "1.9.9", true}, Case{"<1.2", "1.2.0", false},
        Case{"!=1.2.x", "1.2.5", false}, Case{"!=1.2.x", "1.3.0", true},
        Case{"!=1.2.3", "1.2.3", false}, Case{">=1.0, <2", "1.5.0", true},
        Case{">=1.0 <2", "2.0.0", false}, Case{"<1 || >=2", "2.1.0", true},
        Case{"<1 || >=2", "1.5.0", false}, Case{"1.0 - 2.0", "1.5.0", true},
        Case{"1.0 - 2.0", "2.0.1", true}, Case{"1.0.0 - 2.0.0", "2.0.1", false},
        Case{"1.2.3", "1.2.3+build", true}, Case{"=>1.2", "1.2.0", true},
        Case{"~>1.2.3", "1.2.4", true}, Case{"nonsense", "1.0.0", false},
        Case{">=1", "nonsense", false}, Case{">=1.2.3-beta.2", "1.2.3-beta.11", true},
        Case{">1.2.3-beta.2", "1.2.3-alpha", false}));

}  // namespace
}  // namespace jibe::helm
