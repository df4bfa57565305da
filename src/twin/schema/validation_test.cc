#include "twin/schema/validation.h"

#include <gtest/gtest.h>

#include "kube/status.h"
#include "twin/schema/decode.h"
#include "twin/schema/defaults.h"
#include "twin/schema/strategy.h"
#include "twin/schema/test_resources.h"

namespace jibe::twin {
namespace {

using data::parse_json;
using data::Value;

// What the causes say, as kubectl prints them.
std::string said(const Value& causes) {
  std::string out;
  for (const Value& c : causes.items()) {
    if (!out.empty()) out += "\n";
    out += c["field"].text() + ": " + c["message"].text();
  }
  return out;
}

Value prepared(const ResourcePtr& r, const char* json) {
  Value object = parse_json(json);
  decode_object(*r, object);
  apply_defaults(*r, object);
  prepare_for_create(*r, object);
  return object;
}

std::string refused(const std::string& group, const std::string& resource, const char* json) {
  const ResourcePtr r = test_resource(group, resource);
  return said(validate_create(*r, prepared(r, json)));
}

TEST(Validation, Names) {
  EXPECT_EQ(
      refused("", "namespaces", R"({"metadata":{"name":"A_b"}})").substr(0, 124),
      "metadata.name: Invalid value: \"A_b\": a lowercase RFC 1123 label must consist of lower "
      "case alphanumeric characters or '-', a");
  EXPECT_EQ(refused("", "configmaps", R"({"metadata":{"namespace":"n"}})"),
            "metadata.name: Required value: name or generateName is required");
  EXPECT_EQ(
      refused("", "configmaps", R"({"metadata":{"name":"A","namespace":"n"}})"),
      "metadata.name: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower "
      "case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric "
      "character (e.g. 'example.com', regex used for validation is "
      "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
  EXPECT_EQ(refused("rbac.authorization.k8s.io", "clusterroles",
                    R"({"metadata":{"name":"system:x"},"rules":[]})"),
            "");
}

TEST(Validation, Deployment) {
  EXPECT_EQ(
      refused("apps", "deployments", R"({"metadata":{"name":"d","namespace":"n"},
      "spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"c"}},
      "spec":{}}}})"),
      "spec.template.metadata.labels: Invalid value: {\"a\":\"c\"}: `selector` does not match "
      "template `labels`\nspec.template.spec.containers: Required value");
  EXPECT_EQ(refused("apps", "deployments", R"({"metadata":{"name":"d","namespace":"n"},
      "spec":{"replicas":-1,"template":{"spec":{"restartPolicy":"Never","containers":[
      {"name":"a","image":"i"},{"name":"a","image":""}]}}}})"),
            "spec.replicas: Invalid value: -1: must be greater than or equal to 0\n"
            "spec.selector: Required value\n"
            "spec.template.spec.containers[1].image: Required value\n"
            "spec.template.spec.containers[1].name: Duplicate value: \"a\"\n"
            "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: "
            "\"Always\"");
}

TEST(Validation, SelectorsAreImmutable) {
  const ResourcePtr r = test_resource("apps", "deployments");
  const Value old = prepared(r, R"({"metadata":{"name":"d","namespace":"n"},"spec":{
    "selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b","c":"d"}},
    "spec":{"containers":[{"name":"c","image":"i"}]}}}})");
  EXPECT_EQ(said(validate_create(*r, old)), "");
  Value next = old;
  next.edit("spec").set("selector", parse_json(R"({"matchLabels":{"c":"d"}})"));
  EXPECT_EQ(said(validate_update(*r, next, old)),
            "spec.selector: Invalid value: {\"matchLabels\":{\"c\":\"d\"}}: field is immutable");
}

TEST(Validation, Pod) {
  EXPECT_EQ(
      refused("", "pods", R"({"metadata":{"name":"p","namespace":"n"},"spec":{"containers":[
      {"name":"c","image":"i","ports":[{"containerPort":70000}],"volumeMounts":[{"name":"v",
       "mountPath":"/x"}],"resources":{"limits":{"cpu":"1"},"requests":{"cpu":"2"}}}]}})"),
      "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and "
      "65535, inclusive\n"
      "spec.containers[0].volumeMounts[0].name: Not found: \"v\"\n"
      "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal "
      "to cpu limit of 1");
}

TEST(Validation, Service) {
  EXPECT_EQ(refused("", "services", R"({"metadata":{"name":"s","namespace":"n"},"spec":{
      "ports":[{"port":80},{"port":0,"name":"a"}]}})"),
            "spec.ports[0].name: Required value\n"
            "spec.ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive\n"
            "spec.ports[1].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive");
  EXPECT_EQ(refused("", "services", R"({"metadata":{"name":"s","namespace":"n"},"spec":{}})"),
            "spec.ports: Required value");
}

