#include "twin/server/test_twin.h"

namespace jibe::twin {
namespace {

using data::Value;
using testing::HasSubstr;

class Eviction : public testing::Test {
 protected:
  Eviction() {
    twin_.create("pods", kPod);
    Value pod = *twin_.get("pods", "web");
    pod.set("status",
            data::parse_yaml("{phase: Running, conditions: [{type: Ready, status: 'True'}]}"));
    twin_.update("pods", pod, "status");
  }
  void budget(int allowed) {
    twin_.create("poddisruptionbudgets.policy",
                 "{metadata: {name: web}, spec: {minAvailable: 1, selector: {matchLabels: {app: "
                 "web}}}}");
    Value pdb = *twin_.get("poddisruptionbudgets.policy", "web");
    pdb.set("status", Value::map({{"observedGeneration", 1},
                                  {"disruptionsAllowed", allowed},
                                  {"currentHealthy", 1},
                                  {"desiredHealthy", 1},
                                  {"expectedPods", 1}}));
    twin_.update("poddisruptionbudgets.policy", pdb, "status");
  }
  Reply evict() {
    return twin_.send("POST", "/api/v1/namespaces/default/pods/web/eviction",
                      R"({"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"web"}})");
  }
  TestTwin twin_;
};

TEST_F(Eviction, WithoutBudgetDeletes) {
  Reply reply = evict();
  EXPECT_EQ(reply.status, 201) << reply.text;
  EXPECT_FALSE(twin_.get("pods", "web"));
}

TEST_F(Eviction, RespectsTheBudget) {
  budget(0);
  Reply refused = evict();
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.json()["message"].text(),
            "Cannot evict pod as it would violate the pod's disruption budget.");
  EXPECT_THAT(refused.json()["details"]["causes"][0]["message"].text(),
              HasSubstr("needs 1 healthy pods and has 1 currently"));
  EXPECT_TRUE(twin_.get("pods", "web"));
}

TEST_F(Eviction, SpendsTheBudget) {
  budget(1);
  EXPECT_EQ(evict().status, 201);
  Value pdb = *twin_.get("poddisruptionbudgets.policy", "web");
  EXPECT_EQ(pdb["status"]["disruptionsAllowed"].int_or(-1), 0);
  EXPECT_TRUE(pdb["status"]["disruptedPods"].has("web"));
}

TEST(CertificateSigningRequests, AreOfWhoSendsThemAndCanBeApproved) {
  TestTwin twin;
  const std::string path = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
  Reply made = twin.send("POST", path, R"({"metadata":{"name":"joe"},"spec":{"request":"eA==",
      "signerName":"kubernetes.io/kube-apiserver-client","username":"root","usages":["client auth"]}})");
  ASSERT_EQ(made.status, 201) << made.text;
  Value request = made.json();
  EXPECT_NE(request["spec"]["username"].text(), "root");
  request.edit("spec").set("signerName", "example.com/other");
  request.edit("status").set("conditions",
                             Value::list({Value::map({{"type", "Approved"}, {"status", "True"}})}));
  Reply approved = twin.send("PUT", path + "/joe/approval", data::to_json(request));
  ASSERT_EQ(approved.status, 200) << approved.text;
  EXPECT_EQ(approved.json()["status"]["conditions"][0]["type"].text(), "Approved");
  EXPECT_EQ(approved.json()["spec"]["signerName"].text(), "kubernetes.io/kube-apiserver-client");
}

TEST(Tokens, AreIdentities) {
  TestTwin twin;
  twin.let_everybody_ask_who_they_are();
  Reply made = twin.send("POST", "/api/v1/namespaces/default/serviceaccounts/default/token",
                         R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest",
                             "spec":{"expirationSeconds":600}})");
  ASSERT_EQ(made.status, 201) << made.text;
  std::string token = made.json()["status"]["token"].text();
  http::Request request;
  request.method = "POST";
  request.target = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
  request.body = "{}";
  request.headers.set("Authorization", "Bearer " + token);
  Value review = twin.send(request).json();
  EXPECT_EQ(review["status"]["userInfo"]["username"].text(),
            "system:serviceaccount:default:default");
  Task<void> later = twin.runtime->sleep(std::chrono::seconds(601));
  twin.runtime->run(std::move(later));
  EXPECT_EQ(twin.send(request).status, 401);
}

TEST(Scale, HasColumnsOfItsOwn) {
  TestTwin twin;
  twin.create("deployments.apps", kDeployment);
  Value table = twin.send("GET", "/apis/apps/v1/namespaces/default/deployments/web/scale", "", "",
                          "application/json;as=Table;g=meta.k8s.io;v=v1")
                    .json();
  EXPECT_EQ(table["columnDefinitions"][1]["name"].text(), "Desired");
  EXPECT_EQ(table["rows"][0]["cells"][1].int_or(0), 2);
  EXPECT_EQ(table["rows"][0]["cells"][2].int_or(7), 0);
}

TEST(Binding, PutsAPodOnANode) {
  TestTwin twin;
  twin.create("pods", kPod);
  std::string path = "/api/v1/namespaces/default/pods/web/binding";
  std::string body = R"({"metadata":{"name":"web"},"target":{"kind":"Node","name":"n1"}})";
  EXPECT_EQ(twin.send("POST", path, body).status, 201);
  EXPECT_EQ((*twin.get("pods", "web"))["spec"]["nodeName"].text(), "n1");
  EXPECT_EQ(twin.send("POST", path, body).status, 409);
}

}  // namespace
}  // namespace jibe::twin
