#include "helm/oci.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "helm/test_web.h"

namespace jibe::helm {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

const std::string kBase = "https://r.example/v2/org/c/";

class Oci : public testing::Test {
 protected:
  Oci() { publish(kBase, "1.0.0"); }

  void publish(const std::string& base, const std::string& tag) {
    std::string manifest = chart_manifest(chart_);
    web_.pages[base + "manifests/" + tag] = {
        200, manifest, {{"Docker-Content-Digest", digest_of(manifest)}}};
    web_.pages[base + "manifests/" + digest_of(manifest)] = {200, manifest};
    web_.pages[base + "blobs/" + digest_of(chart_)] = {200, chart_};
  }
  void protect(const std::string& accepted, const std::string& challenge) {
    for (auto& [url, page] : web_.pages) {
      if (!url.starts_with(kBase)) continue;
      page.accepts = {accepted};
      page.challenge = challenge;
    }
  }
  OciReference resolve(const std::string& reference, const std::string& version) {
    OciClient client(fetcher_, options_);
    return web_.run(client.resolve(OciReference::parse(reference), version));
  }
  PulledChart pull(const std::string& reference) {
    OciClient client(fetcher_, options_);
    return web_.run(client.pull(OciReference::parse(reference)));
  }

  TestWeb web_;
  http::Fetcher fetcher_{*web_.runtime, web_.clients()};
  RegistryOptions options_;
  std::string chart_ = "the chart's bytes";
};

TEST_F(Oci, PullsByTagAndByDigest) {
  PulledChart pulled = pull("oci://r.example/org/c:1.0.0");
  EXPECT_EQ(pulled.bytes, chart_);
  EXPECT_EQ(pulled.digest, digest_of(chart_));
  EXPECT_EQ(pulled.manifest_digest, digest_of(chart_manifest(chart_)));
  EXPECT_EQ(pull("r.example/org/c@" + pulled.manifest_digest).bytes, chart_);
}

TEST_F(Oci, BelievesNoBytesThatAreNotThoseOfTheDigest) {
  web_.pages[kBase + "blobs/" + digest_of(chart_)].body = "the chart's BYTES";
  EXPECT_THAT([&] { pull("r.example/org/c:1.0.0"); },
              ThrowsMessage<base::Error>(HasSubstr("was changed or damaged on its way")));
  web_.pages[kBase + "blobs/" + digest_of(chart_)].body = chart_ + "and more";
  EXPECT_THAT([&] { pull("r.example/org/c:1.0.0"); },
              ThrowsMessage<base::Error>(HasSubstr("larger than the 17 bytes")));
  std::string pinned = "sha256:" + std::string(64, '0');
  web_.pages[kBase + "manifests/" + pinned] = {200, chart_manifest(chart_)};
  EXPECT_THAT([&] { pull("r.example/org/c@" + pinned); },
              ThrowsMessage<base::Error>(HasSubstr("the manifest of r.example/org/c@sha256:000")));
  web_.pages[kBase + "manifests/1.0.0"].body += " ";
  EXPECT_THAT([&] { pull("r.example/org/c:1.0.0"); },
              ThrowsMessage<base::Error>(HasSubstr("the manifest of r.example/org/c:1.0.0 has")));
}

TEST_F(Oci, FindsTheChartInAnIndex) {
  std::string manifest = chart_manifest(chart_);
  std::string image = R"({"schemaVersion":2,"config":{"mediaType":"image"},"layers":[]})";
  auto item = [](const std::string& text) {
    return R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" +
           digest_of(text) + R"(","size":)" + std::to_string(text.size()) + "}";
  };
  std::string index =
      R"({"schemaVersion":2,"manifests":[)" + item(image) + "," + item(manifest) + "]}";
  web_.pages[kBase + "manifests/" + digest_of(image)] = {200, image};
  web_.pages[kBase + "manifests/2.0.0"] = {200, index};
  EXPECT_EQ(pull("r.example/org/c:2.0.0").bytes, chart_);
  web_.pages[kBase + "manifests/image"] = {200, image};
  EXPECT_THAT([&] { pull("r.example/org/c:image"); },
              ThrowsMessage<base::Error>(HasSubstr("r.example/org/c:image is no chart")));
}

