#include "helm/auth_challenge.h"

#include <gmock/gmock.h>

#include "base/error.h"

namespace jibe::helm {
namespace {

using Scheme = AuthChallenge::Scheme;
using testing::HasSubstr;

TEST(AuthChallenge, ReadsParametersInEveryForm) {
  auto all = parse_challenges(
      R"(bearer realm="https://auth.example/token", Service = registry ,scope="a:b:pull c\"d")");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].scheme, Scheme::kBearer);
  EXPECT_EQ(all[0].parameter("realm"), "https://auth.example/token");
  EXPECT_EQ(all[0].parameter("service"), "registry");
  EXPECT_EQ(all[0].parameter("scope"), "a:b:pull c\"d");
  EXPECT_EQ(all[0].parameter("error"), "");
}

TEST(AuthChallenge, PrefersBearerAmongSeveral) {
  auto all = parse_challenges(R"(Negotiate, Basic realm="x", Bearer realm="y",service="z")");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[1].parameter("realm"), "x");
  EXPECT_EQ(choose_challenge(all).parameter("realm"), "y");
  EXPECT_EQ(choose_challenge(parse_challenges("Basic realm=\"x\"")).scheme, Scheme::kBasic);
  EXPECT_EQ(choose_challenge(parse_challenges("Digest qop=auth")).scheme, Scheme::kUnknown);
  EXPECT_EQ(choose_challenge({}).scheme, Scheme::kUnknown);
}

TEST(AuthChallenge, EndsWhereTheGrammarIsBroken) {
  EXPECT_EQ(parse_challenges("Bearer realm=\"open").at(0).parameter("realm"), "");
  EXPECT_EQ(parse_challenges("Bearer realm=").size(), 1u);
  EXPECT_TRUE(parse_challenges("").empty());
  EXPECT_TRUE(parse_challenges("=\"x\"").empty());
}

TEST(TokenUrl, NamesEveryScopeOnce) {
  auto challenge = choose_challenge(parse_challenges(
      R"(Bearer realm="https://a/t?x=1",service="r",scope="repository:c:pull repository:d:pull")"));
  EXPECT_EQ(token_url(challenge, "repository:c:pull"),
            "https://a/t?x=1&service=r&scope=repository%3Ac%3Apull&scope=repository%3Ad%3Apull");
}

TEST(TokenAnswer, IsEitherField) {
  EXPECT_EQ(token_of_answer(R"({"token":"a"})"), "a");
  EXPECT_EQ(token_of_answer(R"({"token":"a","access_token":"b"})"), "b");
  EXPECT_THROW(token_of_answer("{}"), base::Error);
  EXPECT_THAT([] { token_of_answer("<html>"); },
              testing::ThrowsMessage<base::Error>(HasSubstr("no JSON")));
}

}  // namespace
}  // namespace jibe::helm
