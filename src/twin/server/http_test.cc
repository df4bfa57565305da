#include "twin/server/test_twin.h"

namespace jibe::twin {
namespace {

using data::Value;
using testing::HasSubstr;

constexpr const char* kTable = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

TEST(Http, StrangersAreRefused) {
  TestTwin twin;
  http::Request request;
  request.target = "/api/v1/namespaces";
  Reply reply = twin.send(request);
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.json()["reason"].text(), "Unauthorized");
  request.target = "/livez";
  EXPECT_EQ(twin.send(request).text, "ok");
}

TEST(Http, CertificatesAreIdentities) {
  TestTwin twin;
  twin.let_everybody_ask_who_they_are();
  http::Request request;
  request.method = "POST";
  request.target = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
  request.body = R"({"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1"})";
  auto peer = std::make_shared<http::Peer>();
  peer->common_name = "alice";
  peer->organizations = {"dev"};
  request.peer = peer;
  Value review = twin.send(request).json();
  EXPECT_EQ(review["status"]["userInfo"]["username"].text(), "alice");
  EXPECT_EQ(review["status"]["userInfo"]["groups"][0].text(), "dev");
}

Value groups_of(TestTwin& twin, const std::string& user, const std::string& group) {
  http::Request request;
  request.method = "POST";
  request.target = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
  request.body = "{}";
  request.headers.set("Authorization", std::string("Bearer ") + kTestToken);
  request.headers.set("Impersonate-User", user);
  if (!group.empty()) request.headers.set("Impersonate-Group", group);
  return twin.send(request).json()["status"]["userInfo"]["groups"];
}

TEST(Http, ImpersonatedAccountsHaveTheirGroups) {
  TestTwin twin;
  twin.let_everybody_ask_who_they_are();
  EXPECT_EQ(groups_of(twin, "alice", ""), Value::list({"system:authenticated"}));
  EXPECT_EQ(groups_of(twin, "alice", "dev"), Value::list({"dev", "system:authenticated"}));
  EXPECT_EQ(
      groups_of(twin, "system:serviceaccount:n:robot", ""),
      Value::list({"system:serviceaccounts", "system:serviceaccounts:n", "system:authenticated"}));
}

TEST(Http, WhoMayNotImpersonateIsRefused) {
  TestTwin twin;
  twin.server->add_token("weak", Caller{"bob", {"system:authenticated"}, "test"});
  http::Request request;
  request.method = "GET";
  request.target = "/api/v1/namespaces/default/pods";
  request.headers.set("Authorization", "Bearer weak");
  request.headers.set("Impersonate-User", "system:serviceaccount:n:robot");
  Reply reply = twin.send(request);
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(reply.json()["message"].text(),
            "serviceaccounts \"robot\" is forbidden: User \"bob\" cannot impersonate resource "
            "\"serviceaccounts\" in API group \"\" in the namespace \"n\"");
}

TEST(Http, ObjectsGoInAndOut) {
  TestTwin twin;
  Reply made = twin.send("POST", "/apis/apps/v1/namespaces/default/deployments", kDeployment,
                         "application/yaml");
  EXPECT_EQ(made.status, 201) << made.text;
  Reply got = twin.send("GET", "/apis/apps/v1/namespaces/default/deployments/web");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.json()["kind"].text(), "Deployment");
  Reply yaml = twin.send("GET", "/apis/apps/v1/namespaces/default/deployments/web", "", "",
                         "application/yaml");
  EXPECT_THAT(yaml.text, HasSubstr("kind: Deployment\n"));
  Reply gone = twin.send("DELETE", "/apis/apps/v1/namespaces/default/deployments/web");
  EXPECT_EQ(gone.json()["status"].text(), "Success");
  EXPECT_EQ(gone.json()["details"]["uid"], got.json()["metadata"]["uid"]);
}

