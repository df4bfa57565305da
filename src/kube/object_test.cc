#include "kube/object.h"

#include <gtest/gtest.h>

namespace jibe::kube {
namespace {

using data::Value;

Value deployment() {
  return Value::map({{"apiVersion", "apps/v1"},
                     {"kind", "Deployment"},
                     {"metadata", Value::map({{"name", "web"},
                                              {"namespace", "shop"},
                                              {"uid", "u1"},
                                              {"labels", Value::map({{"app", "web"}})}})}});
}

TEST(Object, Names) {
  Value d = deployment();
  EXPECT_EQ(gvk_of(d), (Gvk{"apps", "v1", "Deployment"}));
  EXPECT_EQ(gvk_of(Value::map({{"apiVersion", "v1"}, {"kind", "Pod"}})), (Gvk{"", "v1", "Pod"}));
  EXPECT_EQ(gvk_of(nullptr), Gvk());
  EXPECT_EQ(name_of(d).str(), "shop/web");
  EXPECT_EQ(describe(d), "Deployment shop/web");
  EXPECT_EQ(label_of(d, "app"), "web");
  EXPECT_EQ(annotation_of(d, "app"), "");
  EXPECT_EQ((Gvr{"apps", "v1", "deployments"}).group_resource(), "deployments.apps");
}

TEST(Object, Owners) {
  Value replica_set = Value::map(
      {{"metadata",
        Value::map({{"ownerReferences", Value::list({owner_reference(deployment(), false),
                                                     owner_reference(deployment(), true)})}})}});
  EXPECT_TRUE(controller_of(replica_set)["blockOwnerDeletion"].bool_or(false));
  EXPECT_EQ(controller_of(replica_set)["uid"].text(), "u1");
  EXPECT_FALSE(owner_reference(deployment(), false).has("controller"));
  EXPECT_TRUE(controller_of(deployment()).is_null());
}

TEST(Object, Terminating) {
  Value d = deployment();
  EXPECT_FALSE(is_terminating(d));
  d.edit("metadata").set("deletionTimestamp", "2026-01-01T00:00:00Z");
  EXPECT_TRUE(is_terminating(d));
}

}  // namespace
}  // namespace jibe::kube
