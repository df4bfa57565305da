#include "twin/server/store.h"

#include <gtest/gtest.h>

namespace jibe::twin {
namespace {

data::Value named(const std::string& name, int generation) {
  return data::Value::map({{"metadata", data::Value::map({{"name", name}})}, {"n", generation}});
}

TEST(ObjectStore, RevisionsGrowAcrossResources) {
  ObjectStore store(10);
  data::Value a = store.put("pods", {"", "a"}, named("a", 1));
  data::Value b = store.put("services", {"", "b"}, named("b", 1));
  EXPECT_EQ(a["metadata"]["resourceVersion"].text(), "2");
  EXPECT_EQ(b["metadata"]["resourceVersion"].text(), "3");
  EXPECT_EQ(store.revision(), 3u);
}

TEST(ObjectStore, HistoryTellsWhatHappenedSince) {
  ObjectStore store(10);
  store.put("pods", {"", "a"}, named("a", 1));
  store.put("pods", {"", "a"}, named("a", 2));
  store.erase("pods", {"", "a"});
  auto events = store.since("pods", 2);
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 2u);
  EXPECT_EQ((*events)[0]->type, "MODIFIED");
  EXPECT_EQ((*events)[0]->old["n"].as_int(), 1);
  EXPECT_EQ((*events)[1]->type, "DELETED");
  EXPECT_EQ((*events)[1]->object["metadata"]["resourceVersion"].text(), "4");
}

TEST(ObjectStore, ForgottenHistoryIsAnAnswerOfItsOwn) {
  ObjectStore store(2);
  for (int i = 0; i < 4; ++i) store.put("pods", {"", "a"}, named("a", i));
  EXPECT_FALSE(store.since("pods", 2));
  EXPECT_TRUE(store.since("pods", 3));
  EXPECT_FALSE(store.snapshot("pods", 2));
}

TEST(ObjectStore, SnapshotUndoesWhatCameLater) {
  ObjectStore store(10);
  store.put("pods", {"", "a"}, named("a", 1));
  store.put("pods", {"", "b"}, named("b", 1));
  uint64_t then = store.revision();
  store.put("pods", {"", "a"}, named("a", 2));
  store.erase("pods", {"", "b"});
  store.put("pods", {"", "c"}, named("c", 1));
  auto past = store.snapshot("pods", then);
  ASSERT_TRUE(past);
  ASSERT_EQ(past->size(), 2u);
  EXPECT_EQ(past->at({"", "a"})["n"].as_int(), 1);
  EXPECT_EQ(past->count({"", "b"}), 1u);
}

TEST(ObjectStore, ListenersMayLeaveWhileTheyAreCalled) {
  ObjectStore store(10);
  int calls = 0;
  std::shared_ptr<void> first;
  std::shared_ptr<void> second;
  first = store.listen("pods", [&](const EventPtr&) { second.reset(); });
  second = store.listen("pods", [&](const EventPtr&) { ++calls; });
  store.put("pods", {"", "a"}, named("a", 1));
  EXPECT_EQ(calls, 0);
  first.reset();
  store.put("pods", {"", "a"}, named("a", 2));
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace jibe::twin