TEST(Http, ErrorsAreStatuses) {
  TestTwin twin;
  Reply missing = twin.send("GET", "/api/v1/namespaces/default/pods/none");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.json()["message"].text(), "pods \"none\" not found");
  EXPECT_EQ(missing.json()["kind"].text(), "Status");
  // Clients then name verb and resource themselves.
  Reply nowhere = twin.send("GET", "/apis/nothing/v1/things");
  EXPECT_EQ(nowhere.status, 404);
  EXPECT_EQ(nowhere.text, "404 page not found\n");
  EXPECT_EQ(twin.send("POST", "/api/v1/namespaces/default/pods", "{").status, 400);
  Reply proto = twin.send("GET", "/api/v1/pods", "", "", "application/vnd.kubernetes.protobuf");
  EXPECT_EQ(proto.status, 406);
  Reply body = twin.send("POST", "/api/v1/namespaces/default/pods", "x", "application/cbor");
  EXPECT_EQ(body.status, 415);
}

TEST(Http, UnknownFieldsAreToldInWarnings) {
  TestTwin twin;
  Reply made = twin.send("POST", "/api/v1/namespaces/default/configmaps",
                         R"({"metadata":{"name":"a"},"datum":1})");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.headers.get("warning"), R"(299 - "unknown field \"datum\"")");
}

TEST(Http, DuplicatesAreToldInWarnings) {
  TestTwin twin;
  Reply made = twin.send("POST", "/api/v1/namespaces/default/configmaps",
                         R"({"metadata":{"name":"a"},"data":{"k":"1","k":"2"}})");
  EXPECT_EQ(made.headers.get("warning"), R"(299 - "duplicate field \"data.k\"")");
  Reply strict = twin.send("POST", "/api/v1/namespaces/default/configmaps?fieldValidation=Strict",
                           R"({"metadata":{"name":"b"},"data":{"k":"1","k":"2"}})");
  EXPECT_EQ(strict.status, 400);
}

TEST(Http, PagesAreConsistent) {
  TestTwin twin;
  for (char c = 'a'; c < 'f'; ++c) {
    twin.create("configmaps", std::string("metadata: {name: ") + c + "}");
  }
  Value first = twin.send("GET", "/api/v1/namespaces/default/configmaps?limit=2").json();
  EXPECT_EQ(first["items"].size(), 2u);
  EXPECT_EQ(first["metadata"]["remainingItemCount"].int_or(0), 3);
  twin.remove("configmaps", "d");
  twin.create("configmaps", "metadata: {name: z}");
  std::string next = first["metadata"]["continue"].text();
  Value rest = twin.send("GET", "/api/v1/namespaces/default/configmaps?continue=" + next).json();
  ASSERT_EQ(rest["items"].size(), 3u);
  EXPECT_EQ(rest["items"][1]["metadata"]["name"].text(), "d");
  EXPECT_EQ(rest["items"][2]["metadata"]["name"].text(), "e");
  EXPECT_EQ(rest["metadata"]["resourceVersion"], first["metadata"]["resourceVersion"]);
}

TEST(Http, ListOptionsHaveToFitTogether) {
  TestTwin twin;
  twin.create("configmaps", "metadata: {name: a}");
  twin.create("configmaps", "metadata: {name: b}");
  const std::string path = "/api/v1/configmaps?";
  Value first = twin.send("GET", path + "limit=1").json();
  const std::string next = "continue=" + first["metadata"]["continue"].text();
  EXPECT_EQ(twin.send("GET", path + next + "&resourceVersion=0").status, 200);
  Reply at = twin.send("GET", path + next + "&resourceVersion=1");
  EXPECT_EQ(at.status, 400);
  EXPECT_EQ(at.json()["message"].text(),
            "specifying resource version is not allowed when using continue");
  for (const char* query :
       {"resourceVersionMatch=Exact", "resourceVersion=0&resourceVersionMatch=Exact",
        "resourceVersion=1&resourceVersionMatch=Latest"}) {
    EXPECT_EQ(twin.send("GET", path + query).status, 422) << query;
  }
  EXPECT_EQ(
      twin.send("GET", path + next + "&resourceVersion=0&resourceVersionMatch=NotOlderThan").status,
      422);
}

