#include "control/events.h"

#include <gmock/gmock.h>

#include "base/coroutine.h"
#include "data/json.h"
#include "kube/scripted_handler.h"

namespace jibe::control {
namespace {

using data::Value;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

struct EventsTest : testing::Test {
  EventsTest()
      : runtime(rt::make_simulated_runtime()),
        api(*runtime),
        client(api, *runtime),
        recorder(client, "jibe-server", "pod-1") {
    about = data::parse_json(R"({"apiVersion":"admin.gloo.solo.io/v2",
      "kind":"IstioLifecycleManager","metadata":{"name":"ilm","namespace":"gloo-mesh",
      "uid":"u"}})");
  }
  void record(const std::string& message, const std::string& reason = "Failed") {
    runtime->run(recorder.record(about, "Warning", reason, message));
  }
  Value sent(size_t i) { return data::parse_json(api.requests.at(i).body); }

  std::unique_ptr<rt::SimulatedRuntime> runtime;
  kube::ScriptedHandler api;
  kube::Client client;
  EventRecorder recorder;
  Value about;
};

TEST_F(EventsTest, AnEventNamesWhatItIsAbout) {
  api.answer(201, "{}");
  record("it failed");
  EXPECT_EQ(api.lines()[0], "POST /api/v1/namespaces/gloo-mesh/events?fieldManager=jibe");
  Value event = sent(0);
  EXPECT_EQ(event["involvedObject"]["uid"].text(), "u");
  EXPECT_EQ(event["type"].text(), "Warning");
  EXPECT_EQ(event["message"].text(), "it failed");
  EXPECT_EQ(event["count"].as_int(), 1);
  EXPECT_EQ(event["source"]["component"].text(), "jibe-server");
  EXPECT_THAT(event["metadata"]["name"].text(), StartsWith("ilm."));
  EXPECT_EQ(event["firstTimestamp"].text(), "2026-01-01T00:00:00Z");
}

TEST_F(EventsTest, TheSameEventIsCounted) {
  for (int i = 0; i < 3; ++i) api.answer(200, "{}");
  record("it failed");
  runtime->run(runtime->sleep(seconds(60)));
  record("it failed");
  record("it failed");
  EXPECT_THAT(api.lines()[1], StartsWith("PATCH /api/v1/namespaces/gloo-mesh/events/ilm."));
  EXPECT_EQ(sent(1), data::parse_json(R"({"count":2,"lastTimestamp":"2026-01-01T00:01:00Z",
    "message":"it failed"})"));
  EXPECT_EQ(sent(2)["count"].as_int(), 3);
}

TEST_F(EventsTest, AnEventThatTheServerDroppedIsWrittenAnew) {
  api.answer(201, "{}");
  api.answer(404, R"({"kind":"Status","code":404,"reason":"NotFound"})");
  api.answer(201, "{}");
  record("it failed");
  record("it failed");
  EXPECT_EQ(sent(2)["count"].as_int(), 1);
}

TEST_F(EventsTest, ManySimilarEventsAreCombined) {
  for (int i = 0; i < 12; ++i) api.answer(200, "{}");
  for (int i = 0; i < 12; ++i) record("failure " + std::to_string(i));
  EXPECT_EQ(sent(8)["message"].text(), "failure 8");
  EXPECT_EQ(sent(9)["message"].text(), "(combined from similar events): failure 9");
  EXPECT_EQ(sent(11)["count"].as_int(), 3);
  EXPECT_EQ(sent(11)["message"].text(), "(combined from similar events): failure 11");
}

TEST_F(EventsTest, ALoopIsHeldBack) {
  for (int i = 0; i < 40; ++i) api.answer(200, "{}");
  for (int i = 0; i < 100; ++i) record("again", "R" + std::to_string(i));
  EXPECT_EQ(api.requests.size(), 25u);
  runtime->run(runtime->sleep(minutes(11)));
  for (int i = 0; i < 100; ++i) record("again");
  EXPECT_EQ(api.requests.size(), 27u);
}

TEST_F(EventsTest, WhatGoesWrongIsLoggedAndNotThrown) {
  api.fail(kube::ScriptedAnswer::Fault::kBreak);
  record(std::string(3000, 'x'));
  EXPECT_THAT(runtime->event_log(), HasSubstr("cannot record an event"));
  EXPECT_EQ(sent(0)["message"].text().size(), 1024u);
}

TEST_F(EventsTest, AFailureIsRecordedAsTheTableSays) {
  api.answer(201, "{}");
  runtime->run(recorder.record_failure(about, {Fault::kConflict, "Conflict", "stale"}));
  EXPECT_TRUE(api.requests.empty());
  runtime->run(recorder.record_failure(about, {Fault::kMissing, "NoCluster", "there is none"}));
  EXPECT_EQ(sent(0)["reason"].text(), "NoCluster");
  EXPECT_EQ(sent(0)["type"].text(), "Warning");
}

TEST_F(EventsTest, ClusterScopedObjectsHaveTheirEventsInDefault) {
  about.edit("metadata").erase("namespace");
  api.answer(201, "{}");
  record("x");
  EXPECT_THAT(api.lines()[0], HasSubstr("/namespaces/default/events"));
}

}  // namespace
}  // namespace jibe::control
