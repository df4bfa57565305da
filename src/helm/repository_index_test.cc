#include "helm/repository_index.h"

#include <gmock/gmock.h>

namespace jibe::helm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr const char* kIndex = R"(
apiVersion: v1
entries:
  app:
  - {name: app, version: 1.9.0, urls: [app-1.9.0.tgz], digest: abc}
  - {name: app, version: 1.10.0+build.1, urls: [https://cdn.example/app-1.10.0.tgz]}
  - {name: app, version: 2.0.0-rc.1, urls: [app-2.0.0-rc.1.tgz]}
  - {name: app, version: not-a-version, urls: [x.tgz]}
  - null
  - {name: app, version: 1.2.3, urls: [a.tgz], unknownField: 1}
  broken:
  - {name: broken, version: one}
generated: "2026-01-01T00:00:00Z"
)";

class Index : public testing::Test {
 protected:
  std::string version(const std::string& wanted) {
    warnings_.clear();
    return index_.find("app", wanted, warnings_).version;
  }
  RepositoryIndex index_ = RepositoryIndex::parse(kIndex);
  std::vector<std::string> warnings_;
};

TEST_F(Index, GivesTheNewestRelease) {
  IndexEntry entry = index_.find("app", "", warnings_);
  EXPECT_EQ(entry.version, "1.10.0+build.1");
  EXPECT_THAT(entry.urls, ElementsAre("https://cdn.example/app-1.10.0.tgz"));
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("\"not-a-version\"")));
  EXPECT_EQ(index_.find("app", "1.9.0", warnings_).digest, "abc");
}

TEST_F(Index, GivesTheNewestInARange) {
  EXPECT_EQ(version("^1"), "1.10.0+build.1");
  EXPECT_EQ(version("~1.9"), "1.9.0");
  EXPECT_EQ(version("<1.9.0 || >5"), "1.2.3");
  EXPECT_EQ(version(">0.0.0-0"), "2.0.0-rc.1");
  EXPECT_EQ(version("2.0.0-rc.1"), "2.0.0-rc.1");
  EXPECT_EQ(version("1.10.0+build.1"), "1.10.0+build.1");
}

TEST_F(Index, WarnsWhereAnotherThanTheNamedVersionIsTaken) {
  EXPECT_EQ(version("1.9"), "1.9.0");
  EXPECT_THAT(warnings_, testing::Contains(HasSubstr("falling back to \"1.9.0\"")));
  EXPECT_EQ(version("1.9.x"), "1.9.0");
  EXPECT_EQ(warnings_.size(), 1u);
}

TEST_F(Index, RefusesInSentences) {
  EXPECT_THAT([&] { version("9.9.9"); },
              ThrowsMessage<ChartError>("no chart version found for app-9.9.9"));
  EXPECT_THAT([&] { version("newest"); },
              ThrowsMessage<base::InvalidInput>("improper constraint: \"newest\""));
  EXPECT_THAT([&] { index_.find("none", "", warnings_); },
              ThrowsMessage<ChartError>("no chart name found"));
  EXPECT_THAT([&] { index_.find("broken", "", warnings_); },
              ThrowsMessage<ChartError>("no chart version found"));
}

TEST(IndexText, HoldsNoNumbersForDigests) {
  auto index = RepositoryIndex::parse(
      "apiVersion: v1\nentries: {a: [{name: a, version: 1.0.0, digest: 12345678}]}");
  std::vector<std::string> warnings;
  EXPECT_THAT([&] { index.find("a", "", warnings); },
              ThrowsMessage<ChartError>(HasSubstr("put it in quotes")));
}

TEST(IndexText, IsChecked) {
  auto parse = [](const char* text) { return [text] { RepositoryIndex::parse(text); }; };
  EXPECT_THAT(parse(""), ThrowsMessage<ChartError>("empty index.yaml file"));
  EXPECT_THAT(parse("entries: {}"), ThrowsMessage<ChartError>("no API version specified"));
  EXPECT_THAT(parse("<html><body>Sign in</body></html>"),
              ThrowsMessage<ChartError>(HasSubstr("should be a map")));
  EXPECT_THAT(parse("apiVersion: v1\nentries: []"),
              ThrowsMessage<ChartError>(HasSubstr("map of charts")));
  EXPECT_THAT(parse("a: ["), ThrowsMessage<ChartError>(HasSubstr("yaml: line")));
  std::vector<std::string> warnings;
  auto json = RepositoryIndex::parse(
      R"({"apiVersion":"v1","entries":{"a":[{"name":"a","version":"1.0.0","urls":["a.tgz"]}]}})");
  EXPECT_EQ(json.find("a", "", warnings).version, "1.0.0");
}

TEST(UrlInRepository, IsRelativeToItsFolder) {
  EXPECT_EQ(url_in_repository("http://a/charts", "index.yaml"), "http://a/charts/index.yaml");
  EXPECT_EQ(url_in_repository("http://a/charts/", "x/b-1.tgz"), "http://a/charts/x/b-1.tgz");
  EXPECT_EQ(url_in_repository("http://a/charts?key=1", "b.tgz?y"), "http://a/charts/b.tgz?key=1");
  EXPECT_EQ(url_in_repository("http://a/charts", "/b.tgz"), "http://a/b.tgz");
  EXPECT_EQ(url_in_repository("http://a/charts?k=1", "https://b/c.tgz?x"), "https://b/c.tgz?x");
  EXPECT_EQ(url_in_repository("http://a/charts", "oci://b/c:1"), "oci://b/c:1");
}

}  // namespace
}  // namespace jibe::helm
