#include "kube/client.h"

#include <gmock/gmock.h>

#include "base/coroutine.h"
#include "data/json.h"
#include "kube/discovery.h"
#include "kube/retry.h"
#include "kube/scripted_handler.h"
#include "rt/sync.h"

namespace jibe::kube {
namespace {

using data::Value;
using testing::ElementsAre;
using testing::HasSubstr;

const Gvr kPods{"", "v1", "pods"};
const Gvr kDeployments{"apps", "v1", "deployments"};

struct ClientTest : testing::Test {
  ClientTest() : runtime(rt::make_simulated_runtime()), api(*runtime), client(api, *runtime) {}

  template <class T>
  T run(Task<T> task) {
    std::optional<T> result;
    runtime->run(rt::store_result(std::move(task), result));
    return std::move(*result);
  }
  std::string error_of(Task<Value> task) {
    try {
      run(std::move(task));
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  }
  base::Duration elapsed(base::Time since) const { return runtime->now() - since; }

  std::unique_ptr<rt::SimulatedRuntime> runtime;
  ScriptedHandler api;
  Client client;
};

Value pod(const char* name) {
  return Value::map({{"apiVersion", "v1"},
                     {"kind", "Pod"},
                     {"metadata", Value::map({{"name", name}, {"namespace", "ns"}})}});
}

TEST_F(ClientTest, PathsFollowGroupNamespaceNameAndSubresource) {
  EXPECT_EQ(resource_path(kPods, ""), "/api/v1/pods");
  EXPECT_EQ(resource_path(kDeployments, "ns", "a", "status"),
            "/apis/apps/v1/namespaces/ns/deployments/a/status");
  EXPECT_EQ(resource_path({"rbac.authorization.k8s.io", "v1", "clusterroles"}, "", "system:node"),
            "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode");
}

TEST_F(ClientTest, ListFollowsContinueTokensAndCompletesItems) {
  api.answer(200, R"({"kind":"PodList","apiVersion":"v1",
    "metadata":{"resourceVersion":"7","continue":"tok"},"items":[{"metadata":{"name":"a"}}]})");
  api.answer(200, R"({"kind":"PodList","apiVersion":"v1",
    "metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"b"}}]})");
  ObjectList all = run(client.list(kPods, "ns", {.labels = "a=b"}));
  ASSERT_EQ(all.items.size(), 2u);
  EXPECT_EQ(all.items[1]["kind"].text(), "Pod");
  EXPECT_EQ(all.items[1]["apiVersion"].text(), "v1");
  EXPECT_EQ(all.resource_version, "7");
  EXPECT_THAT(api.lines(),
              ElementsAre("GET /api/v1/namespaces/ns/pods?labelSelector=a%3Db&limit=500",
                          "GET /api/v1/namespaces/ns/pods?labelSelector=a%3Db&limit=500"
                          "&continue=tok"));
}

TEST_F(ClientTest, ListStartsAgainInOnePieceWhenATokenExpired) {
  api.answer(200, R"({"kind":"PodList","metadata":{"continue":"tok"},"items":[{}]})");
  api.answer(410, R"({"kind":"Status","code":410,"reason":"Expired","message":"too old"})");
  api.answer(200, R"({"kind":"PodList","metadata":{"resourceVersion":"9"},"items":[{},{}]})");
  EXPECT_EQ(run(client.list(kPods)).items.size(), 2u);
  EXPECT_EQ(api.lines().back(), "GET /api/v1/pods");
}

TEST_F(ClientTest, WritesSayWhoWritesAndHow) {
  for (int i = 0; i < 4; ++i) api.answer(200, "{}");
  WriteOptions dry{.dry_run = true, .field_validation = "Strict"};
  run(client.create(kPods, pod("a"), dry));
  run(client.patch(kPods, {"ns", "a"}, PatchType::kMerge, Value::map({})));
  WriteOptions force{.force = true, .field_manager = "me"};
  Value owned = pod("a");
  owned.edit("metadata").set("managedFields", Value::list());
  run(client.apply(kPods, owned, force));
  run(client.update_status(kPods, pod("a")));
  EXPECT_THAT(api.lines(),
              ElementsAre("POST /api/v1/namespaces/ns/pods?dryRun=All&fieldManager=jibe"
                          "&fieldValidation=Strict",
                          "PATCH /api/v1/namespaces/ns/pods/a?fieldManager=jibe",
                          "PATCH /api/v1/namespaces/ns/pods/a?fieldManager=me&force=true",
                          "PUT /api/v1/namespaces/ns/pods/a/status?fieldManager=jibe"));
  EXPECT_EQ(api.requests[1].headers.get("Content-Type"), "application/merge-patch+json");
  EXPECT_EQ(api.requests[2].headers.get("Content-Type"), "application/apply-patch+yaml");
  EXPECT_THAT(api.requests[2].body, testing::Not(HasSubstr("managedFields")));
  EXPECT_EQ(api.requests[2].headers.get("User-Agent"), "jibe");
}

TEST_F(ClientTest, DeleteCarriesPreconditionsPropagationAndGrace) {
  api.answer(200, "{}");
  DeleteOptions options{
      .uid = "u1", .resource_version = "5", .propagation = Propagation::kForeground, .grace_s = 0};
  run(client.remove(kPods, {"ns", "a"}, options));
  EXPECT_EQ(data::parse_json(api.requests[0].body), data::parse_json(R"({"apiVersion":"v1",
    "kind":"DeleteOptions","preconditions":{"uid":"u1","resourceVersion":"5"},
    "propagationPolicy":"Foreground","gracePeriodSeconds":0})"));
}

TEST_F(ClientTest, RemoveIfExistsToleratesAbsenceOnly) {
  api.answer(404, R"({"kind":"Status","code":404,"reason":"NotFound","message":"gone"})");
  EXPECT_FALSE(run(client.remove_if_exists(kPods, {"ns", "a"})));
  api.answer(403, R"({"kind":"Status","code":403,"reason":"Forbidden","message":"no"})");
  EXPECT_THROW(run(client.remove_if_exists(kPods, {"ns", "a"})), StatusError);
}

TEST_F(ClientTest, FailuresKeepTheirStatus) {
  api.answer(409, R"({"kind":"Status","code":409,"reason":"Conflict","message":"stale",
    "details":{"name":"a"}})");
  try {
    run(client.update(kPods, pod("a")));
    FAIL();
  } catch (const StatusError& error) {
    EXPECT_TRUE(error.is_conflict());
    EXPECT_EQ(error.details()["name"].text(), "a");
  }
  api.answer(403, "denied by a proxy\n");
  EXPECT_THAT(error_of(client.get(kPods, {"ns", "a"})), HasSubstr("denied by a proxy"));
  api.answer(200, "<html>");
  EXPECT_THAT(error_of(client.get(kPods, {"ns", "a"})),
              HasSubstr("the cluster answered with something that is not JSON"));
}

TEST_F(ClientTest, ReadsAreSentAgainAfterABreakAndWritesAreNot) {
  api.fail(ScriptedAnswer::Fault::kBreak);
  api.answer(503, "");
  api.answer(200, R"({"kind":"Pod"})");
  EXPECT_EQ(run(client.get(kPods, {"ns", "a"}))["kind"].text(), "Pod");
  api.fail(ScriptedAnswer::Fault::kBreak);
  EXPECT_EQ(error_of(client.create(kPods, pod("a"))), "connection refused");
  api.answer(503, "");
  EXPECT_NE(error_of(client.create(kPods, pod("a"))), "");
  EXPECT_EQ(api.requests.size(), 5u);
}

TEST_F(ClientTest, RetryAfterHoldsForEveryVerb) {
  base::Time start = runtime->now();
  api.answer(429, "", {{"Retry-After", "3"}});
  api.answer(201, R"({"kind":"Pod"})");
  run(client.create(kPods, pod("a")));
  EXPECT_GE(elapsed(start), std::chrono::seconds(3));
  EXPECT_EQ(api.requests[0].body, api.requests[1].body);
}

TEST_F(ClientTest, EveryCallHasADeadline) {
  base::Time start = runtime->now();
  api.fail(ScriptedAnswer::Fault::kHang);
  EXPECT_THAT(error_of(client.get(kPods, {"ns", "a"})),
              HasSubstr("GET /api/v1/namespaces/ns/pods/a in the cluster"));
  EXPECT_EQ(elapsed(start), std::chrono::seconds(30));
}

TEST_F(ClientTest, AnOverloadedServerIsGivenUpOnAtTheDeadline) {
  for (int i = 0; i < 40; ++i) api.answer(429, "", {{"Retry-After", "4"}});
  EXPECT_THAT(error_of(client.get(kPods, {"ns", "a"})), HasSubstr("took longer than"));
  EXPECT_LE(api.requests.size(), 9u);
}

TEST_F(ClientTest, WarningsReachTheLog) {
  api.answer(200, "{}", {{"Warning", R"(299 - "unknown field \"spec.x\"", 299 - "second")"}});
  run(client.get(kPods, {"ns", "a"}));
  EXPECT_THAT(runtime->event_log(), HasSubstr("unknown field"));
  EXPECT_THAT(runtime->event_log(), HasSubstr("second"));
}

TEST(Warnings, AreUnquotedAndOthersSkipped) {
  http::Headers headers{{"Warning", R"(299 k8s "a \"b\"" "date", 299 - "c, d")"},
                        {"Warning", R"(110 - "stale")"}};
  EXPECT_THAT(warnings_of(headers), ElementsAre("a \"b\"", "c, d"));
}

constexpr const char* kAggregated = R"({"kind":"APIGroupDiscoveryList","items":[
  {"metadata":{"name":"apps"},"versions":[
    {"version":"v1","resources":[
      {"resource":"deployments","responseKind":{"group":"","version":"","kind":"Deployment"},
       "scope":"Namespaced","singularResource":"deployment","shortNames":["deploy"],
       "verbs":["get","list"],"subresources":[{"subresource":"scale"},{"subresource":"status"}]}]},
    {"version":"v1beta1","resources":[
      {"resource":"deployments","responseKind":{"kind":"Deployment"},"scope":"Namespaced"}]}]}]})";
