#include "base/strings.h"
#include "twin/server/test_twin.h"
#include "twin/server/webhook_rules.h"

namespace jibe::twin {
namespace {

using data::Value;
using testing::HasSubstr;

TEST(WebhookRules, MatchAsKubernetesDoes) {
  Value rule = data::parse_yaml(
      "{operations: [CREATE, UPDATE], apiGroups: ['', apps], apiVersions: ['*'], "
      "resources: [pods, 'deployments/*', '*/scale']}");
  auto matches = [&](const kube::Gvr& gvr, const std::string& sub, const std::string& operation) {
    return matches_rule(rule, gvr, sub, operation, true);
  };
  kube::Gvr pods{"", "v1", "pods"};
  kube::Gvr deployments{"apps", "v1", "deployments"};
  EXPECT_TRUE(matches(pods, "", "CREATE"));
  EXPECT_FALSE(matches(pods, "status", "UPDATE"));
  EXPECT_FALSE(matches(pods, "", "DELETE"));
  EXPECT_TRUE(matches(deployments, "", "UPDATE"));
  EXPECT_TRUE(matches(deployments, "status", "UPDATE"));
  EXPECT_TRUE(matches({"apps", "v1", "statefulsets"}, "scale", "UPDATE"));
  EXPECT_FALSE(matches({"batch", "v1", "jobs"}, "scale", "UPDATE"));
  rule.set("scope", "Cluster");
  EXPECT_FALSE(matches(pods, "", "CREATE"));
}

// A webhook that answers by a function of the request.
class FakeWebhook : public http::Handler, public WebhookNetwork {
 public:
  using Answer = std::function<Value(const Value& request)>;
  explicit FakeWebhook(rt::Runtime& runtime) : runtime_(runtime) {}

  Task<http::Response> handle(http::Request request) override {
    Value review = data::parse_json(request.body);
    requests.push_back(review["request"]);
    targets.push_back(request.target);
    if (delay.count() > 0) co_await runtime_.sleep(delay);
    Value response = answer(review["request"]);
    response.set("uid", review["request"]["uid"]);
    review.erase("request");
    review.set("response", response);
    co_return http::make_response(200, "application/json", data::to_json(review));
  }
  http::Handler* connect(const std::string& host, int port) override {
    hosts.push_back(host + ":" + std::to_string(port));
    return reachable ? this : nullptr;
  }
  http::Handler* connect_url(const std::string&) override { return reachable ? this : nullptr; }

  Answer answer = [](const Value&) { return Value::map({{"allowed", true}}); };
  bool reachable = true;
  base::Duration delay{};
  std::vector<Value> requests;
  std::vector<std::string> hosts;
  std::vector<std::string> targets;

