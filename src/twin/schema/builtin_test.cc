#include "twin/schema/builtin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "twin/schema/blobs.h"

namespace jibe::twin {
namespace {

ResourcePtr find(const std::string& group, const std::string& resource) {
  for (const ResourcePtr& r : builtin_resources()) {
    if (r->gvr.group == group && r->gvr.resource == resource) return r;
  }
  return nullptr;
}

TEST(Builtin, KnowsWhatDiscoveryTells) {
  const ResourcePtr r = find("apps", "deployments");
  ASSERT_NE(r, nullptr);
  EXPECT_EQ(r->kind, "Deployment");
  EXPECT_THAT(r->short_names, testing::ElementsAre("deploy"));
  EXPECT_THAT(r->categories, testing::ElementsAre("all"));
  EXPECT_TRUE(r->has_subresource("scale"));
  EXPECT_TRUE(r->has_verb("deletecollection"));
  EXPECT_FALSE(find("", "namespaces")->has_verb("deletecollection"));
  EXPECT_FALSE(find("", "namespaces")->namespaced);
}

TEST(Builtin, ServesStableVersionsOnly) {
  for (const ResourcePtr& r : builtin_resources()) {
    EXPECT_EQ(r->gvr.version.find("alpha"), std::string::npos) << r->gvr.api_version();
    EXPECT_EQ(r->gvr.version.find("beta"), std::string::npos) << r->gvr.api_version();
  }
  EXPECT_EQ(find("internal.apiserver.k8s.io", "storageversions"), nullptr);
}

TEST(Builtin, SchemaKnowsListKeysAndPatchKeys) {
  const ResourcePtr r = find("apps", "deployments");
  const SchemaNode* containers = r->schema->at({"spec", "template", "spec", "containers"});
  ASSERT_NE(containers, nullptr);
  EXPECT_EQ(containers->list_type, ListType::kMap);
  EXPECT_THAT(containers->list_keys, testing::ElementsAre("name"));
  EXPECT_TRUE(containers->patch_merge);
  EXPECT_EQ(containers->patch_merge_key, "name");
  const SchemaNode* ports = r->schema->at({"spec", "template", "spec", "containers", "ports"});
  EXPECT_THAT(ports->list_keys, testing::ElementsAre("containerPort", "protocol"));
  EXPECT_EQ(ports->items->property("protocol")->default_value, data::Value("TCP"));
  EXPECT_TRUE(r->schema->at({"spec", "strategy"})->patch_retain_keys);
  EXPECT_FALSE(builtin_definition("io.k8s.api.apps.v1.DeploymentStrategy")->patch_retain_keys);
}

TEST(Builtin, RecursiveAndShapelessTypes) {
  const ResourcePtr crd = find("apiextensions.k8s.io", "customresourcedefinitions");
  ASSERT_NE(crd, nullptr);
  const SchemaNode* schema = crd->schema->at({"spec", "versions", "schema", "openAPIV3Schema"});
  ASSERT_NE(schema, nullptr);
  EXPECT_EQ(schema->property("not")->node, schema);
  EXPECT_TRUE(schema->property("default")->node->untyped);
}

TEST(Builtin, EveryDocumentInflates) {
  EXPECT_TRUE(openapi_v3_blob("apis/apps/v1").has_value());
  EXPECT_FALSE(openapi_v3_blob("apis/apps/v9").has_value());
  EXPECT_TRUE(openapi_v2_blob().starts_with("{\"definitions\""));
}

}  // namespace
}  // namespace jibe::twin
