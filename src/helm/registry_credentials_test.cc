#include "helm/registry_credentials.h"

#include <gmock/gmock.h>

#include "base/coroutine.h"
#include "base/error.h"
#include "rt/sync.h"

namespace jibe::helm {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

constexpr const char* kConfig = R"({
  "auths": {
    "ghcr.io": {"auth": "aG9zdDpwYXNz"},
    "ghcr.io/org/team": {"username": "team", "password": "p"},
    "https://registry.example.com/v2/": {"username": "url", "password": "p"},
    "https://index.docker.io/v1/": {"username": "hub", "password": "p"},
    "*.corp.example": {"username": "glob", "password": "p"},
    "127.0.0.1:5000": {"registrytoken": "t"},
    "empty.example": {}
  },
  "credHelpers": {"123.ecr.example": "ecr-login", "https://index.docker.io/v1/": "hubhelper"},
  "credsStore": ""
})";

std::string user_for(const DockerConfig& config, const std::string& repository) {
  auto found = config.find(repository);
  return found ? found->username : "none";
}

TEST(DockerConfig, FindsTheKeyThatFitsBest) {
  auto config = DockerConfig::parse(kConfig, "config.json");
  EXPECT_EQ(user_for(config, "ghcr.io/org/chart"), "host");
  EXPECT_EQ(config.find("ghcr.io/x")->password, "pass");
  EXPECT_EQ(user_for(config, "ghcr.io/org/team/chart"), "team");
  EXPECT_EQ(user_for(config, "ghcr.io/org/teamwork"), "host");
  EXPECT_EQ(user_for(config, "registry.example.com/a/b"), "url");
  EXPECT_EQ(user_for(config, "docker.io/org/chart"), "hub");
  EXPECT_EQ(user_for(config, "registry-1.docker.io/org/chart"), "hub");
  EXPECT_EQ(user_for(config, "a.corp.example/x"), "glob");
  EXPECT_EQ(user_for(config, "a.b.corp.example/x"), "none");
  EXPECT_EQ(config.find("127.0.0.1:5000/x")->access_token, "t");
  EXPECT_EQ(user_for(config, "127.0.0.1:5001/x"), "none");
  EXPECT_EQ(user_for(config, "empty.example/x"), "none");
  EXPECT_EQ(user_for(config, "evil-ghcr.io/x"), "none");
}

TEST(DockerConfig, NamesHelpers) {
  auto config = DockerConfig::parse(kConfig, "config.json");
  EXPECT_EQ(config.helper("123.ecr.example"), "ecr-login");
  EXPECT_EQ(config.helper("docker.io"), "hubhelper");
  EXPECT_EQ(config.helper("ghcr.io"), "");
  EXPECT_EQ(DockerConfig::parse(R"({"credsStore":"pass"})", "c").helper("ghcr.io"), "pass");
}

TEST(DockerConfig, RefusesWithoutSecretsInTheSentence) {
  EXPECT_TRUE(!DockerConfig::parse(" \n", "c").find("ghcr.io/x"));
  EXPECT_THAT([] { DockerConfig::parse("{", "the file"); },
              ThrowsMessage<base::InvalidInput>(HasSubstr("the file is no JSON")));
  EXPECT_THAT([] { DockerConfig::parse("[]", "the file"); },
              ThrowsMessage<base::InvalidInput>("the file should be a JSON object"));
  EXPECT_THAT([] { DockerConfig::parse(R"({"auths":{"a":{"auth":"c2VjcmV0"}}})", "the file"); },
              ThrowsMessage<base::InvalidInput>(
                  AllOf(HasSubstr("auths[\"a\"].auth is not base64"), Not(HasSubstr("secret")))));
}

class Helpers : public rt::CommandRunner {
 public:
  Task<rt::CommandResult> run(rt::CommandLine line) override {
    lines.push_back(line.command + " " + line.args.at(0) + " <" + line.input);
    if (missing) throw base::Error("executable " + line.command + " not found");
    co_return answer;
  }
  rt::CommandResult answer;
  bool missing = false;
  std::vector<std::string> lines;
};

class FindCredential : public testing::Test {
 protected:
  RegistryCredential find(const std::string& registry, std::vector<std::string> configs) {
    std::vector<DockerConfig> parsed;
    for (const auto& text : configs) parsed.push_back(DockerConfig::parse(text, "config.json"));
    std::optional<RegistryCredential> out;
    runtime_->run(rt::store_result(find_credential(parsed, registry, "org/chart", &helpers_), out));
    return *out;
  }
  std::unique_ptr<rt::SimulatedRuntime> runtime_ = rt::make_simulated_runtime();
  Helpers helpers_;
};

TEST_F(FindCredential, AsksTheHelperAsDockerDoes) {
  helpers_.answer.out = R"({"ServerURL":"x","Username":"u","Secret":"s"})";
  auto found = find("docker.io", {R"({"credsStore":"pass"})"});
  EXPECT_EQ(found.username, "u");
  EXPECT_EQ(found.password, "s");
  EXPECT_THAT(helpers_.lines,
              testing::ElementsAre("docker-credential-pass get <https://index.docker.io/v1/"));
  helpers_.answer.out = R"({"Username":"<token>","Secret":"r"})";
  EXPECT_EQ(find("ghcr.io", {R"({"credHelpers":{"ghcr.io":"x"}})"}).refresh_token, "r");
}

TEST_F(FindCredential, GoesOnWhereAHelperKnowsNothing) {
  helpers_.answer = {1, "credentials not found in native keychain\n", ""};
  auto found = find("ghcr.io", {R"({"credsStore":"pass"})",
                                R"({"auths":{"ghcr.io":{"username":"b","password":"p"}}})"});
  EXPECT_EQ(found.username, "b");
  EXPECT_TRUE(find("other.example", {"{}"}).empty());
}

TEST_F(FindCredential, SaysWhichHelperFailed) {
  helpers_.answer = {3, "", "keychain is locked\n"};
  auto ask = [&] { find("ghcr.io", {R"({"credsStore":"pass"})"}); };
  EXPECT_THAT(ask, ThrowsMessage<base::Error>(
                       "the credential helper docker-credential-pass, which config.json names for "
                       "ghcr.io, failed with exit code 3: keychain is locked"));
  helpers_.answer = {0, "secret!", ""};
  EXPECT_THAT(
      ask, ThrowsMessage<base::Error>(AllOf(HasSubstr("gave no JSON"), Not(HasSubstr("secret!")))));
  helpers_.missing = true;
  EXPECT_THAT(ask, ThrowsMessage<base::Error>(HasSubstr("cannot be run: executable")));
}

}  // namespace
}  // namespace jibe::helm
