#include "twin/schema/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "kube/status.h"
#include "twin/schema/test_resources.h"

namespace jibe::twin {
namespace {

using data::parse_json;
using data::Value;

std::string refusal(const std::string& group, const std::string& resource, const char* json) {
  Value object = parse_json(json);
  try {
    decode_object(*test_resource(group, resource), object);
  } catch (const kube::StatusError& e) {
    EXPECT_EQ(e.code(), 400);
    return e.what();
  }
  return "accepted";
}

TEST(Decode, UnknownFieldsAreDroppedAndNamed) {
  Value d = parse_json(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a"},
    "spec":{"replica":3,"template":{"spec":{"containers":[{"name":"c"},{"name":"d","imag":"x"}]}}},
    "foo":1})");
  EXPECT_THAT(decode_object(*test_resource("apps", "deployments"), d),
              testing::ElementsAre("unknown field \"foo\"", "unknown field \"spec.replica\"",
                                   "unknown field \"spec.template.spec.containers[1].imag\""));
  EXPECT_FALSE(d["spec"].has("replica"));
  EXPECT_FALSE(d.has("foo"));
}

TEST(Decode, WrongTypesAreWordedAsGoDoes) {
  EXPECT_EQ(
      refusal("apps", "deployments", R"({"spec":{"replicas":"three"}})"),
      "Deployment in version \"v1\" cannot be handled as a Deployment: json: cannot unmarshal "
      "string into Go struct field DeploymentSpec.spec.replicas of type int32");
  EXPECT_EQ(refusal("", "configmaps", R"({"data":{"a":1}})"),
            "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: json: cannot unmarshal "
            "number into Go struct field ConfigMap.data of type string");
  EXPECT_EQ(refusal("", "pods", R"({"spec":{"containers":{}}})"),
            "Pod in version \"v1\" cannot be handled as a Pod: json: cannot unmarshal object into "
            "Go struct field PodSpec.spec.containers of type []v1.Container");
  EXPECT_EQ(
      refusal("", "pods", R"({"spec":{"containers":[{"resources":{"limits":{"cpu":"lots"}}}]}})"),
      "Pod in version \"v1\" cannot be handled as a Pod: quantities must match the regular "
      "expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  EXPECT_EQ(refusal("", "secrets", R"({"data":{"a":"not base64!"}})"),
            "Secret in version \"v1\" cannot be handled as a Secret: illegal base64 data at input "
            "byte 3");
}

// apimachinery pkg/runtime/converter.go.
TEST(Decode, PatchedObjectsAreWordedAsTheConverterDoes) {
  const auto refused = [](const char* json) -> std::string {
    Value object = parse_json(json);
    try {
      decode_patched(*test_resource("apps", "deployments"), object, true);
    } catch (const base::InvalidInput& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_EQ(refused(R"({"spec":{"replicas":"three"}})"), "unrecognized type: int32");
  EXPECT_EQ(refused(R"({"spec":{"replicas":1.5}})"), "cannot convert float64 to int32");
  EXPECT_EQ(refused(R"({"spec":{"paused":"no"}})"), "unrecognized type: bool");
  EXPECT_EQ(refused(R"({"metadata":{"labels":{"a":1}}})"), "cannot convert int64 to string");
  EXPECT_EQ(refused(R"({"metadata":{"labels":{"a":1.5}}})"), "unrecognized type: string");
  EXPECT_EQ(refused(R"({"metadata":{"labels":[]}})"), "cannot restore map from slice");
  EXPECT_EQ(refused(R"({"metadata":{"finalizers":"a"}})"), "cannot restore slice from string");
  EXPECT_EQ(refused(R"({"spec":{"template":"a"}})"), "cannot restore struct from: string");
}

TEST(Decode, FormIsWhatGoWrites) {
  Value p = parse_json(R"({"metadata":{"name":"a","labels":{},"creationTimestamp":null},
    "spec":{"nodeSelector":{},"tolerations":[],"containers":[{"name":"c","volumeMounts":null,
      "resources":{"limits":{"cpu":"1000m","memory":1024}}}]}})");
  decode_object(*test_resource("", "pods"), p);
  EXPECT_EQ(p, parse_json(R"({"metadata":{"name":"a"},"status":{},
    "spec":{"containers":[{"name":"c","resources":{"limits":{"cpu":"1","memory":"1024"}}}]}})"));
}

TEST(Decode, MapValuesMayBeNull) {
  Value c = parse_json(R"({"data":{"a":null}})");
  decode_object(*test_resource("", "configmaps"), c);
  EXPECT_EQ(c["data"]["a"], Value(""));
}

TEST(Decode, CustomKindsArePruned) {
  const ResourcePtr r = test_crd_resource();
  Value o = parse_json(R"({"apiVersion":"x.dev/v1","kind":"Thing","metadata":{"name":"a","bad":1},
    "spec":{"size":1,"nope":true,"free":{"any":[1]},"items":[{"name":"a","x":1}]},
    "status":{"b":1}})");
  EXPECT_THAT(decode_object(*r, o),
              testing::UnorderedElementsAre(
                  "unknown field \"metadata.bad\"", "unknown field \"spec.nope\"",
                  "unknown field \"spec.items[0].x\"", "unknown field \"status.b\""));
  EXPECT_EQ(o["spec"]["free"], parse_json(R"({"any":[1]})"));
}

}  // namespace
}  // namespace jibe::twin
