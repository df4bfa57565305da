#include "helm/oci_reference.h"

#include <gmock/gmock.h>

#include "base/error.h"

namespace jibe::helm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

const std::string kDigest = "sha256:" + std::string(64, 'a');

TEST(OciReference, TakesApartWhatHelmTakes) {
  auto plain = OciReference::parse("oci://ghcr.io/org/sub/chart");
  EXPECT_EQ(plain.registry, "ghcr.io");
  EXPECT_EQ(plain.repository, "org/sub/chart");
  EXPECT_EQ(plain.tag, "");
  EXPECT_EQ(plain.text(), "ghcr.io/org/sub/chart");
  auto tagged = OciReference::parse("127.0.0.1:5000/chart:1.2.3-rc.1+build.5");
  EXPECT_EQ(tagged.registry, "127.0.0.1:5000");
  EXPECT_EQ(tagged.repository, "chart");
  EXPECT_EQ(tagged.tag, "1.2.3-rc.1_build.5");
  auto both = OciReference::parse("oci://[::1]:5000/chart:1.0.0@" + kDigest);
  EXPECT_EQ(both.registry, "[::1]:5000");
  EXPECT_EQ(both.tag, "1.0.0");
  EXPECT_EQ(both.text(), "[::1]:5000/chart@" + kDigest);
  EXPECT_EQ(OciReference::parse("docker.io/org/chart").host(), "registry-1.docker.io");
}

TEST(OciReference, RefusesInSentences) {
  auto mistake = [](const std::string& text) { return [text] { OciReference::parse(text); }; };
  EXPECT_THAT(mistake("oci://ghcr.io"),
              ThrowsMessage<base::InvalidInput>(HasSubstr("missing registry or repository")));
  EXPECT_THAT(
      mistake("oci://ghcr.io/Org/chart"),
      ThrowsMessage<base::InvalidInput>("invalid reference: invalid repository \"Org/chart\""));
  EXPECT_THAT(mistake("oci://ghcr.io/org/"),
              ThrowsMessage<base::InvalidInput>(HasSubstr("invalid repository")));
  EXPECT_THAT(mistake("oci://user:pass@ghcr.io/org/c"),
              ThrowsMessage<base::InvalidInput>(HasSubstr("invalid digest")));
  EXPECT_THAT(mistake("oci://gh cr.io/org/c"),
              ThrowsMessage<base::InvalidInput>(HasSubstr("invalid registry")));
  EXPECT_THAT(mistake("oci://ghcr.io/org/c:a/../b"),
              ThrowsMessage<base::InvalidInput>(HasSubstr("invalid tag")));
  EXPECT_THAT(mistake("oci://ghcr.io/org/../c"),
              ThrowsMessage<base::InvalidInput>(HasSubstr("invalid repository")));
  EXPECT_THAT(mistake("oci://ghcr.io/org/c@sha256:abc"),
              ThrowsMessage<base::InvalidInput>(HasSubstr("invalid digest")));
}

TEST(Versions, AreTheCompleteOnesNewestFirst) {
  EXPECT_THAT(versions_of_tags({"1.9.0", "latest", "1.10.0", "v1.11.0", "1.12", "1.10.0-rc.1",
                                "01.0.0", "2.0.0_build.1", "sha256-abc.sig"}),
              ElementsAre("2.0.0+build.1", "1.10.0", "1.10.0-rc.1", "1.9.0"));
}

TEST(Versions, AreChosenByRange) {
  std::vector<std::string> known = {"2.0.0-rc.1", "1.10.0+b", "1.9.0"};
  EXPECT_EQ(choose_version(known, ""), "1.10.0+b");
  EXPECT_EQ(choose_version(known, "~1.9"), "1.9.0");
  EXPECT_EQ(choose_version(known, ">0.0.0-0"), "2.0.0-rc.1");
  EXPECT_EQ(choose_version(known, "1.10.0+b"), "1.10.0+b");
  EXPECT_THAT([&] { choose_version(known, "^3"); },
              ThrowsMessage<base::InvalidInput>(
                  "could not locate a version matching provided version string ^3"));
  EXPECT_THAT([&] { choose_version(known, "newest"); },
              ThrowsMessage<base::InvalidInput>("improper constraint: \"newest\""));
}

}  // namespace
}  // namespace jibe::helm
