#include "kube/reflector.h"

#include <fmt/core.h>
#include <gmock/gmock.h>

#include "base/coroutine.h"
#include "kube/cache.h"
#include "kube/fake_api_test.h"
#include "kube/wait.h"
#include "rt/sync.h"
#include "rt/task_group.h"

namespace jibe::kube {
namespace {

using data::Value;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

const Gvr kConfigMaps{"", "v1", "configmaps"};

struct ReflectorTest : testing::Test {
  ReflectorTest() : runtime(rt::make_simulated_runtime()), api(*runtime), client(api, *runtime) {
    CacheOptions options;
    options.reflect.gvr = kConfigMaps;
    cache = std::make_unique<Cache>(client, options);
    cache->on_change([this](const Change& change) {
      const char* what = change.old.is_null() ? "+" : change.current.is_null() ? "-" : "~";
      changes.push_back(what + name_of(change.object()).name + change.object()["value"].text());
    });
  }

  // Runs the cache beside `scenario`.
  void run(Task<void> scenario) { runtime->run(beside_cache(this, std::move(scenario))); }
  static Task<void> beside_cache(ReflectorTest* self, Task<void> scenario) {
    rt::TaskGroup group(*self->runtime);
    group.spawn("cache", self->cache->run());
    std::exception_ptr error;
    try {
      co_await std::move(scenario);
    } catch (...) {
      error = std::current_exception();
    }
    co_await group.stop();
    if (error) std::rethrow_exception(error);
  }
  Task<void> pause(base::Duration span = milliseconds(10)) { return runtime->sleep(span); }

  // "a1 b2": what the cache holds.
  std::string state() const {
    std::string out;
    for (const Value& object : cache->list()) {
      out += (out.empty() ? "" : " ") + name_of(object).name + object["value"].text();
    }
    return out;
  }