TEST(Http, DryRunErrorsNameTheirOptions) {
  TestTwin twin;
  twin.create("configmaps", "metadata: {name: a}");
  const std::string path = "/api/v1/namespaces/default/configmaps";
  const auto told = [&](const char* method, const std::string& where) {
    return twin
        .send(method, where + "?dryRun=x", R"({"metadata":{"name":"a"}})",
              "application/merge-patch+json")
        .json()["message"]
        .text();
  };
  EXPECT_EQ(told("POST", path).substr(0, 13), "CreateOptions");
  EXPECT_EQ(told("PUT", path + "/a").substr(0, 13), "UpdateOptions");
  EXPECT_EQ(told("PATCH", path + "/a").substr(0, 12), "PatchOptions");
}

TEST(Http, OldPagesAreGone) {
  ServerOptions options;
  options.watch_history = 2;
  TestTwin twin(options);
  for (char c = 'a'; c < 'f'; ++c) {
    twin.create("configmaps", std::string("metadata: {name: ") + c + "}");
  }
  Value first = twin.send("GET", "/api/v1/configmaps?limit=1").json();
  for (char c = 'f'; c < 'k'; ++c) {
    twin.create("configmaps", std::string("metadata: {name: ") + c + "}");
  }
  std::string next = first["metadata"]["continue"].text();
  Reply rest = twin.send("GET", "/api/v1/configmaps?limit=1&continue=" + next);
  EXPECT_EQ(rest.status, 410);
  EXPECT_EQ(rest.json()["reason"].text(), "Expired");
}

TEST(Http, SelectorsChoose) {
  TestTwin twin;
  twin.create("configmaps", "metadata: {name: a, labels: {x: '1'}}");
  twin.create("configmaps", "metadata: {name: b, labels: {x: '2'}}");
  auto names = [&](const std::string& query) {
    std::string out;
    Value list = twin.send("GET", "/api/v1/configmaps?" + query).json();
    for (const Value& item : list["items"].items()) out += item["metadata"]["name"].text();
    return out;
  };
  EXPECT_EQ(names("labelSelector=x%3D1"), "a");
  EXPECT_EQ(names("labelSelector=x+in+%281%2C2%29"), "ab");
  EXPECT_EQ(names("fieldSelector=metadata.name%21%3Da"), "b");
  Reply bad = twin.send("GET", "/api/v1/configmaps?fieldSelector=data.k%3D1");
  EXPECT_EQ(bad.status, 400);
  EXPECT_THAT(bad.json()["message"].text(), HasSubstr("\"data.k\" is not a known field selector"));
  EXPECT_EQ(twin.send("GET", "/api/v1/configmaps?labelSelector=a%20b").status, 400);
}

TEST(Http, TablesAndMetadata) {
  TestTwin twin;
  twin.create("configmaps", "{metadata: {name: a}, data: {k: v}}");
  Value table = twin.send("GET", "/api/v1/namespaces/default/configmaps", "", "", kTable).json();
  EXPECT_EQ(table["kind"].text(), "Table");
  EXPECT_EQ(table["rows"][0]["cells"][0].text(), "a");
  EXPECT_EQ(table["rows"][0]["object"]["kind"].text(), "PartialObjectMetadata");
  Value metadata = twin.send("GET", "/api/v1/namespaces/default/configmaps/a", "", "",
                             "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1")
                       .json();
  EXPECT_EQ(metadata["kind"].text(), "PartialObjectMetadata");
  EXPECT_TRUE(metadata["data"].is_null());
}