TEST(Validation, ClusterIpsStay) {
  const ResourcePtr r = test_resource("", "services");
  const Value old = prepared(r, R"({"metadata":{"name":"s","namespace":"n"},"spec":{
    "clusterIP":"10.0.0.1","ports":[{"port":80}]}})");
  Value next = old;
  next.edit("spec").set("clusterIPs", Value::list({"10.0.0.2"}));
  EXPECT_EQ(said(validate_update(*r, next, old)),
            "spec.clusterIPs[0]: Invalid value: [\"10.0.0.2\"]: may not change once set");
}

TEST(Validation, Webhooks) {
  EXPECT_EQ(refused("admissionregistration.k8s.io", "mutatingwebhookconfigurations",
                    R"({"metadata":{"name":"w"},"webhooks":[{"name":"a.b","clientConfig":{},
      "rules":[{"operations":["CREATE"],"apiGroups":[""],"resources":["pods"]}]}]})"),
            "webhooks[0].name: Invalid value: \"a.b\": should be a domain with at least three "
            "segments separated by dots\n"
            "webhooks[0].rules[0].apiVersions: Required value\n"
            "webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun\n"
            "webhooks[0].clientConfig: Required value: exactly one of url or service is required\n"
            "webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1");
}

TEST(Validation, ImmutableConfigMaps) {
  const ResourcePtr r = test_resource("", "configmaps");
  const Value old = parse_json(R"({"metadata":{"name":"c","namespace":"n"},"immutable":true,
    "data":{"a":"b"}})");
  Value next = old;
  next.edit("data").set("a", "c");
  EXPECT_EQ(said(validate_update(*r, next, old)),
            "data: Forbidden: field is immutable when `immutable` is set");
}

TEST(Validation, Jobs) {
  EXPECT_EQ(refused("batch", "jobs", R"({"metadata":{"name":"j","namespace":"n","uid":"u"},
      "spec":{"template":{"spec":{"containers":[{"name":"c","image":"i"}]}}}})"),
            "spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", "
            "\"Never\"");
}

std::string thing(const char* spec) {
  return said(validate_create(*test_crd_resource(),
                              parse_json(std::string(R"({"apiVersion":"x.dev/v1","kind":"Thing",
      "metadata":{"name":"t","namespace":"n"},"spec":)") +
                                         spec + "}")));
}

TEST(Validation, CustomKinds) {
  EXPECT_EQ(thing(R"({"size":3,"mode":"b","port":"x","items":[{"name":"a"}]})"), "");
  EXPECT_EQ(thing(R"({"size":"three"})"),
            "spec.size: Invalid value: \"string\": spec.size in body must be of type integer: "
            "\"string\"");
  EXPECT_EQ(thing(R"({})"), "spec.size: Required value");
  EXPECT_EQ(thing(R"({"size":11})"),
            "spec.size: Invalid value: 11: spec.size in body should be less than or equal to 10");
  EXPECT_EQ(thing(R"({"size":1,"mode":"c"})"),
            "spec.mode: Unsupported value: \"c\": supported values: \"a\", \"b\"");
  EXPECT_EQ(thing(R"({"size":1,"code":"A"})"),
            "spec.code: Invalid value: \"A\": spec.code in body should match '^[a-z]+$'");
  EXPECT_EQ(thing(R"({"size":1,"code":"abcdef"})"),
            "spec.code: Too long: may not be more than 5 bytes");
  EXPECT_EQ(thing(R"({"size":1,"items":[{"name":"a"},{"name":"a"}]})"),
            "spec.items[1]: Duplicate value: {\"name\":\"a\"}");
  EXPECT_EQ(thing(R"({"size":1,"items":[{}]})"), "spec.items[0].name: Required value");
  EXPECT_EQ(thing(R"({"size":1,"labels":{"a":1}})"),
            "spec.labels.a: Invalid value: \"integer\": spec.labels.a in body must be of type "
            "string: \"integer\"");
}

TEST(Validation, Definitions) {
  const ResourcePtr r = test_resource("apiextensions.k8s.io", "customresourcedefinitions");
  Value crd = test_crd();
  apply_defaults(*r, crd);
  EXPECT_EQ(said(validate_create(*r, crd)), "");
  crd.edit("metadata").set("name", "x");
  crd.edit("spec").set("group", "dev");
  EXPECT_EQ(said(validate_create(*r, crd)),
            "metadata.name: Invalid value: \"x\": must be spec.names.plural+\".\"+spec.group\n"
            "spec.group: Invalid value: \"dev\": should be a domain with at least one dot");
}

}  // namespace
}  // namespace jibe::twin
