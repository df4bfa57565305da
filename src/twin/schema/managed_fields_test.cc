#include "twin/schema/managed_fields.h"

#include <gtest/gtest.h>

#include "kube/status.h"
#include "kube/time.h"
#include "twin/schema/decode.h"
#include "twin/schema/test_resources.h"
#include "twin/schema/typed.h"

namespace jibe::twin {
namespace {

using data::parse_json;
using data::Value;

base::Time at(const char* text) {
  return kube::parse_time(text).value();
}

FieldWriter writer(const std::string& manager, const std::string& subresource = "") {
  return {manager, subresource, at("2026-01-01T00:00:00Z")};
}

const char* const kDeployment = R"({"apiVersion":"apps/v1","kind":"Deployment",
  "metadata":{"name":"d","namespace":"n","labels":{"a":"b"}},
  "spec":{"replicas":3,"selector":{"matchLabels":{"a":"b"}},"template":{
  "metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i:1","ports":[{"containerPort":80}]}]}}}})";

ResourcePtr deployments() {
  return test_resource("apps", "deployments");
}

Value apply(const Value& live, const Value& config, const std::string& manager,
            bool force = false) {
  return apply_object(*deployments(), live, config, writer(manager), force);
}

std::string refusal(const Value& live, const Value& config, const std::string& manager) {
  try {
    apply(live, config, manager);
  } catch (const kube::StatusError& e) {
    return e.what();
  }
  return "applied";
}

const Value& entry(const Value& object, const std::string& manager) {
  static const Value kNone;
  for (const Value& e : object["metadata"]["managedFields"].items()) {
    if (e["manager"].text() == manager) return e;
  }
  return kNone;
}

TEST(Apply, CreateOwnsWhatItSays) {
  const Value d = apply(nullptr, parse_json(kDeployment), "helm");
  EXPECT_EQ(d["metadata"]["managedFields"], parse_json(R"([{"manager":"helm","operation":"Apply",
    "apiVersion":"apps/v1","time":"2026-01-01T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":{
    "f:metadata":{"f:labels":{"f:a":{}}},
    "f:spec":{"f:replicas":{},"f:selector":{},"f:template":{"f:metadata":{"f:labels":{"f:a":{}}},
      "f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{},"f:name":{},
        "f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},
          "f:containerPort":{}}}}}}}}}}])"))
      << data::to_json(d["metadata"]["managedFields"]);
}

TEST(Apply, ConflictsAreWordedAsKubernetesDoes) {
  const Value d = apply(nullptr, parse_json(kDeployment), "helm");
  Value other = parse_json(R"({"apiVersion":"apps/v1","kind":"Deployment",
    "metadata":{"name":"d","namespace":"n"},"spec":{"replicas":5}})");
  EXPECT_EQ(refusal(d, other, "me"),
            "Apply failed with 1 conflict: conflict with \"helm\": .spec.replicas");
  other.edit("metadata").edit("labels").set("a", "c");
  EXPECT_EQ(refusal(d, other, "me"),
            "Apply failed with 2 conflicts: conflicts with \"helm\":\n- .metadata.labels.a\n"
            "- .spec.replicas");
  Value updated = d;
  updated.edit("spec").set("replicas", 4);
  track_update(*deployments(), d, updated, writer("kubectl-edit"));
  other.edit("metadata").erase("labels");
  EXPECT_EQ(refusal(updated, other, "me"),
            "Apply failed with 1 conflict: conflict with \"kubectl-edit\" using apps/v1: "
            ".spec.replicas");
  const Value forced = apply(updated, other, "me", true);
  EXPECT_EQ(forced["spec"]["replicas"], Value(5));
  EXPECT_TRUE(entry(forced, "kubectl-edit").is_null());
  EXPECT_EQ(entry(forced, "me")["fieldsV1"], parse_json(R"({"f:spec":{"f:replicas":{}}})"));
}

TEST(Apply, SameValueIsShared) {
  const Value d = apply(nullptr, parse_json(kDeployment), "helm");
  const Value same = parse_json(R"({"apiVersion":"apps/v1","kind":"Deployment",
    "metadata":{"name":"d","namespace":"n"},"spec":{"replicas":3}})");
  const Value both = apply(d, same, "me");
  EXPECT_FALSE(entry(both, "me").is_null());
  EXPECT_TRUE(entry(both, "helm")["fieldsV1"]["f:spec"].has("f:replicas"));
}