TEST(Http, DiscoveryInBothForms) {
  TestTwin twin;
  Reply plain = twin.send("GET", "/apis");
  EXPECT_EQ(plain.json()["kind"].text(), "APIGroupList");
  Reply aggregated = twin.send(
      "GET", "/apis", "", "",
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json");
  EXPECT_EQ(aggregated.json()["kind"].text(), "APIGroupDiscoveryList");
  EXPECT_EQ(aggregated.headers.get("content-type"),
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
  EXPECT_EQ(twin.send("GET", "/apis/apps/v1").json()["kind"].text(), "APIResourceList");
  EXPECT_EQ(twin.send("GET", "/apis/none").status, 404);
  EXPECT_EQ(twin.send("GET", "/version").json()["gitVersion"].text(), "v1.36.3");
}

TEST(Http, OpenApiByHash) {
  TestTwin twin;
  Value index = twin.send("GET", "/openapi/v3").json();
  std::string url = index["paths"]["apis/apps/v1"]["serverRelativeURL"].text();
  ASSERT_THAT(url, HasSubstr("?hash="));
  Reply document = twin.send("GET", url);
  EXPECT_EQ(document.status, 200);
  EXPECT_EQ(document.headers.get("cache-control"), "public, immutable");
  EXPECT_TRUE(document.json()["paths"].is_map());
  Reply old = twin.send("GET", "/openapi/v2", "", "",
                        "application/com.github.proto-openapi.spec.v2@v1.0+protobuf");
  EXPECT_EQ(old.status, 200);
  EXPECT_TRUE(
      old.text.starts_with("\n\x03"
                           "2.0"));
}

TEST(Http, DeleteTakesOptionsInItsBody) {
  TestTwin twin;
  twin.send("POST", "/apis/apps/v1/namespaces/default/deployments", kDeployment,
            "application/yaml");
  Reply reply = twin.send("DELETE", "/apis/apps/v1/namespaces/default/deployments/web",
                          R"({"kind":"DeleteOptions","apiVersion":"v1",
                              "propagationPolicy":"Foreground"})");
  EXPECT_EQ(reply.json()["kind"].text(), "Deployment");
  EXPECT_EQ(reply.json()["metadata"]["finalizers"][0].text(), "foregroundDeletion");
}

TEST(Http, CollectionsAreDeletedBySelector) {
  TestTwin twin;
  for (const char* name : {"a", "b", "c"}) {
    std::string label = *name == 'b' ? "'2'" : "'1'";
    twin.create("configmaps",
                std::string("metadata: {name: ") + name + ", labels: {x: " + label + "}}");
  }
  Reply reply = twin.send("DELETE", "/api/v1/namespaces/default/configmaps?labelSelector=x%3D1");
  EXPECT_EQ(reply.json()["items"].size(), 2u);
  EXPECT_FALSE(twin.get("configmaps", "a"));
  EXPECT_TRUE(twin.get("configmaps", "b"));
}

TEST(Http, EventsAreTheSameInBothGroups) {
  TestTwin twin;
  twin.create("events",
              "{metadata: {name: e}, involvedObject: {kind: Pod, namespace: default, name: p}, "
              "reason: R, message: told, count: 3, type: Normal}");
  Value event = twin.send("GET", "/apis/events.k8s.io/v1/namespaces/default/events/e").json();
  EXPECT_EQ(event["note"].text(), "told");
  EXPECT_EQ(event["regarding"]["name"].text(), "p");
  EXPECT_EQ(event["deprecatedCount"].int_or(0), 3);
  EXPECT_TRUE(event["message"].is_null());
}

TEST(Http, NamespacedObjectsAreMadeInANamespace) {
  TestTwin twin;
  EXPECT_EQ(twin.send("POST", "/api/v1/configmaps", R"({"metadata":{"name":"a"}})").status, 405);
  Reply other = twin.send("POST", "/api/v1/namespaces/default/configmaps",
                          R"({"metadata":{"name":"a","namespace":"other"}})");
  EXPECT_EQ(other.status, 400);
  EXPECT_EQ(twin.send("GET", "/api/v1/namespaces/default/nodes").status, 404);
}

TEST(Http, AccessReviewsAllow) {
  TestTwin twin;
  Reply reply = twin.send("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                          R"({"spec":{"resourceAttributes":{"verb":"get","resource":"pods"}}})");
  EXPECT_EQ(reply.status, 201) << reply.text;
  EXPECT_TRUE(reply.json()["status"]["allowed"].bool_or(false));
}

}  // namespace
}  // namespace jibe::twin
