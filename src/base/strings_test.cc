#include "base/strings.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace jibe::base {
namespace {

TEST(Strings, SplitKeepsEmptyPieces) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
}

TEST(Strings, CutTellsWhetherTheSeparatorWasThere) {
  EXPECT_EQ(cut("k=v=w", "=").after, "v=w");
  EXPECT_FALSE(cut("kv", "=").found);
}

TEST(Strings, Base64RoundTripsEveryLength) {
  std::string bytes;
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    bytes += static_cast<char>(i * 37);
  }
  EXPECT_EQ(base64_encode("hello"), "aGVsbG8=");
}

TEST(Strings, Base64RefusesGarbage) {
  EXPECT_THROW(base64_decode("a?=="), InvalidInput);
  EXPECT_THROW(base64_decode("abc"), InvalidInput);
  EXPECT_THROW(base64_decode("ab=c"), InvalidInput);
}

TEST(Strings, DnsLabels) {
  EXPECT_TRUE(is_dns_label("1-15"));
  EXPECT_FALSE(is_dns_label("1.15"));
  EXPECT_FALSE(is_dns_label("-a"));
  EXPECT_FALSE(is_dns_label("A"));
  EXPECT_FALSE(is_dns_label(std::string(64, 'a')));
  EXPECT_TRUE(is_dns_subdomain("a.b-c.d"));
  EXPECT_FALSE(is_dns_subdomain("a..b"));
  EXPECT_FALSE(is_dns_subdomain("a_b"));
}

TEST(Strings, ReplaceAll) {
  EXPECT_EQ(replace_all("aXbXc", "X", "--"), "a--b--c");
  EXPECT_EQ(replace_all("abc", "", "x"), "abc");
}

}  // namespace
}  // namespace jibe::base