constexpr const char* kCore = R"({"kind":"APIGroupDiscoveryList","items":[
  {"metadata":{},"versions":[{"version":"v1","resources":[
    {"resource":"namespaces","responseKind":{"kind":"Namespace"},"scope":"Cluster",
     "singularResource":"namespace","shortNames":["ns"]}]}]}]})";

TEST_F(ClientTest, DiscoveryReadsTheAggregatedForm) {
  api.answer(200, kCore);
  api.answer(200, kAggregated);
  ApiResource found = run(client.discovery().for_kind({"apps", "v1", "Deployment"}));
  EXPECT_EQ(found.gvr, kDeployments);
  EXPECT_TRUE(found.namespaced);
  EXPECT_TRUE(found.has_subresource("scale"));
  EXPECT_FALSE(found.has_verb("watch"));
  EXPECT_EQ(run(client.discovery().for_word("deploy.apps")).gvr.version, "v1");
  EXPECT_EQ(run(client.discovery().for_word("deployments.v1beta1.apps")).gvr.version, "v1beta1");
  EXPECT_EQ(run(client.discovery().for_word("Namespace")).gvr.resource, "namespaces");
  EXPECT_EQ(run(client.discovery().for_resource({"apps", "", "deployments"})).gvr.version, "v1");
  EXPECT_EQ(api.requests.size(), 2u);
}

