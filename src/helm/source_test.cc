#include "helm/source.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "helm/repositories_file.h"
#include "helm/test_charts.h"
#include "helm/test_web.h"

namespace jibe::helm {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

class Source : public testing::Test {
 protected:
  Source()
      : folder_(fs::path(testing::TempDir()) /
                ("jibe_source_test_" + std::to_string(reinterpret_cast<uintptr_t>(this)))) {
    fs::create_directories(folder_);
    files_.repositories = (folder_ / "repositories.yaml").string();
    files_.repository_cache = (folder_ / "cache").string();
    index("");
    web_.pages["https://charts.example/r/app-1.0.0.tgz"] = {200, chart_};
    web_.pages["https://cdn.example/app-2.0.0.tgz"] = {200, chart_};
  }
  ~Source() override { fs::remove_all(folder_); }

  void index(const std::string& digest) {
    web_.pages["https://charts.example/r/index.yaml"] = {
        200,
        "apiVersion: v1\nentries:\n  app:\n"
        "  - {name: app, version: 1.0.0, urls: [app-1.0.0.tgz], digest: '" +
            digest +
            "'}\n"
            "  - {name: app, version: 2.0.0, urls: ['https://cdn.example/app-2.0.0.tgz']}\n"
            "  - {name: app, version: 3.0.0, urls: ['oci://r.example/org/c:3.0.0']}\n"
            "  - {name: app, version: 0.1.0}\n"};
  }
  void write(const std::string& name, const std::string& text) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  ChartBytes bring(const std::string& reference) {
    SourceWorld world{*web_.runtime, [this](const net::TlsClientOptions& tls) {
                        tls_ = tls;
                        return web_.clients();
                      }};
    return web_.run(bring_chart(world, reference, options_, files_));
  }
  void in_repository(const std::string& version) {
    options_.repository = "https://charts.example/r";
    options_.version = version;
  }