TEST_F(Oci, SaysWhatIsMissing) {
  web_.pages[kBase + "manifests/9.9.9"] = {
      404, R"({"errors":[{"code":"MANIFEST_UNKNOWN","message":"unknown tag=9.9.9"}]})"};
  EXPECT_THAT([&] { pull("r.example/org/c:9.9.9"); },
              ThrowsMessage<ChartNotFound>("r.example/org/c:9.9.9: the chart not found: 404 Not "
                                           "Found (manifest unknown: unknown tag=9.9.9)"));
  web_.pages.erase(kBase + "blobs/" + digest_of(chart_));
  EXPECT_THAT([&] { pull("r.example/org/c:1.0.0"); },
              ThrowsMessage<base::Error>(HasSubstr("the content of the chart not found: 404")));
}

TEST_F(Oci, GetsATokenAndKeepsIt) {
  protect("Bearer t1", R"(Bearer realm="https://auth.example/token",service="r.example",)"
                       R"(scope="repository:org/c:pull")");
  web_.pages["https://auth.example/token?service=r.example&scope=repository%3Aorg%2Fc%3Apull"] = {
      200, R"({"token":"t1"})"};
  EXPECT_EQ(pull("r.example/org/c:1.0.0").bytes, chart_);
  EXPECT_EQ(web_.seen.size(), 4u);
  EXPECT_THAT(web_.seen[3], AllOf(HasSubstr("/blobs/"), HasSubstr("Bearer t1")));
}