TEST(Apply, FieldsThatAreNoLongerAppliedGo) {
  Value config = parse_json(kDeployment);
  config.edit("metadata").edit("labels").set("old", "x");
  config.edit("spec")
      .edit("template")
      .edit("spec")
      .edit("containers")
      .push_back(parse_json(R"({"name":"side","image":"s"})"));
  const Value first = apply(nullptr, config, "helm");
  const Value second = apply(first, parse_json(kDeployment), "helm");
  EXPECT_EQ(second["metadata"]["labels"], parse_json(R"({"a":"b"})"));
  EXPECT_EQ(second["spec"]["template"]["spec"]["containers"].size(), 1U);
}

TEST(Apply, FieldsOfOthersStay) {
  const Value first = apply(nullptr, parse_json(kDeployment), "helm");
  Value edited = first;
  edited.edit("metadata").edit("annotations").set("note", "1");
  edited.edit("spec")
      .edit("template")
      .edit("spec")
      .edit("containers")
      .push_back(parse_json(R"({"name":"injected","image":"s"})"));
  track_update(*deployments(), first, edited, writer("webhook"));
  Value config = parse_json(kDeployment);
  config.edit("spec").erase("replicas");
  const Value second = apply(edited, config, "helm");
  EXPECT_FALSE(second["spec"].has("replicas"));
  EXPECT_EQ(second["metadata"]["annotations"]["note"], Value("1"));
  EXPECT_EQ(second["spec"]["template"]["spec"]["containers"].size(), 2U);
}

TEST(Apply, NothingNewChangesNothing) {
  const Value first = apply(nullptr, parse_json(kDeployment), "helm");
  const Value again = apply_object(*deployments(), first, parse_json(kDeployment),
                                   {"helm", "", at("2026-01-02T00:00:00Z")}, false);
  EXPECT_EQ(again, first);
}

TEST(Apply, ObjectsFromBeforeApply) {
  const Value live = parse_json(kDeployment);
  Value config = live;
  config.edit("spec").set("replicas", 1);
  EXPECT_EQ(refusal(live, config, "me"),
            "Apply failed with 1 conflict: conflict with \"before-first-apply\" using apps/v1: "
            ".spec.replicas");
}

TEST(Apply, KubectlTakesOverItsClientSideFields) {
  Value live = parse_json(kDeployment);
  live.edit("metadata")
      .edit("annotations")
      .set("kubectl.kubernetes.io/last-applied-configuration",
           data::to_json(parse_json(kDeployment)));
  track_update(*deployments(), nullptr, live, writer("kubectl-client-side-apply"));
  Value config = parse_json(kDeployment);
  config.edit("spec").set("replicas", 1);
  EXPECT_EQ(refusal(live, config, "other"),
            "Apply failed with 1 conflict: conflict with \"kubectl-client-side-apply\" using "
            "apps/v1: .spec.replicas");
  EXPECT_EQ(apply(live, config, "kubectl")["spec"]["replicas"], Value(1));
}

TEST(Apply, BadConfigurations) {
  Value config = parse_json(kDeployment);
  config.edit("spec").set("foo", 1);
  EXPECT_EQ(refusal(nullptr, config, "me"),
            "failed to create typed patch object (n/d; apps/v1, Kind=Deployment): .spec.foo: field "
            "not declared in schema");
  config = parse_json(kDeployment);
  config.edit("spec")
      .edit("template")
      .edit("spec")
      .edit("containers")
      .push_back(parse_json(R"({"name":"c"})"));
  EXPECT_EQ(refusal(nullptr, config, "me"),
            "failed to create typed patch object (n/d; apps/v1, Kind=Deployment): "
            ".spec.template.spec.containers: duplicate entries for key [name=\"c\"]");
  config = parse_json(kDeployment);
  config.edit("metadata").set("managedFields", Value::list({Value::map()}));
  EXPECT_EQ(refusal(nullptr, config, "me"), "metadata.managedFields must be nil");
}

