#include "kube/quantity.h"

#include <gtest/gtest.h>

namespace jibe::kube {
namespace {

std::string canonical(std::string_view text) {
  const auto q = Quantity::parse(text);
  return q ? q->str() : "error";
}

// Expectations from Go's resource.MustParse(x).String().
TEST(Quantity, CanonicalForm) {
  EXPECT_EQ(canonical("1000m"), "1");
  EXPECT_EQ(canonical("0.5"), "500m");
  EXPECT_EQ(canonical("100m"), "100m");
  EXPECT_EQ(canonical("1.5"), "1500m");
  EXPECT_EQ(canonical("1024Mi"), "1Gi");
  EXPECT_EQ(canonical("1.5Gi"), "1536Mi");
  EXPECT_EQ(canonical("2048"), "2048");
  EXPECT_EQ(canonical("1000"), "1k");
  EXPECT_EQ(canonical("1e3"), "1e3");
  EXPECT_EQ(canonical("10E2"), "1e3");
  EXPECT_EQ(canonical("0"), "0");
  EXPECT_EQ(canonical("0Gi"), "0");
  EXPECT_EQ(canonical("-5"), "-5");
  EXPECT_EQ(canonical("1Ki"), "1Ki");
  EXPECT_EQ(canonical("0.5Ki"), "512");
  EXPECT_EQ(canonical("0.1n"), "1n");
  EXPECT_EQ(canonical("128974848"), "128974848");
}

TEST(Quantity, RefusesWhatKubernetesRefuses) {
  for (const char* bad : {"", "x", "1GG", "1 Gi", "1.2.3", "Mi", "1gi", "e3"}) {
    EXPECT_EQ(canonical(bad), "error") << bad;
  }
}

TEST(Quantity, Values) {
  EXPECT_EQ(Quantity::parse("250m")->milli(), 250);
  EXPECT_EQ(Quantity::parse("250m")->value(), 1);
  EXPECT_EQ(Quantity::parse("1Gi")->value(), 1073741824);
  EXPECT_LT(*Quantity::parse("1G"), *Quantity::parse("1Gi"));
}

}  // namespace
}  // namespace jibe::kube