 private:
  rt::Runtime& runtime_;
};

Value patch_answer(const std::string& patch) {
  return Value::map(
      {{"allowed", true}, {"patchType", "JSONPatch"}, {"patch", base::base64_encode(patch)}});
}

class Webhooks : public testing::Test {
 protected:
  Webhooks() : hook_(*twin_.runtime) {
    twin_.server->set_webhooks(&hook_);
    twin_.create("services", "{metadata: {name: hook}, spec: {ports: [{port: 443}]}}");
  }
  void configure(const std::string& kind, const std::string& name, const std::string& extra = "") {
    std::string yaml = "metadata: {name: " + name + "}\nwebhooks:\n- name: " + name +
                       ".example.org\n"
                       "  clientConfig: {service: {name: hook, namespace: default, path: /x}}\n"
                       "  rules: [{operations: ['*'], apiGroups: [''], apiVersions: [v1], "
                       "resources: [configmaps, pods]}]\n"
                       "  sideEffects: None\n  admissionReviewVersions: [v1]\n" +
                       extra;
    twin_.create(kind + "webhookconfigurations.admissionregistration.k8s.io", yaml);
  }
  TestTwin twin_;
  FakeWebhook hook_;
};

TEST_F(Webhooks, MutateWhatIsStored) {
  configure("mutating", "a");
  hook_.answer = [](const Value&) {
    return patch_answer(R"([{"op":"add","path":"/data","value":{"k":"v"}}])");
  };
  Value made = twin_.create("configmaps", "metadata: {name: a}");
  EXPECT_EQ(made["data"]["k"].text(), "v");
  ASSERT_EQ(hook_.requests.size(), 1u);
  const Value& request = hook_.requests[0];
  EXPECT_EQ(request["operation"].text(), "CREATE");
  EXPECT_EQ(request["kind"]["kind"].text(), "ConfigMap");
  EXPECT_EQ(request["resource"]["resource"].text(), "configmaps");
  EXPECT_EQ(request["namespace"].text(), "default");
  EXPECT_EQ(request["object"]["apiVersion"].text(), "v1");
  EXPECT_TRUE(request["object"]["metadata"]["uid"].is_null());
  EXPECT_EQ(hook_.hosts[0], "hook.default.svc:443");
  EXPECT_EQ(hook_.targets[0], "/x?timeout=10s");
}

TEST_F(Webhooks, RefuseInKubernetesWords) {
  configure("validating", "a");
  hook_.answer = [](const Value&) {
    return data::parse_yaml("{allowed: false, status: {message: no such luck, code: 403}}");
  };
  auto error = status_of([&] { twin_.create("configmaps", "metadata: {name: a}"); });
  EXPECT_EQ(error.code(), 403);
  EXPECT_STREQ(error.what(),
               "admission webhook \"a.example.org\" denied the request: no such luck");
  EXPECT_FALSE(twin_.get("configmaps", "a"));
}

TEST_F(Webhooks, FailClosedOrOpen) {
  configure("validating", "a", "  failurePolicy: Fail\n");
  hook_.reachable = false;
  auto error = status_of([&] { twin_.create("configmaps", "metadata: {name: a}"); });
  EXPECT_EQ(error.code(), 500);
  EXPECT_STREQ(error.what(),
               "Internal error occurred: failed calling webhook \"a.example.org\": failed to call "
               "webhook: Post \"https://hook.default.svc:443/x?timeout=10s\": no endpoints "
               "available for service \"hook\"");
  twin_.remove("validatingwebhookconfigurations.admissionregistration.k8s.io", "a");
  configure("validating", "b", "  failurePolicy: Ignore\n");
  twin_.create("configmaps", "metadata: {name: a}");
}

TEST_F(Webhooks, HaveADeadline) {
  configure("validating", "a", "  timeoutSeconds: 2\n");
  hook_.delay = std::chrono::seconds(5);
  auto error = status_of([&] { twin_.create("configmaps", "metadata: {name: a}"); });
  EXPECT_THAT(error.what(), HasSubstr("context deadline exceeded"));
}

TEST_F(Webhooks, SelectNamespacesAndObjects) {
  configure("mutating", "a",
            "  namespaceSelector: {matchLabels: {inject: 'yes'}}\n"
            "  objectSelector: {matchLabels: {app: web}}\n");
  twin_.create("configmaps", "metadata: {name: a, labels: {app: web}}");
  EXPECT_EQ(hook_.requests.size(), 0u);
  Value ns = *twin_.get("namespaces", "default");
  ns.edit("metadata").edit("labels").set("inject", "yes");
  twin_.update("namespaces", ns);
  twin_.create("configmaps", "metadata: {name: b}");
  EXPECT_EQ(hook_.requests.size(), 0u);
  twin_.create("configmaps", "metadata: {name: c, labels: {app: web}}");
  EXPECT_EQ(hook_.requests.size(), 1u);
}

TEST_F(Webhooks, AreCalledAgainWhereALaterOneChangedTheObject) {
  configure("mutating", "a", "  reinvocationPolicy: IfNeeded\n");
  configure("mutating", "b");
  hook_.answer = [](const Value& request) {
    if (request["object"]["data"].has("k")) return Value::map({{"allowed", true}});
    if (!request["object"]["metadata"]["labels"].has("first")) {
      return patch_answer(R"([{"op":"add","path":"/metadata/labels","value":{"first":"1"}}])");
    }
    return patch_answer(R"([{"op":"add","path":"/data","value":{"k":"v"}}])");
  };
  twin_.create("configmaps", "metadata: {name: a}");
  ASSERT_EQ(hook_.requests.size(), 3u);
  EXPECT_EQ(hook_.requests[2]["object"]["data"]["k"].text(), "v");
}

TEST_F(Webhooks, InjectedContainersGetTheTokenToo) {
  configure("mutating", "a");
  hook_.answer = [](const Value& request) {
    if (request["object"]["spec"]["containers"].size() > 1) {
      return Value::map({{"allowed", true}});
    }
    return patch_answer(R"([{"op":"add","path":"/spec/containers/-",
                             "value":{"name":"proxy","image":"p"}}])");
  };
  Value pod = twin_.create("pods", kPod);
  ASSERT_EQ(pod["spec"]["containers"].size(), 2u);
  const Value& proxy = pod["spec"]["containers"][1];
  EXPECT_EQ(proxy["imagePullPolicy"].text(), "Always");
  EXPECT_EQ(proxy["volumeMounts"].size(), 1u);
  EXPECT_EQ(pod["spec"]["volumes"].size(), 1u);
}

TEST_F(Webhooks, HearOfDryRuns) {
  configure("validating", "a");
  WriteOptions dry;
  dry.dry_run = true;
  twin_.create("configmaps", "metadata: {name: a}", dry);
  ASSERT_EQ(hook_.requests.size(), 1u);
  EXPECT_TRUE(hook_.requests[0]["dryRun"].bool_or(false));
}

TEST_F(Webhooks, SeeDeletions) {
  configure("validating", "a");
  twin_.create("configmaps", "metadata: {name: a}");
  twin_.remove("configmaps", "a");
  ASSERT_EQ(hook_.requests.size(), 2u);
  EXPECT_EQ(hook_.requests[1]["operation"].text(), "DELETE");
  EXPECT_TRUE(hook_.requests[1]["object"].is_null());
  EXPECT_EQ(hook_.requests[1]["oldObject"]["metadata"]["name"].text(), "a");
}

}  // namespace
}  // namespace jibe::twin