  TestWeb web_;
  fs::path folder_;
  SourceOptions options_;
  SourceFiles files_;
  net::TlsClientOptions tls_;
  std::string chart_ = make_tgz({{"app/Chart.yaml", chart_yaml("app").data}});
};

TEST_F(Source, IsAPath) {
  write("app/Chart.yaml", chart_yaml("app").data);
  write("app.tgz", chart_);
  EXPECT_EQ(load_chart(bring((folder_ / "app").string()))->name(), "app");
  EXPECT_EQ(load_chart(bring((folder_ / "app.tgz").string()))->name(), "app");
  EXPECT_THAT([&] { bring("./nowhere"); },
              ThrowsMessage<base::InvalidInput>("path \"./nowhere\" not found"));
  EXPECT_THAT([&] { bring("nowhere"); },
              ThrowsMessage<base::InvalidInput>(HasSubstr("repo_name/path_to_chart")));
}

TEST_F(Source, IsARepository) {
  in_repository("~1");
  ChartBytes brought = bring("app");
  EXPECT_EQ(load_chart(brought)->name(), "app");
  EXPECT_EQ(brought.from, "https://charts.example/r/app-1.0.0.tgz");
  EXPECT_EQ(brought.digest, digest_of(chart_));
}

TEST_F(Source, IsCheckedAgainstTheIndex) {
  in_repository("1.0.0");
  index(pki::sha256_hex(chart_));
  EXPECT_EQ(bring("app").bytes, chart_);
  index(digest_of(chart_));
  EXPECT_EQ(bring("app").bytes, chart_);
  index(pki::sha256_hex("else"));
  EXPECT_THAT([&] { bring("app"); },
              ThrowsMessage<base::Error>(AllOf(HasSubstr("app-1.0.0.tgz has the digest sha256:"),
                                               HasSubstr("was expected"))));
}

TEST_F(Source, GivesCredentialsToTheRepositoryAlone) {
  options_.username = "u";
  options_.password = "p";
  in_repository("1.0.0");
  bring("app");
  EXPECT_THAT(web_.seen, testing::Each(HasSubstr("Basic dTpw")));
  in_repository("2.0.0");
  bring("app");
  EXPECT_THAT(web_.seen, Contains("GET https://cdn.example/app-2.0.0.tgz"));
  options_.pass_credentials = true;
  bring("app");
  EXPECT_THAT(web_.seen, Contains("GET https://cdn.example/app-2.0.0.tgz Basic dTpw"));
}

TEST_F(Source, TakesCredentialsOutOfTheUrl) {
  in_repository("1.0.0");
  options_.repository = "https://u:p%40ss@charts.example/r";
  bring("app");
  EXPECT_THAT(web_.seen, testing::Each(HasSubstr("Basic dTpwQHNz")));
  web_.pages.clear();
  EXPECT_THAT([&] { bring("app"); }, ThrowsMessage<base::Error>(Not(HasSubstr("p%40ss"))));
}

TEST_F(Source, FollowsAnIndexIntoARegistry) {
  std::string base = "https://r.example/v2/org/c/";
  web_.pages[base + "manifests/3.0.0"] = {200, chart_manifest(chart_)};
  web_.pages[base + "blobs/" + digest_of(chart_)] = {200, chart_};
  options_.username = "u";
  options_.password = "p";
  in_repository("");
  EXPECT_EQ(bring("app").from, "oci://r.example/org/c:3.0.0");
}

TEST_F(Source, SaysWhatARepositoryLacks) {
  in_repository("9.9.9");
  EXPECT_THAT([&] { bring("app"); },
              ThrowsMessage<ChartNotFound>(
                  "chart \"app\" version \"9.9.9\" not found in https://charts.example/r "
                  "repository: no chart version found for app-9.9.9"));
  in_repository("");
  EXPECT_THAT([&] { bring("none"); },
              ThrowsMessage<ChartNotFound>(HasSubstr("chart \"none\" not found in")));
  in_repository("0.1.0");
  EXPECT_THAT([&] { bring("app"); },
              ThrowsMessage<base::InvalidInput>(HasSubstr("has no downloadable URLs")));
  in_repository("1.0.0");
  web_.pages["https://charts.example/r/app-1.0.0.tgz"].status = 403;
  EXPECT_THAT([&] { bring("app"); },
              ThrowsMessage<base::Error>(
                  "failed to fetch https://charts.example/r/app-1.0.0.tgz : 403 Forbidden"));
  options_.repository = "https://other.example";
  EXPECT_THAT([&] { bring("app"); },
              ThrowsMessage<base::Error>(
                  "looks like \"https://other.example\" is not a valid chart repository or cannot "
                  "be reached: failed to fetch https://other.example/index.yaml : 404 Not Found"));
}

TEST_F(Source, KnowsTheRepositoriesOfHelm) {
  write("ca.pem", "the CA");
  write("repositories.yaml",
        "repositories:\n- name: corp\n  url: https://charts.example/r\n  username: u\n"
        "  password: p\n  caFile: " +
            (folder_ / "ca.pem").string() + "\n");
  options_.version = "1.0.0";
  EXPECT_EQ(bring("corp/app").bytes, chart_);
  EXPECT_THAT(web_.seen, testing::Each(HasSubstr("Basic dTpw")));
  EXPECT_EQ(tls_.ca_pem, "the CA");
  write("cache/corp-index.yaml",
        "apiVersion: v1\nentries: {old: [{name: old, version: 1.0.0, urls: [app-1.0.0.tgz]}]}");
  EXPECT_EQ(bring("corp/old").bytes, chart_);
  EXPECT_EQ(bring("https://charts.example/r/app-1.0.0.tgz").bytes, chart_);
  EXPECT_THAT(web_.seen.back(), HasSubstr("Basic dTpw"));
  EXPECT_THAT([&] { bring("none/app"); },
              ThrowsMessage<base::InvalidInput>("repo none not found; helm knows corp"));
}

TEST_F(Source, IsAUrl) {
  options_.username = "u";
  options_.password = "p";
  EXPECT_EQ(bring("https://cdn.example/app-2.0.0.tgz").bytes, chart_);
  EXPECT_EQ(web_.seen.back(), "GET https://cdn.example/app-2.0.0.tgz Basic dTpw");
  EXPECT_THAT(
      [&] { bring("https://cdn.example/none.tgz"); },
      ThrowsMessage<base::Error>("failed to fetch https://cdn.example/none.tgz : 404 Not Found"));
  EXPECT_THAT([&] { bring("ftp://cdn.example/x.tgz"); },
              ThrowsMessage<base::InvalidInput>(HasSubstr("only the schemes http and https")));
}

TEST_F(Source, UsesPullSecretsAtRegistries) {
  std::string base = "https://r.example/v2/org/c/";
  web_.pages[base + "manifests/1.0.0"] = {200, chart_manifest(chart_), {}, {"Basic dTpw"}, "Basic"};
  web_.pages[base + "blobs/" + digest_of(chart_)] = {200, chart_, {}, {"Basic dTpw"}, "Basic"};
  files_.pull_secrets = {R"({"auths":{"r.example":{"auth":"dTpw"}}})"};
  EXPECT_EQ(bring("oci://r.example/org/c:1.0.0").bytes, chart_);
}

TEST(Credentials, AreTakenOutOfUrls) {
  EXPECT_EQ(without_credentials("https://u:p@h:1/x@y").url, "https://h:1/x@y");
  EXPECT_EQ(without_credentials("https://h/x@y").url, "https://h/x@y");
  EXPECT_EQ(without_credentials("https://u@h").username, "u");
  EXPECT_EQ(without_credentials("name").url, "name");
}

}  // namespace
}  // namespace jibe::helm