TEST_F(Oci, GivesCredentialsToTheTokenServiceAlone) {
  std::string token_url = "https://auth.example/token?service=s&scope=repository%3Aorg%2Fc%3Apull";
  protect("Bearer t1", R"(Bearer realm="https://auth.example/token",service="s")");
  web_.pages[token_url] = {200, R"({"access_token":"t1"})", {}, {"Basic dTpw"}, "Basic"};
  options_.configs = {DockerConfig::parse(
      R"({"auths":{"r.example":{"username":"u","password":"p"}}})", "config.json")};
  EXPECT_EQ(pull("r.example/org/c:1.0.0").bytes, chart_);
  for (const std::string& line : web_.seen) {
    if (!line.starts_with("GET https://auth.example")) EXPECT_THAT(line, Not(HasSubstr("Basic")));
  }
  options_.configs.clear();
  EXPECT_THAT([&] { pull("r.example/org/c:1.0.0"); },
              ThrowsMessage<base::Error>(
                  "the token service https://auth.example/token refused: 401 Unauthorized; no "
                  "credentials were given"));
}

TEST_F(Oci, ExchangesARefreshToken) {
  protect("Bearer t2", R"(Bearer realm="https://auth.example/token",service="s")");
  web_.pages["https://auth.example/token"] = {200, R"({"access_token":"t2"})"};
  options_.credential.refresh_token = "r&1";
  EXPECT_EQ(pull("r.example/org/c:1.0.0").bytes, chart_);
  EXPECT_THAT(web_.bodies, Contains("grant_type=refresh_token&refresh_token=r%261&service=s&"
                                    "client_id=jibe&scope=repository%3Aorg%2Fc%3Apull"));
}

TEST_F(Oci, AnswersBasic) {
  protect("Basic dTpw", "Basic realm=\"r\"");
  EXPECT_THAT([&] { pull("r.example/org/c:1.0.0"); },
              ThrowsMessage<base::Error>(
                  AllOf(HasSubstr("401 Unauthorized"), HasSubstr("helm registry login"))));
  options_.credential = {"u", "p", "", ""};
  EXPECT_EQ(pull("r.example/org/c:1.0.0").bytes, chart_);
  options_.credential = {"u", "wrong", "", ""};
  EXPECT_THAT([&] { pull("r.example/org/c:1.0.0"); },
              ThrowsMessage<base::Error>(HasSubstr("401 Unauthorized")));
}

TEST_F(Oci, DoesNotSendCredentialsInTheClear) {
  protect("Bearer t", R"(Bearer realm="http://auth.example/token")");
  options_.credential = {"u", "p", "", ""};
  EXPECT_THAT([&] { pull("r.example/org/c:1.0.0"); },
              ThrowsMessage<base::Error>(HasSubstr("which is not encrypted")));
}

TEST_F(Oci, TakesNoOrdersFromWhereItIsRedirected) {
  std::string blob = kBase + "blobs/" + digest_of(chart_);
  web_.pages[blob] = {307, "", {{"Location", "https://cdn.example/blob"}}};
  web_.pages["https://cdn.example/blob"] = {200, chart_};
  options_.credential = {"u", "p", "", ""};
  protect("Basic dTpw", "Basic");
  EXPECT_EQ(pull("r.example/org/c:1.0.0").bytes, chart_);
  EXPECT_THAT(web_.seen, Contains("GET https://cdn.example/blob"));
  // A blob store that asks for credentials gets none.
  web_.pages["https://cdn.example/blob"].accepts = {"Basic dTpw"};
  web_.pages["https://cdn.example/blob"].challenge = "Basic realm=\"give\"";
  EXPECT_THAT([&] { pull("r.example/org/c:1.0.0"); }, ThrowsMessage<base::Error>(HasSubstr("401")));
  EXPECT_THAT(web_.seen, Not(Contains("GET https://cdn.example/blob Basic dTpw")));
}

TEST_F(Oci, ReadsTagsPageByPage) {
  web_.pages[kBase + "tags/list"] = {
      200,
      R"({"tags":["1.0.0","latest"]})",
      {{"Link", "</v2/org/c/tags/list?last=latest&n=2>; rel=\"next\""}}};
  web_.pages[kBase + "tags/list?last=latest&n=2"] = {200, R"({"tags":["1.2.0_b.1","2.0.0-rc.1"]})"};
  EXPECT_EQ(resolve("r.example/org/c", "").tag, "1.2.0_b.1");
  EXPECT_EQ(resolve("r.example/org/c", "~1.0").tag, "1.0.0");
  EXPECT_EQ(resolve("r.example/org/c:latest", "").tag, "latest");
  EXPECT_EQ(resolve("r.example/org/c", ">0.0.0-0").tag, "2.0.0-rc.1");
  EXPECT_THAT([&] { resolve("r.example/org/c", "^3"); },
              ThrowsMessage<base::InvalidInput>(HasSubstr("could not locate a version")));
  web_.pages[kBase + "tags/list"].headers = {{"Link", "<https://evil.example/x>; rel=next"}};
  EXPECT_THAT([&] { resolve("r.example/org/c", ""); },
              ThrowsMessage<base::Error>(HasSubstr("goes on at another host")));
  web_.pages[kBase + "tags/list"] = {200, R"({"tags":null})"};
  EXPECT_THAT([&] { resolve("r.example/org/c", ""); },
              ThrowsMessage<base::InvalidInput>(HasSubstr("unable to locate any tags")));
}

TEST_F(Oci, AsksForNoTagsWhereTheVersionIsExact) {
  EXPECT_EQ(resolve("r.example/org/c", "1.2.3+b").tag, "1.2.3_b");
  EXPECT_EQ(resolve("r.example/org/c:1.2.3", "").tag, "1.2.3");
  EXPECT_THAT(web_.seen, ElementsAre());
  EXPECT_THAT([&] { resolve("r.example/org/c:1.2.3", "1.2.4"); },
              ThrowsMessage<base::InvalidInput>(
                  "chart reference and version mismatch: 1.2.4 is not 1.2.3"));
}

TEST_F(Oci, HoldsATagAgainstTheDigestBesideIt) {
  std::string good = digest_of(chart_manifest(chart_));
  std::string bad = "sha256:" + std::string(64, '1');
  EXPECT_EQ(resolve("r.example/org/c:1.0.0@" + good, "").digest, good);
  EXPECT_EQ(resolve("r.example/org/c@" + good, "7.7.7").digest, good);
  EXPECT_THAT([&] { resolve("r.example/org/c@" + bad, "1.0.0"); },
              ThrowsMessage<base::Error>(HasSubstr("chart reference digest mismatch")));
}

TEST_F(Oci, SpeaksHttpOnlyWhereToldTo) {
  publish("http://r.example/v2/org/c/", "1.0.0");
  options_.plain_http = true;
  EXPECT_EQ(pull("r.example/org/c:1.0.0").bytes, chart_);
  for (const std::string& line : web_.seen) EXPECT_TRUE(line.starts_with("GET http://r.example"));
}

TEST(NextLink, ReadsTheHeader) {
  EXPECT_EQ(next_link("</a?n=1>; rel=\"next\""), "/a?n=1");
  EXPECT_EQ(next_link("</p>; rel=prev, </n>; rel=next"), "/n");
  EXPECT_EQ(next_link("</p>; rel=prev"), "");
  EXPECT_EQ(next_link("</n>"), "/n");
  EXPECT_EQ(next_link("nonsense"), "");
  EXPECT_EQ(next_link(""), "");
}

}  // namespace
}  // namespace jibe::helm
