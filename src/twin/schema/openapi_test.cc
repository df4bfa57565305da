#include "twin/schema/openapi.h"

#include <gtest/gtest.h>

#include "twin/schema/discovery.h"
#include "twin/schema/test_resources.h"

namespace jibe::twin {
namespace {

using data::parse_json;
using data::Value;

TEST(OpenApi, IndexNamesBuiltInAndCustomGroups) {
  const Value paths = openapi_v3_index({test_crd()})["paths"];
  EXPECT_TRUE(paths["apis/apps/v1"]["serverRelativeURL"].text().starts_with(
      "/openapi/v3/apis/apps/v1?hash="));
  EXPECT_EQ(paths["apis/x.dev/v1"]["serverRelativeURL"].text(),
            "/openapi/v3/apis/x.dev/v1?hash=" + openapi_v3_hash("apis/x.dev/v1", {test_crd()}));
  EXPECT_TRUE(paths.has("api/v1"));
}

TEST(OpenApi, HashFollowsTheSchema) {
  Value other = test_crd();
  other.edit("spec")
      .edit("versions")
      .edit(size_t{0})
      .edit("schema")
      .edit("openAPIV3Schema")
      .set("description", "Changed.");
  EXPECT_NE(openapi_v3_hash("apis/x.dev/v1", {test_crd()}),
            openapi_v3_hash("apis/x.dev/v1", {other}));
}

TEST(OpenApi, CustomDocumentIsSelfContained) {
  const Value doc = parse_json(openapi_v3_document("apis/x.dev/v1", {test_crd()}).value());
  const Value& schemas = doc["components"]["schemas"];
  const Value& thing = schemas["dev.x.v1.Thing"];
  EXPECT_EQ(thing["x-kubernetes-group-version-kind"][0]["kind"].text(), "Thing");
  EXPECT_EQ(thing["properties"]["spec"]["properties"]["size"]["format"].text(), "int32");
  EXPECT_TRUE(schemas.has("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"));
  EXPECT_TRUE(schemas.has("io.k8s.apimachinery.pkg.apis.meta.v1.Time"));
  const Value& patch = doc["paths"]["/apis/x.dev/v1/namespaces/{namespace}/things/{name}"]["patch"];
  EXPECT_EQ(patch["parameters"][2]["name"].text(), "fieldValidation");
  EXPECT_FALSE(openapi_v3_document("apis/x.dev/v2", {test_crd()}).has_value());
}

TEST(OpenApi, SecondVersionGainsCustomKinds) {
  const Value doc = parse_json(openapi_v2_document({test_crd()}));
  EXPECT_TRUE(doc["definitions"].has("dev.x.v1.ThingList"));
  EXPECT_TRUE(doc["definitions"].has("io.k8s.api.core.v1.Pod"));
}

TEST(Discovery, ListsBuiltInAndCustomResources) {
  std::vector<ResourcePtr> all = builtin_resources();
  all.push_back(test_crd_resource());
  const Value apps = api_resources(all, "apps", "v1");
  EXPECT_EQ(apps["groupVersion"].text(), "apps/v1");
  EXPECT_EQ(apps["resources"].size(), 12U);
  const Value things = api_resources(all, "x.dev", "v1");
  EXPECT_EQ(things["resources"][0]["shortNames"], parse_json(R"(["th"])"));
  EXPECT_EQ(things["resources"][1]["name"].text(), "things/scale");
  EXPECT_EQ(things["resources"][1]["group"].text(), "autoscaling");
  EXPECT_TRUE(api_resources(all, "x.dev", "v2").is_null());
  EXPECT_EQ(api_group(all, "autoscaling")["preferredVersion"]["version"].text(), "v2");
}

TEST(Discovery, Aggregated) {
  std::vector<ResourcePtr> all = builtin_resources();
  all.push_back(test_crd_resource());
  const Value core = aggregated_discovery(all, true);
  EXPECT_EQ(core["items"].size(), 1U);
  const Value groups = aggregated_discovery(all, false);
  const Value last = groups["items"][groups["items"].size() - 1];
  EXPECT_EQ(last["metadata"]["name"].text(), "x.dev");
  EXPECT_EQ(last["versions"][0]["resources"][0]["subresources"][1]["responseKind"],
            parse_json(R"({"group":"autoscaling","version":"v1","kind":"Scale"})"));
}

TEST(Discovery, VersionsAreOrderedAsKubernetesOrdersThem) {
  std::vector<std::string> v = {"v1alpha1", "foo1",     "v11beta2", "v10",
                                "v2",       "v10beta3", "v1",       "v3beta1"};
  std::sort(v.begin(), v.end(), version_before);
  EXPECT_EQ(v, (std::vector<std::string>{"v10", "v2", "v1", "v11beta2", "v10beta3", "v3beta1",
                                         "v1alpha1", "foo1"}));
}

}  // namespace
}  // namespace jibe::twin
