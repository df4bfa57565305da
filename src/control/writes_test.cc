// Finalizers, status and conditions.
#include <gmock/gmock.h>

#include "base/coroutine.h"
#include "control/conditions.h"
#include "control/finalizers.h"
#include "control/status_writer.h"
#include "data/json.h"
#include "kube/scripted_handler.h"
#include "rt/sync.h"

namespace jibe::control {
namespace {

using data::parse_json;
using data::Value;

const kube::Gvr kPods{"", "v1", "pods"};

struct WritesTest : testing::Test {
  WritesTest() : runtime(rt::make_simulated_runtime()), api(*runtime), client(api, *runtime) {
    object = parse_json(R"({"kind":"Pod","metadata":{"name":"a","namespace":"ns","uid":"u",
      "resourceVersion":"5","finalizers":["other"]},"status":{"x":1}})");
  }
  template <class T>
  T run(Task<T> task) {
    std::optional<T> result;
    runtime->run(rt::store_result(std::move(task), result));
    return std::move(*result);
  }

  std::unique_ptr<rt::SimulatedRuntime> runtime;
  kube::ScriptedHandler api;
  kube::Client client;
  Value object;
};

TEST_F(WritesTest, AFinalizerIsAddedWithPreconditions) {
  api.answer(200, R"({"kind":"Pod"})");
  run(ensure_finalizer(client, kPods, object, "mine"));
  EXPECT_EQ(parse_json(api.requests[0].body), parse_json(R"({"metadata":{"uid":"u",
    "resourceVersion":"5","finalizers":["other","mine"]}})"));
  EXPECT_EQ(run(ensure_finalizer(client, kPods, object, "other")), object);
  EXPECT_EQ(api.requests.size(), 1u);
}

TEST_F(WritesTest, AFinalizerIsDroppedAndTheOthersStay) {
  object.edit("metadata").edit("finalizers").push_back("mine");
  api.answer(200, R"({"kind":"Pod"})");
  runtime->run(drop_finalizer(client, kPods, object, "mine"));
  EXPECT_EQ(parse_json(api.requests[0].body)["metadata"]["finalizers"], parse_json(R"(["other"])"));
  runtime->run(drop_finalizer(client, kPods, object, "absent"));
  EXPECT_EQ(api.requests.size(), 1u);
  api.answer(404, "");
  runtime->run(drop_finalizer(client, kPods, object, "mine"));
  api.answer(409, R"({"kind":"Status","code":409,"reason":"Conflict"})");
  EXPECT_THROW(runtime->run(drop_finalizer(client, kPods, object, "mine")), kube::StatusError);
}

TEST_F(WritesTest, AStatusIsWrittenOnlyWhereItDiffers) {
  EXPECT_FALSE(run(write_status(client, kPods, object, parse_json(R"({"x":1})"))));
  EXPECT_TRUE(api.requests.empty());
  api.answer(200, "{}");
  EXPECT_TRUE(run(write_status(client, kPods, object, parse_json(R"({"x":2})"))));
  EXPECT_EQ(api.lines()[0], "PUT /api/v1/namespaces/ns/pods/a/status?fieldManager=jibe");
  EXPECT_EQ(parse_json(api.requests[0].body)["metadata"]["resourceVersion"].text(), "5");
  api.answer(404, "");
  EXPECT_FALSE(run(write_status(client, kPods, object, parse_json(R"({"x":3})"))));
}

TEST(Conditions, TheTransitionTimeMovesWithTheStatusOnly) {
  base::Time t0(std::chrono::seconds(0));
  base::Time t1(std::chrono::seconds(60));
  Value list = set_condition(nullptr, {"Ready", "False", "Waiting", "one", 3}, t0);
  EXPECT_EQ(list, parse_json(R"([{"type":"Ready","status":"False","reason":"Waiting",
    "message":"one","observedGeneration":3,"lastTransitionTime":"1970-01-01T00:00:00Z"}])"));
  list = set_condition(list, {"Ready", "False", "Waiting", "two"}, t1);
  EXPECT_EQ(list[0]["lastTransitionTime"].text(), "1970-01-01T00:00:00Z");
  EXPECT_EQ(list[0]["message"].text(), "two");
  list = set_condition(list, {"Ready", "True", "Done", ""}, t1);
  EXPECT_EQ(list[0]["lastTransitionTime"].text(), "1970-01-01T00:01:00Z");
  list = set_condition(list, {"Other", "Unknown", "Why", ""}, t1);
  EXPECT_EQ(list.size(), 2u);
  EXPECT_TRUE(is_true(list, "Ready"));
  EXPECT_FALSE(is_true(list, "Other"));
  EXPECT_EQ(remove_condition(list, "Ready").size(), 1u);
  EXPECT_TRUE(find_condition(list, "None").is_null());
}

TEST(Conditions, AFailureTurnsThemAsTheTableSays) {
  EXPECT_FALSE(condition_after({Fault::kTransient, "Timeout", "x"}, "Ready", 2));
  auto condition = condition_after({Fault::kInvalid, "BadRevision", "x"}, "Ready", 2);
  ASSERT_TRUE(condition);
  EXPECT_EQ(condition->status, "False");
  EXPECT_EQ(condition->reason, "BadRevision");
  EXPECT_EQ(condition->observed_generation, 2);
}

}  // namespace
}  // namespace jibe::control
