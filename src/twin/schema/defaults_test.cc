#include "twin/schema/defaults.h"

#include <gtest/gtest.h>

#include "twin/schema/decode.h"
#include "twin/schema/strategy.h"
#include "twin/schema/test_resources.h"

namespace jibe::twin {
namespace {

using data::parse_json;
using data::Value;

Value defaulted(const std::string& group, const std::string& resource, const char* json,
                const std::string& version = "") {
  const ResourcePtr r = test_resource(group, resource, version);
  Value object = parse_json(json);
  decode_object(*r, object);
  apply_defaults(*r, object);
  Value again = object;
  apply_defaults(*r, again);
  EXPECT_EQ(again, object) << "not idempotent";
  return object;
}

TEST(Defaults, Deployment) {
  const Value d = defaulted("apps", "deployments", R"({"metadata":{"name":"a"},"spec":{
    "selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{
    "containers":[{"name":"c","image":"nginx","ports":[{"containerPort":80}],
      "livenessProbe":{"httpGet":{"port":80}}}],
    "volumes":[{"name":"v","secret":{"secretName":"s"}},{"name":"e"}]}}}})");
  EXPECT_EQ(d["spec"], parse_json(R"({"progressDeadlineSeconds":600,"replicas":1,
    "revisionHistoryLimit":10,"selector":{"matchLabels":{"a":"b"}},
    "strategy":{"rollingUpdate":{"maxSurge":"25%","maxUnavailable":"25%"},"type":"RollingUpdate"},
    "template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"image":"nginx",
      "imagePullPolicy":"Always","livenessProbe":{"failureThreshold":3,"httpGet":{"path":"/",
      "port":80,"scheme":"HTTP"},"periodSeconds":10,"successThreshold":1,"timeoutSeconds":1},
      "name":"c","ports":[{"containerPort":80,"protocol":"TCP"}],"resources":{},
      "terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}],
      "dnsPolicy":"ClusterFirst","restartPolicy":"Always","schedulerName":"default-scheduler",
      "securityContext":{},"terminationGracePeriodSeconds":30,
      "volumes":[{"name":"v","secret":{"defaultMode":420,"secretName":"s"}},
        {"emptyDir":{},"name":"e"}]}}})"))
      << data::to_json(d["spec"]);
}

TEST(Defaults, PodAloneGetsRequestsFromLimits) {
  const Value p = defaulted("", "pods", R"({"spec":{"containers":[{"name":"c",
    "image":"r.io:5000/a@sha256:00","resources":{"limits":{"cpu":"1"}}}]}})");
  EXPECT_EQ(p["spec"]["containers"][0]["resources"]["requests"]["cpu"], Value("1"));
  EXPECT_EQ(p["spec"]["containers"][0]["imagePullPolicy"], Value("IfNotPresent"));
  EXPECT_EQ(p["spec"]["enableServiceLinks"], Value(true));
}

TEST(Defaults, Service) {
  const Value s = defaulted("", "services", R"({"spec":{"type":"LoadBalancer",
    "ports":[{"port":80},{"port":81,"targetPort":"http","protocol":"UDP"}]}})");
  EXPECT_EQ(s["spec"], parse_json(R"({"allocateLoadBalancerNodePorts":true,
    "externalTrafficPolicy":"Cluster","internalTrafficPolicy":"Cluster",
    "ports":[{"port":80,"protocol":"TCP","targetPort":80},
             {"port":81,"protocol":"UDP","targetPort":"http"}],
    "sessionAffinity":"None","type":"LoadBalancer"})"));
}

TEST(Defaults, Webhook) {
  const Value w = defaulted("admissionregistration.k8s.io", "mutatingwebhookconfigurations",
                            R"({"webhooks":[{"name":"a.b.c","clientConfig":{"service":{"name":"s",
      "namespace":"n"}},"rules":[{"operations":["CREATE"],"resources":["pods"]}]}]})");
  EXPECT_EQ(w["webhooks"][0], parse_json(R"({"clientConfig":{
    "service":{"name":"s","namespace":"n","port":443}},"failurePolicy":"Fail",
    "matchPolicy":"Equivalent","name":"a.b.c","namespaceSelector":{},"objectSelector":{},
    "reinvocationPolicy":"Never","rules":[{"operations":["CREATE"],"resources":["pods"],
    "scope":"*"}],"timeoutSeconds":10})"))
      << data::to_json(w["webhooks"][0]);
}

TEST(Defaults, Autoscaler) {
  const Value h = defaulted("autoscaling", "horizontalpodautoscalers", R"({"spec":{
    "maxReplicas":3,"scaleTargetRef":{"kind":"Deployment","name":"a"}}})",
                            "v2");
  EXPECT_EQ(h["spec"]["minReplicas"], Value(1));
  EXPECT_EQ(h["spec"]["metrics"][0]["resource"]["target"]["averageUtilization"], Value(80));
}

TEST(Defaults, CustomKind) {
  const ResourcePtr r = test_crd_resource();
  Value o = parse_json(R"({"spec":{"size":1,"mode":null,"items":[{"name":"x"}],"code":null}})");
  apply_defaults(*r, o);
  EXPECT_EQ(o["spec"],
            parse_json(R"({"size":1,"mode":"a","items":[{"name":"x","value":"none"}]})"));
}

TEST(Strategy, CreateAndUpdate) {
  const ResourcePtr r = test_resource("apps", "deployments");
  Value d = parse_json(R"({"metadata":{"name":"a","generation":7},"spec":{"replicas":1},
    "status":{"replicas":1}})");
  prepare_for_create(*r, d);
  EXPECT_EQ(d["metadata"]["generation"], Value(1));
  EXPECT_EQ(d["status"], Value::map());
  Value next = d;
  next.edit("spec").set("replicas", 2);
  next.set("status", parse_json(R"({"replicas":9})"));
  prepare_for_update(*r, next, d);
  EXPECT_EQ(next["metadata"]["generation"], Value(2));
  EXPECT_EQ(next["status"], Value::map());
  Value status = next;
  status.set("status", parse_json(R"({"replicas":2})"));
  status.edit("spec").set("replicas", 5);
  prepare_for_update(*r, status, next, "status");
  EXPECT_EQ(status["metadata"]["generation"], Value(2));
  EXPECT_EQ(status["spec"]["replicas"], Value(2));
  EXPECT_EQ(status["status"]["replicas"], Value(2));
}

TEST(Strategy, SecretAndNamespace) {
  Value s = parse_json(R"({"data":{"a":"eA=="},"stringData":{"b":"y"}})");
  prepare_for_create(*test_resource("", "secrets"), s);
  EXPECT_EQ(s["data"], parse_json(R"({"a":"eA==","b":"eQ=="})"));
  EXPECT_FALSE(s.has("stringData"));
  Value n = parse_json(R"({"metadata":{"name":"x"}})");
  prepare_for_create(*test_resource("", "namespaces"), n);
  EXPECT_EQ(n["spec"]["finalizers"], parse_json(R"(["kubernetes"])"));
  EXPECT_EQ(n["metadata"]["labels"]["kubernetes.io/metadata.name"], Value("x"));
}

}  // namespace
}  // namespace jibe::twin
