#include "control/controller.h"

#include <gmock/gmock.h>

#include <deque>

#include "base/coroutine.h"
#include "kube/cache.h"
#include "kube/client.h"
#include "rt/sync.h"
#include "rt/task_group.h"

namespace jibe::control {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

Key key(const char* name) {
  return {base::ClusterName("c"), {"ns", name}};
}

// Does what it is told, key by key, and notes when it was called.
class FakeReconciler : public Reconciler {
 public:
  explicit FakeReconciler(rt::Runtime& runtime) : runtime_(runtime), start_(runtime.now()) {}

  Task<Outcome> reconcile(Key key) override {
    auto at = std::chrono::duration_cast<seconds>(runtime_.now() - start_).count();
    calls.push_back(key.object.name + "@" + std::to_string(at));
    ++running;
    most_running = std::max(most_running, running);
    co_await runtime_.sleep(work_time);
    --running;
    std::deque<std::exception_ptr>& plan = failures[key.object.name];
    if (!plan.empty()) {
      std::exception_ptr error = plan.front();
      plan.pop_front();
      if (error) std::rethrow_exception(error);
    }
    co_return outcome;
  }
  Task<void> report(Key key, Failure failure) override {
    reports.push_back(key.object.name + " " + failure.reason);
    if (report_fails) throw base::Error("cannot write");
    co_return;
  }
  void fail(const std::string& name, Fault fault, int times = 1) {
    for (int i = 0; i < times; ++i) {
      failures[name].push_back(
          std::make_exception_ptr(ReconcileError(fault, "Reason", "a sentence")));
    }
  }

  base::Duration work_time{};
  Outcome outcome;
  bool report_fails = false;
  int running = 0;
  int most_running = 0;
  std::map<std::string, std::deque<std::exception_ptr>> failures;
  std::vector<std::string> calls;
  std::vector<std::string> reports;

 private:
  rt::Runtime& runtime_;
  base::Time start_;
};

struct ControllerTest : testing::Test {
  ControllerTest() : runtime(rt::make_simulated_runtime()), reconciler(*runtime) {
    options.backoff = {seconds(1), seconds(60), 0};
  }
  void start(std::initializer_list<const char*> names) {
    controller = std::make_unique<Controller>(*runtime, "test", reconciler, options);
    for (const char* name : names) controller->enqueue(key(name));
  }
  void run(base::Duration span) { runtime->run(run_for(this, span)); }
  static Task<void> run_for(ControllerTest* t, base::Duration span) {
    rt::TaskGroup group(*t->runtime);
    group.spawn("controller", t->controller->run());
    co_await t->runtime->sleep(span);
    co_await group.stop();
  }

  std::unique_ptr<rt::SimulatedRuntime> runtime;
  FakeReconciler reconciler;
  ControllerOptions options;
  std::unique_ptr<Controller> controller;
};

TEST_F(ControllerTest, TransientFailuresBackOffAndSuccessForgets) {
  reconciler.fail("a", Fault::kTransient, 3);
  start({"a"});
  run(minutes(10));
  EXPECT_THAT(reconciler.calls, ElementsAre("a@0", "a@1", "a@3", "a@7"));
  EXPECT_EQ(reconciler.reports.size(), 3u);
  EXPECT_EQ(controller->queue().failures(key("a")), 0);
  EXPECT_EQ(controller->counters().failed, 3);
  EXPECT_THAT(runtime->event_log(), HasSubstr("a sentence"));
}

TEST_F(ControllerTest, ConflictsAreTriedAtOnce) {
  reconciler.fail("a", Fault::kConflict);
  start({"a"});
  run(seconds(2));
  EXPECT_THAT(reconciler.calls, ElementsAre("a@0", "a@1"));
}

TEST_F(ControllerTest, MissingAndInvalidAreLookedAtSlowlyAndTerminalNotAtAll) {
  reconciler.fail("invalid", Fault::kInvalid);
  reconciler.fail("missing", Fault::kMissing);
  reconciler.fail("terminal", Fault::kTerminal);
  start({"invalid", "missing", "terminal"});
  run(seconds(299));
  EXPECT_EQ(reconciler.calls.size(), 3u);
  run(seconds(100));
  EXPECT_EQ(reconciler.calls.size(), 5u);
  run(minutes(60));
  EXPECT_EQ(reconciler.calls.size(), 5u);
}

TEST_F(ControllerTest, AnOutcomeMayAskToBeCalledAgain) {
  reconciler.outcome.again_after = seconds(30);
  start({"a"});
  run(seconds(95));
  EXPECT_THAT(reconciler.calls, ElementsAre("a@0", "a@30", "a@60", "a@90"));
}

TEST_F(ControllerTest, WorkersShareKeysButNeverOneKey) {
  options.workers = 3;
  reconciler.work_time = seconds(10);
  start({"a", "b", "c", "d"});
  run(seconds(1));
  controller->enqueue(key("d"));
  EXPECT_EQ(reconciler.most_running, 3);
}

TEST_F(ControllerTest, AReportThatFailsDoesNotStopTheRetry) {
  reconciler.report_fails = true;
  reconciler.fail("a", Fault::kTransient);
  start({"a"});
  run(seconds(5));
  EXPECT_THAT(reconciler.calls, ElementsAre("a@0", "a@1"));
}

// Serves one ConfigMap that belongs to the owner "a", then nothing more.
class OneConfigMap : public http::Handler {
 public:
  explicit OneConfigMap(rt::Runtime& runtime) : runtime_(runtime) {}
  Task<http::Response> handle(http::Request request) override {
    if (request.target.find("watch=true") != std::string::npos) {
      co_await runtime_.sleep(minutes(60));
    }
    co_return http::make_response(200, "application/json",
                                  R"({"kind":"ConfigMapList","apiVersion":"v1",
      "metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"x","namespace":"ns",
      "resourceVersion":"1","labels":{"owner":"a"}}}]})");
  }

 private:
  rt::Runtime& runtime_;
};

TEST_F(ControllerTest, ChangesOfObjectsEnqueueWhatTheyStandFor) {
  OneConfigMap api(*runtime);
  kube::Client client(api, *runtime);
  kube::CacheOptions cache_options;
  cache_options.reflect.gvr = {"", "v1", "configmaps"};
  kube::Cache cache(client, cache_options);
  start({});
  controller->watch(cache, base::ClusterName("c"));
  controller->watch(cache, [](const data::Value& object) {
    return std::vector<Key>{key(kube::label_of(object, "owner").c_str())};
  });
  runtime->run([](ControllerTest* t, kube::Cache* cache) -> Task<void> {
    rt::TaskGroup group(*t->runtime);
    group.spawn("cache", cache->run());
    group.spawn("controller", t->controller->run());
    co_await t->runtime->sleep(seconds(1));
    co_await group.stop();
  }(this, &cache));
  EXPECT_THAT(reconciler.calls, ElementsAre("x@0", "a@0"));
}

TEST_F(ControllerTest, AReconcileThatHangsIsEnded) {
  options.deadline = seconds(20);
  reconciler.work_time = minutes(60);
  start({"a"});
  run(seconds(30));
  EXPECT_THAT(reconciler.calls, ElementsAre("a@0", "a@21"));
  EXPECT_THAT(reconciler.reports, ElementsAre("a Timeout"));
}

}  // namespace
}  // namespace jibe::control
