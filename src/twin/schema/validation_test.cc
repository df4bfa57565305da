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

std::string pod(const std::string& spec) {
  return refused("", "pods",
                 (R"({"metadata":{"name":"p","namespace":"n"},"spec":)" + spec + "}").c_str());
}

TEST(Validation, PodDetails) {
  EXPECT_EQ(pod(R"({"containers":[{"name":"c","image":" i"}]})"),
            "spec.containers[0].image: Invalid value: \" i\": must not have leading or trailing "
            "whitespace");
  EXPECT_EQ(pod(R"({"containers":[{"name":"c","image":"i"}],"tolerations":[
      {"key":"a","operator":"Is"},{"key":"a","operator":"Exists","tolerationSeconds":3}]})"),
            "spec.tolerations[0].operator: Unsupported value: \"Is\": supported values: \"Equal\", "
            "\"Exists\"\n"
            "spec.tolerations[1].effect: Invalid value: \"\": effect must be 'NoExecute' when "
            "`tolerationSeconds` is set");
  EXPECT_EQ(
      pod(R"({"containers":[{"name":"c","image":"i","securityContext":{"runAsUser":-1,
      "privileged":true,"allowPrivilegeEscalation":false}}]})"),
      "spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and "
      "2147483647, inclusive\n"
      "spec.containers[0].securityContext: Invalid value: {\"allowPrivilegeEscalation\":false,"
      "\"privileged\":true,\"runAsUser\":-1}: cannot set `allowPrivilegeEscalation` to false "
      "and `privileged` to true");
}

TEST(Validation, Environment) {
  const auto env = [](const std::string& entry) {
    return pod(R"({"containers":[{"name":"c","image":"i","env":[)" + entry + "]}]}");
  };
  EXPECT_EQ(env(R"({"name":"A","valueFrom":{"fieldRef":{"fieldPath":"metadata.labels['a']"}}})"),
            "");
  EXPECT_EQ(env(R"({"name":"A","value":"b","valueFrom":{"fieldRef":{"fieldPath":"x.y"}}})"),
            "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"x.y\": error "
            "converting fieldPath: field label not supported: x.y\n"
            "spec.containers[0].env[0].valueFrom: Invalid value: \"\": may not be specified when "
            "`value` is not empty");
  EXPECT_EQ(env(R"({"name":"A","valueFrom":{"fieldRef":{"fieldPath":"status.phase"}}})"),
            "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "
            "\"status.phase\": supported values: \"metadata.name\", \"metadata.namespace\", "
            "\"metadata.uid\", \"spec.nodeName\", \"spec.serviceAccountName\", "
            "\"status.hostIP\", \"status.hostIPs\", \"status.podIP\", \"status.podIPs\"");
  EXPECT_EQ(env(R"({"name":"A","valueFrom":{"resourceFieldRef":{"resource":"limits.disk"}}})"),
            "spec.containers[0].env[0].valueFrom.resourceFieldRef.resource: Unsupported value: "
            "\"limits.disk\": supported values: \"limits.cpu\", \"limits.ephemeral-storage\", "
            "\"limits.memory\", \"requests.cpu\", \"requests.ephemeral-storage\", "
            "\"requests.memory\"");
}

TEST(Validation, Service) {
  EXPECT_EQ(refused("", "services", R"({"metadata":{"name":"s","namespace":"n"},"spec":{
      "ports":[{"port":80},{"port":0,"name":"a"}]}})"),
            "spec.ports[0].name: Required value\n"
            "spec.ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive\n"
            "spec.ports[1].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive");
  EXPECT_EQ(refused("", "services", R"({"metadata":{"name":"s","namespace":"n"},"spec":{}})"),
            "spec.ports: Required value");
  EXPECT_EQ(
      refused("", "services", R"({"metadata":{"name":"s","namespace":"n"},"spec":{
      "clusterIP":"foo","externalTrafficPolicy":"Local","ports":[{"port":80}]}})"),
      "spec.clusterIPs[0]: Invalid value: \"foo\": must be a valid IP address, (e.g. 10.9.8.7 "
      "or 2001:db8::ffff)\n"
      "spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for "
      "externally-accessible services");
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

TEST(Validation, SchedulesAreWordedAsCronDoes) {
  const auto scheduled = [](const std::string& schedule) {
    return refused("batch", "cronjobs",
                   (R"({"metadata":{"name":"c","namespace":"n"},"spec":{"schedule":")" + schedule +
                    R"(","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never",
                    "containers":[{"name":"c","image":"i"}]}}}}}})")
                       .c_str());
  };
  EXPECT_EQ(scheduled("*/5 * * * MON-FRI"), "");
  EXPECT_EQ(scheduled("@hourly"), "");
  EXPECT_EQ(scheduled("x y"),
            "spec.schedule: Invalid value: \"x y\": expected exactly 5 fields, found 2: [x y]");
  EXPECT_EQ(scheduled("@now"),
            "spec.schedule: Invalid value: \"@now\": unrecognized descriptor: @now");
  EXPECT_EQ(
      scheduled("* * * * $"),
      "spec.schedule: Invalid value: \"* * * * $\": failed to parse int from $: strconv.Atoi: "
      "parsing \"$\": invalid syntax");
}

TEST(Validation, PriorityClasses) {
  const auto priority = [](const char* name, const char* value) {
    return refused(
        "scheduling.k8s.io", "priorityclasses",
        (std::string(R"({"metadata":{"name":")") + name + R"("},"value":)" + value + "}").c_str());
  };
  EXPECT_EQ(priority("high", "1000000000"), "");
  EXPECT_EQ(priority("high", "1000000001"),
            "value: Forbidden: maximum allowed value of a user defined priority is 1000000000");
  EXPECT_EQ(priority("system-x", "1"),
            "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for "
            "system use only. error: system-x is not a known system priority class");
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
  crd.set("status", parse_json(R"({"storedVersions":["v1"]})"));
  EXPECT_EQ(said(validate_create(*r, crd)), "");
  crd.edit("metadata").set("name", "x");
  crd.edit("spec").set("group", "dev");
  EXPECT_EQ(said(validate_create(*r, crd)),
            "metadata.name: Invalid value: \"x\": must be spec.names.plural+\".\"+spec.group\n"
            "spec.group: Invalid value: \"dev\": should be a domain with at least one dot");
}

}  // namespace
}  // namespace jibe::twin