  std::unique_ptr<rt::SimulatedRuntime> runtime;
  FakeApi api;
  Client client;
  std::unique_ptr<Cache> cache;
  std::vector<std::string> changes;
};

Task<void> change_a_few(ReflectorTest* t) {
  t->api.put("a", "1");
  co_await t->cache->wait_synced(seconds(5));
  t->api.put("b", "1");
  co_await t->pause();
  t->api.put("a", "2");
  t->api.remove("b");
  t->api.put("c", "1");
  co_await t->pause();
}

TEST_F(ReflectorTest, FollowsChanges) {
  run(change_a_few(this));
  EXPECT_EQ(state(), "a2 c1");
  EXPECT_THAT(changes, ElementsAre("+a1", "+b1", "~a2", "-b1", "+c1"));
  EXPECT_EQ(api.lists(), 1);
  EXPECT_THAT(api.targets()[1], HasSubstr("allowWatchBookmarks=true"));
}

Task<void> resume_after_bookmark(ReflectorTest* t) {
  t->api.put("a", "1");
  co_await t->cache->wait_synced(seconds(5));
  co_await t->pause(seconds(2));
  for (int i = 0; i < 5; ++i) t->api.bookmark();
  co_await t->pause();
  // The server forgets everything up to the bookmark; a resume from there still works.
  t->api.forget_history();
  t->api.end_watches();
  co_await t->pause(seconds(2));
  t->api.put("a", "2");
  co_await t->pause(seconds(2));
}

TEST_F(ReflectorTest, ResumesAtTheLastBookmarkWithoutListing) {
  run(resume_after_bookmark(this));
  EXPECT_EQ(state(), "a2");
  EXPECT_EQ(api.lists(), 1);
}

Task<void> lose_history(ReflectorTest* t) {
  t->api.put("a", "1");
  t->api.put("b", "1");
  co_await t->cache->wait_synced(seconds(5));
  co_await t->pause(seconds(2));
  t->api.inject(0, FakeApi::Fault::kRefused);
  t->api.end_watches();
  co_await t->pause(milliseconds(100));
  t->api.remove("b");
  t->api.put("a", "2");
  t->api.forget_history();
  co_await t->pause(seconds(10));
}

TEST_F(ReflectorTest, ListsAgainAfterGoneAndReportsWhatWasMissed) {
  run(lose_history(this));
  EXPECT_EQ(state(), "a2");
  EXPECT_EQ(api.lists(), 2);
  EXPECT_THAT(changes, ElementsAre("+a1", "+b1", "~a2", "-b1"));
  EXPECT_EQ(cache->trouble(), "");
}

Task<void> watch_broken_for_long(ReflectorTest* t) {
  t->api.put("a", "1");
  co_await t->cache->wait_synced(seconds(5));
  co_await t->pause(seconds(2));
  for (int i = 0; i < 3; ++i) t->api.inject(i, FakeApi::Fault::kError500);
  t->api.end_watches();
  co_await t->pause(minutes(2));
}

TEST_F(ReflectorTest, ListsAgainWhereWatchesKeepFailing) {
  run(watch_broken_for_long(this));
  EXPECT_EQ(api.lists(), 2);
}

Task<void> silence(ReflectorTest* t) {
  co_await t->cache->wait_synced(seconds(5));
  co_await t->pause(minutes(60));
}

TEST_F(ReflectorTest, AWatchThatDiesSilentlyIsReplaced) {
  run(silence(this));
  // Watches last 5 to 10 minutes, and half a minute of grace.
  EXPECT_GE(api.requests(), 5);
  EXPECT_LE(api.requests(), 13);
  EXPECT_EQ(api.lists(), 1);
}

Task<void> dead_server(ReflectorTest* t) {
  for (int i = 0; i < 10000; ++i) t->api.inject(i, FakeApi::Fault::kRefused);
  co_await t->cache->wait_synced(minutes(10));
}

TEST_F(ReflectorTest, ADeadServerIsNotFloodedAndTheReasonIsTold) {
  EXPECT_THAT([&] { run(dead_server(this)); },
              testing::ThrowsMessage<base::DeadlineExceeded>(
                  HasSubstr("the list of configmaps did not come in time: ")));
  EXPECT_LT(api.requests(), 400);
}

// One long scenario, replayed with every fault at every request: the end is always the same.
Task<void> long_scenario(ReflectorTest* t) {
  t->api.put("a", "1");
  co_await t->cache->wait_synced(minutes(5));
  t->api.put("b", "1");
  co_await t->pause(seconds(2));
  t->api.end_watches();
  co_await t->pause(seconds(2));
  t->api.put("a", "2");
  t->api.remove("b");
  t->api.forget_history();
  t->api.end_watches();
  co_await t->pause(seconds(2));
  t->api.put("c", "1");
  co_await t->pause(minutes(3));
}

using FaultAt = std::tuple<FakeApi::Fault, int>;
struct ReflectorFaults : ReflectorTest, testing::WithParamInterface<FaultAt> {};

TEST_P(ReflectorFaults, TheEndIsTheSame) {
  auto [fault, request] = GetParam();
  api.inject(request, fault);
  run(long_scenario(this));
  EXPECT_EQ(state(), "a2 c1");
  EXPECT_EQ(cache->trouble(), "");
  // What handlers were told adds up to the same.
  std::map<std::string, std::string> told;
  for (const std::string& change : changes) {
    if (change[0] == '+') EXPECT_FALSE(told.contains(change.substr(1, 1))) << change;
    if (change[0] == '-') {
      told.erase(change.substr(1, 1));
    } else {
      told[change.substr(1, 1)] = change.substr(2);
    }
  }
  EXPECT_EQ(told, (std::map<std::string, std::string>{{"a", "2"}, {"c", "1"}}));
}

INSTANTIATE_TEST_SUITE_P(
    EveryStep, ReflectorFaults,
    testing::Combine(testing::Values(FakeApi::Fault::kRefused, FakeApi::Fault::kError500,
                                     FakeApi::Fault::kGone, FakeApi::Fault::kGarbage,
                                     FakeApi::Fault::kCut, FakeApi::Fault::kErrorEvent),
                     testing::Range(0, 7)));

Task<void> use_indexes(ReflectorTest* t) {
  t->api.put("a", "x");
  t->api.put("b", "x");
  co_await t->cache->wait_synced(seconds(5));
  t->api.put("b", "y");
  t->api.put("c", "x");
  t->api.remove("a");
  co_await t->pause();
}

TEST_F(ReflectorTest, IndexesFollow) {
  cache->add_index("value", by_label("value"));
  run(use_indexes(this));
  ASSERT_EQ(cache->by_index("value", "x").size(), 1u);
  EXPECT_EQ(name_of(cache->by_index("value", "x")[0]).name, "c");
  EXPECT_EQ(cache->by_index("value", "y").size(), 1u);
  EXPECT_TRUE(cache->by_index("value", "z").empty());
  EXPECT_THROW(cache->by_index("nope", "x"), base::Error);
  EXPECT_EQ(cache->list("ns").size(), 2u);
  EXPECT_TRUE(cache->list("other").empty());
  EXPECT_EQ(cache->list("", LabelSelector::parse("value=y")).size(), 1u);
  ASSERT_NE(cache->find({"ns", "b"}), nullptr);
  EXPECT_EQ(cache->find({"ns", "a"}), nullptr);
}

Task<void> set_later(ReflectorTest* t) {
  co_await t->pause(seconds(20));
  t->api.put("a", "2");
}

Task<void> wait_for_two(ReflectorTest* t, Value* result) {
  rt::TaskGroup group(*t->runtime);
  t->api.put("a", "1");
  group.spawn("set", set_later(t));
  *result = co_await wait_until(
      t->client, kConfigMaps, {"ns", "a"},
      [](const Value& object) { return object["value"].text() == "2"; }, minutes(1), "two");
  co_await group.join();
}

TEST_F(ReflectorTest, WaitingEndsWhenThePredicateHolds) {
  Value result;
  base::Time start = runtime->now();
  runtime->run(wait_for_two(this, &result));
  EXPECT_EQ(result["value"].text(), "2");
  EXPECT_EQ(runtime->now() - start, seconds(20));
  EXPECT_THAT(api.targets()[0], HasSubstr("fieldSelector=metadata.name%3Da"));
}

Task<void> wait_in_vain(ReflectorTest* t) {
  t->api.put("a", "1");
  co_await wait_gone(t->client, kConfigMaps, {"ns", "a"}, seconds(7));
}

TEST_F(ReflectorTest, WaitingHasADeadlineAndSaysForWhat) {
  EXPECT_THAT([&] { runtime->run(wait_in_vain(this)); },
              testing::ThrowsMessage<base::DeadlineExceeded>(
                  HasSubstr("the deletion of configmaps ns/a in the cluster")));
}

Task<void> wait_hopeless(ReflectorTest* t) {
  t->api.put("a", "1");
  Value ignored = co_await wait_until(
      t->client, kConfigMaps, {"ns", "a"}, [](const Value&) -> bool { throw base::Error("never"); },
      minutes(1), "nothing");
}

TEST_F(ReflectorTest, WhatThePredicateThrowsEndsTheWait) {
  EXPECT_THAT([&] { runtime->run(wait_hopeless(this)); },
              testing::ThrowsMessage<base::Error>("never"));
}

}  // namespace
}  // namespace jibe::kube
