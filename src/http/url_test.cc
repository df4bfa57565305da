#include "http/url.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace jibe::http {
namespace {

std::string shown(std::string_view text) {
  Url url = parse_url(text);
  return url.scheme + " " + url.host + " " + std::to_string(url.port) + " " + url.target;
}

TEST(Url, TakesTheUsualForms) {
  EXPECT_EQ(shown("https://10.0.0.1:6443"), "https 10.0.0.1 6443 /");
  EXPECT_EQ(shown("HTTPS://example.com"), "https example.com 443 /");
  EXPECT_EQ(shown("http://localhost/a/b?c=d#e"), "http localhost 80 /a/b?c=d");
  EXPECT_EQ(shown("http://localhost?c=d"), "http localhost 80 /?c=d");
  EXPECT_EQ(shown("https://[::1]:8443/x"), "https ::1 8443 /x");
  EXPECT_EQ(shown("https://[fe80::1]"), "https fe80::1 443 /");
}

TEST(Url, RefusesTheRestWithASentence) {
  for (const char* text :
       {"", "localhost:80", "ftp://x", "http://", "http://:80", "http://x:", "http://x:0",
        "http://x:65536", "http://x:8o", "http://a b/", "http://a/\r\nX: y", "http://u:p@host/",
        "http://[::1", "http://[::1]80", "http://x:80:80"})
    EXPECT_THROW(parse_url(text), base::InvalidInput) << text;
  try {
    parse_url("localhost:80");
  } catch (const base::InvalidInput& e) {
    EXPECT_STREQ(e.what(),
                 "\"localhost:80\" is not a usable URL: it should start with http:// or https://");
  }
}

TEST(Origin, NamesThePortWhereItIsNotTheSchemesOwn) {
  EXPECT_EQ(origin_of(parse_url("HTTPS://a.example:443/x?y")), "https://a.example");
  EXPECT_EQ(origin_of(parse_url("http://a.example:443")), "http://a.example:443");
  EXPECT_EQ(origin_of(parse_url("http://[::1]:8080/x")), "http://[::1]:8080");
}

TEST(Resolve, FollowsTheRfc) {
  auto from = [](std::string_view reference) {
    return resolve_url("http://a:81/b/c/d;p?q", reference);
  };
  EXPECT_EQ(from("g"), "http://a:81/b/c/g");
  EXPECT_EQ(from("./g/"), "http://a:81/b/c/g/");
  EXPECT_EQ(from("/g"), "http://a:81/g");
  EXPECT_EQ(from("//h/g"), "http://h/g");
  EXPECT_EQ(from("?y"), "http://a:81/b/c/d;p?y");
  EXPECT_EQ(from("g?y#s"), "http://a:81/b/c/g?y");
  EXPECT_EQ(from("#s"), "http://a:81/b/c/d;p?q");
  EXPECT_EQ(from(""), "http://a:81/b/c/d;p?q");
  EXPECT_EQ(from("."), "http://a:81/b/c/");
  EXPECT_EQ(from(".."), "http://a:81/b/");
  EXPECT_EQ(from("../../../g"), "http://a:81/g");
  EXPECT_EQ(from("g/../h"), "http://a:81/b/c/h");
  EXPECT_EQ(from("oci://x/y:1"), "oci://x/y:1");
  EXPECT_EQ(from("a/b:1"), "http://a:81/b/c/a/b:1");
}

TEST(Percent, RoundTripsEveryByte) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
  EXPECT_EQ(percent_encode("a/b c~d"), "a%2Fb%20c~d");
  EXPECT_EQ(percent_decode("a%2fb%zz%4"), "a/b%zz%4");
}

TEST(Query, ReadsAndWrites) {
  Query query("labelSelector=app%3Dx%2Ctier+in+%28a%29&watch=&flag&&a=1&a=2");
  EXPECT_EQ(query.get("labelSelector"), "app=x,tier in (a)");
  EXPECT_TRUE(query.has("watch"));
  EXPECT_TRUE(query.has("flag"));
  EXPECT_FALSE(query.has("none"));
  EXPECT_EQ(query.get("a"), "1");
  EXPECT_EQ(query.pairs().size(), 5U);
  EXPECT_EQ(query.str(), "labelSelector=app%3Dx%2Ctier%20in%20%28a%29&watch=&flag=&a=1&a=2");
  EXPECT_EQ(Query().str(), "");
}

}  // namespace
}  // namespace jibe::http
