#include "twin/server/test_twin.h"

namespace jibe::twin {
namespace {

using data::Value;
using testing::HasSubstr;

constexpr const char* kPath = "/apis/apps/v1/namespaces/default/deployments/web";

class Patch : public testing::Test {
 protected:
  Patch() { twin_.create("deployments.apps", kDeployment); }
  Reply patch(const std::string& body, const std::string& type, const std::string& query = "") {
    return twin_.send("PATCH", kPath + query, body, "application/" + type);
  }
  TestTwin twin_;
};

TEST_F(Patch, Json) {
  Reply reply = patch(R"([{"op":"replace","path":"/spec/replicas","value":3}])", "json-patch+json");
  ASSERT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(reply.json()["spec"]["replicas"].int_or(0), 3);
  EXPECT_EQ(reply.json()["metadata"]["generation"].int_or(0), 2);
  Reply bad = patch(R"([{"op":"remove","path":"/spec/nothing"}])", "json-patch+json");
  EXPECT_EQ(bad.status, 422);
  EXPECT_EQ(bad.json()["message"].text(),
            "the server rejected our request due to an error in our request");
}

TEST_F(Patch, MergeReplacesLists) {
  Reply reply =
      patch(R"({"spec":{"template":{"spec":{"containers":[{"name":"web","image":"other"}]}}}})",
            "merge-patch+json");
  ASSERT_EQ(reply.status, 200) << reply.text;
  const Value containers = reply.json()["spec"]["template"]["spec"]["containers"];
  EXPECT_EQ(containers[0]["image"].text(), "other");
  EXPECT_EQ(containers[0]["imagePullPolicy"].text(), "Always");
}

TEST_F(Patch, StrategicMergesListsByKey) {
  Reply reply =
      patch(R"({"spec":{"template":{"spec":{"containers":[{"name":"side","image":"s"}]}}}})",
            "strategic-merge-patch+json");
  ASSERT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(reply.json()["spec"]["template"]["spec"]["containers"].size(), 2u);
}

TEST_F(Patch, HonoursAResourceVersionInIt) {
  Reply reply = patch(R"({"metadata":{"resourceVersion":"1"}})", "merge-patch+json");
  EXPECT_EQ(reply.status, 409);
}

TEST_F(Patch, MayNotRename) {
  Reply reply = patch(R"({"metadata":{"name":"other"}})", "merge-patch+json");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.json()["message"].text(),
            "the name of the object (other) does not match the name on the URL (web)");
}

TEST_F(Patch, StrictRefusesUnknownFields) {
  Reply reply = patch(R"({"spec":{"colour":1}})", "merge-patch+json", "?fieldValidation=Strict");
  EXPECT_EQ(reply.status, 422);
  EXPECT_THAT(reply.json()["message"].text(),
              HasSubstr("strict decoding error: unknown field \"spec.colour\""));
}

TEST_F(Patch, StrategicErrorsShowThePatch) {
  Reply reply = patch(R"({"spec":{"replicas":null,"colour":[1,"a"]}})",
                      "strategic-merge-patch+json", "?fieldValidation=Strict");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.json()["message"].text(),
            " \"\" is invalid: patch: Invalid value: \"map[spec:map[colour:[1 a] "
            "replicas:<nil>]]\": strict decoding error: unknown field \"spec.colour\"");
  Reply type = patch(R"({"spec":{"replicas":"x"}})", "strategic-merge-patch+json");
  EXPECT_EQ(type.status, 422);
  EXPECT_THAT(type.json()["message"].text(), HasSubstr("unrecognized type: int32"));
}

TEST_F(Patch, Scale) {
  Reply scale = twin_.send("PATCH", std::string(kPath) + "/scale", R"({"spec":{"replicas":5}})",
                           "application/merge-patch+json");
  ASSERT_EQ(scale.status, 200) << scale.text;
  EXPECT_EQ(scale.json()["spec"]["replicas"].int_or(0), 5);
  EXPECT_EQ(scale.json()["status"]["selector"].text(), "app=web");
  Value stale = twin_.send("GET", std::string(kPath) + "/scale").json();
  patch(R"({"metadata":{"labels":{"a":"b"}}})", "merge-patch+json");
  Reply lost =
      twin_.send("PUT", std::string(kPath) + "/scale", data::to_json(stale), "application/json");
  EXPECT_EQ(lost.status, 409);
}

TEST_F(Patch, OfNothingIsNotFound) {
  Reply reply = twin_.send("PATCH", "/api/v1/namespaces/default/configmaps/none", "{}",
                           "application/merge-patch+json");
  EXPECT_EQ(reply.status, 404);
}

constexpr const char* kMapPath = "/api/v1/namespaces/default/configmaps/a";

Reply apply(TestTwin& twin, const std::string& yaml, const std::string& query) {
  return twin.send("PATCH", kMapPath + query, yaml, "application/apply-patch+yaml");
}

TEST(Apply, CreatesAndOwns) {
  TestTwin twin;
  std::string yaml = "apiVersion: v1\nkind: ConfigMap\ndata: {k: v}\n";
  EXPECT_EQ(apply(twin, yaml, "").status, 422);
  Reply made = apply(twin, yaml, "?fieldManager=one");
  ASSERT_EQ(made.status, 201) << made.text;
  const Value managed = made.json()["metadata"]["managedFields"];
  ASSERT_EQ(managed.size(), 1u);
  EXPECT_EQ(managed[0]["manager"].text(), "one");
  EXPECT_EQ(managed[0]["operation"].text(), "Apply");
  Reply again = apply(twin, yaml, "?fieldManager=one");
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.json()["metadata"]["resourceVersion"],
            made.json()["metadata"]["resourceVersion"]);
}

TEST(Apply, ConflictsUnlessForced) {
  TestTwin twin;
  apply(twin, "apiVersion: v1\nkind: ConfigMap\ndata: {k: v}\n", "?fieldManager=one");
  std::string other = "apiVersion: v1\nkind: ConfigMap\ndata: {k: w}\n";
  Reply refused = apply(twin, other, "?fieldManager=two");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.json()["message"].text(),
            "Apply failed with 1 conflict: conflict with \"one\": .data.k");
  EXPECT_EQ(refused.json()["details"]["causes"][0]["reason"].text(), "FieldManagerConflict");
  Reply forced = apply(twin, other, "?fieldManager=two&force=true");
  EXPECT_EQ(forced.json()["data"]["k"].text(), "w");
}

}  // namespace
}  // namespace jibe::twin