TEST(Update, TracksPerManagerAndSubresource) {
  Value d = parse_json(kDeployment);
  track_update(*deployments(), nullptr, d, writer("kubectl-create"));
  EXPECT_EQ(entry(d, "kubectl-create")["operation"], Value("Update"));
  EXPECT_TRUE(entry(d, "kubectl-create")["fieldsV1"]["f:metadata"]["f:labels"].has("."));
  Value with_status = d;
  with_status.set("status", parse_json(R"({"replicas":1})"));
  track_update(*deployments(), d, with_status, writer("controller", "status"));
  EXPECT_EQ(entry(with_status, "controller")["subresource"], Value("status"));
  EXPECT_EQ(entry(with_status, "controller")["fieldsV1"],
            parse_json(R"({"f:status":{".":{},"f:replicas":{}}})"))
      << data::to_json(entry(with_status, "controller")["fieldsV1"]);
}

TEST(Update, RemovedFieldsLeaveTheirOwners) {
  Value d = parse_json(kDeployment);
  track_update(*deployments(), nullptr, d, writer("a"));
  Value next = d;
  next.edit("spec").erase("replicas");
  track_update(*deployments(), d, next, writer("b"));
  EXPECT_FALSE(entry(next, "a")["fieldsV1"]["f:spec"].has("f:replicas"));
  EXPECT_TRUE(entry(next, "b").is_null());
}

TEST(Update, ClientsCanResetManagedFields) {
  Value d = parse_json(kDeployment);
  track_update(*deployments(), nullptr, d, writer("a"));
  Value next = d;
  next.edit("metadata").set("managedFields", Value::list({Value::map()}));
  track_update(*deployments(), d, next, writer("b"));
  EXPECT_FALSE(next["metadata"].has("managedFields"));
}

TEST(Update, ManyUpdatersAreMerged) {
  Value d = parse_json(kDeployment);
  track_update(*deployments(), nullptr, d, writer("m0"));
  for (int i = 1; i < 15; ++i) {
    Value next = d;
    next.edit("metadata").edit("annotations").set("k" + std::to_string(i), "v");
    track_update(*deployments(), d, next, writer("m" + std::to_string(i)));
    d = next;
  }
  EXPECT_EQ(d["metadata"]["managedFields"].size(), 10U);
  EXPECT_FALSE(entry(d, "ancient-changes").is_null());
}

TEST(Apply, CustomKinds) {
  const ResourcePtr r = test_crd_resource();
  const Value config = parse_json(R"({"apiVersion":"x.dev/v1","kind":"Thing",
    "metadata":{"name":"t"},"spec":{"size":1,"tags":["a","b"],"items":[{"name":"x","value":"1"}],
    "free":{"m":{"n":1},"l":[1]}}})");
  const Value t = apply_object(*r, nullptr, config, writer("me"), false);
  EXPECT_EQ(t["metadata"]["managedFields"][0]["fieldsV1"],
            parse_json(R"({"f:spec":{"f:size":{},"f:tags":{"v:\"a\"":{},"v:\"b\"":{}},
    "f:items":{"k:{\"name\":\"x\"}":{".":{},"f:name":{},"f:value":{}}},
    "f:free":{"f:l":{},"f:m":{".":{},"f:n":{}}}}})"))
      << data::to_json(t["metadata"]["managedFields"][0]["fieldsV1"]);
}

TEST(Typed, ListsKeepBothOrders) {
  const auto resource = test_crd_resource();
  const SchemaNode& list = *resource->schema->at({"spec", "tags"});
  const auto merged = [&](const char* left, const char* right) {
    return data::to_json(merge_typed(list, parse_json(left), parse_json(right)));
  };
  EXPECT_EQ(merged(R"(["a","b","c"])", R"(["c","a"])"), R"(["b","c","a"])");
  EXPECT_EQ(merged(R"(["a","b","c"])", R"(["x","b"])"), R"(["a","x","b","c"])");
  EXPECT_EQ(merged(R"(["1","2","3"])", R"(["2"])"), R"(["1","2","3"])");
}

TEST(Typed, FieldSetsReadBack) {
  const Value fields = parse_json(R"({"f:a":{".":{},"f:b":{}},"f:c":{"k:{\"n\":1}":{"f:d":{}}}})");
  EXPECT_EQ(FieldSet::from_value(fields).to_value(), fields);
  EXPECT_THROW(FieldSet::from_value(parse_json(R"({"x":{}})")), base::InvalidInput);
}

}  // namespace
}  // namespace jibe::twin