TEST_F(ClientTest, DiscoveryFallsBackToTheOlderForm) {
  api.answer(200, R"({"kind":"APIVersions","versions":["v1"]})");
  api.answer(200, R"({"kind":"APIResourceList","groupVersion":"v1","resources":[
    {"name":"pods","singularName":"pod","namespaced":true,"kind":"Pod","verbs":["get"]},
    {"name":"pods/eviction","namespaced":true,"group":"policy","version":"v1","kind":"Eviction"}]})");
  api.answer(200, R"({"kind":"APIGroupList","groups":[{"name":"apps",
    "versions":[{"groupVersion":"apps/v1beta1"},{"groupVersion":"apps/v1"}],
    "preferredVersion":{"groupVersion":"apps/v1"}},
    {"name":"down","versions":[{"groupVersion":"down/v1"}],
     "preferredVersion":{"groupVersion":"down/v1"}}]})");
  api.answer(200, R"({"groupVersion":"apps/v1","resources":[
    {"name":"deployments","namespaced":true,"kind":"Deployment"}]})");
  api.answer(404, "");
  api.answer(403, "");
  EXPECT_EQ(run(client.discovery().for_resource({"apps", "", "deployments"})).gvr.version, "v1");
  EXPECT_TRUE(run(client.discovery().for_kind({"", "v1", "Pod"})).has_subresource("eviction"));
  EXPECT_TRUE(api.finished());
}

TEST_F(ClientTest, DiscoveryAsksAgainOnAMissUnlessItJustAsked) {
  api.answer(200, kCore);
  api.answer(200, R"({"kind":"APIGroupDiscoveryList","items":[]})");
  Gvk gvk{"apps", "v1", "Deployment"};
  EXPECT_FALSE(run(client.discovery().try_for_kind(gvk)));
  EXPECT_EQ(api.requests.size(), 2u);
  api.answer(200, kCore);
  api.answer(200, kAggregated);
  EXPECT_TRUE(run(client.discovery().try_for_kind(gvk)));
  EXPECT_TRUE(api.finished());
  api.answer(200, kCore);
  api.answer(200, kAggregated);
  EXPECT_THAT(
      [&] {
        run(client.discovery().for_kind({"x", "v1", "Y"}));
      },
      testing::ThrowsMessage<NoKindMatch>(
          "no matches for kind \"Y\" in version \"x/v1\" in the cluster"));
}

}  // namespace
}  // namespace jibe::kube
