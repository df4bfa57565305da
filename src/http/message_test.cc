#include "http/message.h"

#include <gtest/gtest.h>

#include "base/coroutine.h"
#include "base/error.h"
#include "rt/runtime.h"

namespace jibe::http {
namespace {

TEST(Headers, IgnoreCaseAndKeepOrder) {
  Headers headers{{"Accept", "a"}, {"X", "1"}, {"accept", "b"}};
  EXPECT_EQ(headers.get("ACCEPT"), "a");
  EXPECT_EQ(headers.get("none"), "");
  EXPECT_EQ(headers.find("none"), nullptr);
  headers.set("aCCept", "c");
  EXPECT_EQ(headers.fields(),
            (std::vector<std::pair<std::string, std::string>>{{"Accept", "c"}, {"X", "1"}}));
  headers.erase("x");
  headers.set("New", "n");
  EXPECT_EQ(headers.fields().back().first, "New");
  EXPECT_EQ(headers.fields().size(), 2U);
}

TEST(Headers, FindTokensInLists) {
  Headers headers{{"Connection", "keep-alive, Upgrade"}, {"connection", "x"}};
  EXPECT_TRUE(headers.has_token("Connection", "upgrade"));
  EXPECT_TRUE(headers.has_token("Connection", "X"));
  EXPECT_FALSE(headers.has_token("Connection", "keep"));
}

Task<void> read_twice(std::string& first, std::string& second) {
  auto body = text_body("hello");
  first = co_await read_all(*body);
  second = co_await body->read();
  auto large = text_body("hello");
  co_await read_all(*large, 4);
}

TEST(Body, TextComesOnceAndLimitsHold) {
  auto runtime = rt::make_simulated_runtime();
  std::string first;
  std::string second = "unchanged";
  EXPECT_THROW(runtime->run(read_twice(first, second)), base::Error);
  EXPECT_EQ(first, "hello");
  EXPECT_EQ(second, "");
}

}  // namespace
}  // namespace jibe::http
