// Ends of things: namespaces, owners and what they own, evictions.
#include <gtest/gtest.h>

#include "twin/cluster.h"
#include "twin/controllers/pods.h"
#include "twin/test_cluster.h"
#include "twin/test_programs.h"

namespace jibe::twin {
namespace {

using data::Value;

Value config_map(const std::string& ns, const std::string& name) {
  return Value::map({{"apiVersion", "v1"},
                     {"kind", "ConfigMap"},
                     {"metadata", Value::map({{"name", name}, {"namespace", ns}})}});
}

bool has(const TestWorld& world, const kube::Gvr& gvr, const std::string& ns,
         const std::string& name) {
  return world.client.get(gvr, ns, name).has_value();
}

Task<void> bootstrap_holds(TestWorld world) {
  co_await world.runtime.sleep(std::chrono::seconds(1));
  for (const char* ns : {"default", "kube-node-lease", "kube-public", "kube-system"}) {
    EXPECT_EQ((*world.client.get(kNamespaces, "", ns))["status"]["phase"].text(), "Active");
    EXPECT_TRUE(has(world, kServiceAccounts, ns, "default")) << ns;
    EXPECT_TRUE(has(world, kConfigMaps, ns, "kube-root-ca.crt")) << ns;
  }
  const auto nodes = world.client.items(kNodes);
  EXPECT_EQ(nodes.size(), 1U);
  EXPECT_EQ(object_name(nodes[0]), "c1-node-1");
  EXPECT_TRUE(condition_is(nodes[0]["status"]["conditions"], "Ready", "True"));
  EXPECT_TRUE(nodes[0]["spec"]["taints"].empty());
  EXPECT_TRUE(has(world, kServices, "default", "kubernetes"));
  EXPECT_TRUE(has(world, kClusterRoles, "", "cluster-admin"));
}

TEST(Lifecycle, BootstrapHoldsWhatEveryClusterHas) {
  in_cluster(bootstrap_holds);
}

Task<void> held_namespace(TestWorld world) {
  co_await world.client.create(kNamespaces, test_namespace("shop"));
  Value held = config_map("shop", "held");
  held.edit("metadata").set("finalizers", Value::list({"example.com/hold"}));
  co_await world.client.create(kConfigMaps, held);
  co_await world.client.create(kDeployments, test_deployment("shop", "echo", 2));
  co_await eventually(world.runtime, [&] {
    return (*world.client.get(kDeployments, "shop", "echo"))["status"]["readyReplicas"].int_or(0) ==
           2;
  });
  co_await world.client.remove(kNamespaces, *world.client.get(kNamespaces, "", "shop"));
  co_await world.runtime.sleep(std::chrono::seconds(20));
  const auto ns = world.client.get(kNamespaces, "", "shop");
  EXPECT_TRUE(ns.has_value());
  if (!ns) co_return;
  EXPECT_EQ((*ns)["status"]["phase"].text(), "Terminating");
  const Value& conditions = (*ns)["status"]["conditions"];
  EXPECT_TRUE(condition_is(conditions, "NamespaceFinalizersRemaining", "True"));
  EXPECT_EQ(find_condition(conditions, "NamespaceFinalizersRemaining")["message"].text(),
            "Some content in the namespace has finalizers remaining: example.com/hold in 1 "
            "resource instances");
  EXPECT_EQ(find_condition(conditions, "NamespaceContentRemaining")["message"].text(),
            "Some resources are remaining: configmaps. has 1 resource instances");
  EXPECT_TRUE(world.client.items(kPods, "shop").empty());
  Value freed = *world.client.get(kConfigMaps, "shop", "held");
  freed.edit("metadata").set("finalizers", Value::list({}));
  co_await world.client.update(kConfigMaps, freed);
  const bool gone =
      co_await eventually(world.runtime, [&] { return !has(world, kNamespaces, "", "shop"); });
  EXPECT_TRUE(gone);
}

TEST(Lifecycle, NamespaceWaitsForFinalizers) {
  in_cluster(held_namespace);
}

Task<void> start_echo(TestWorld world) {
  co_await world.client.create(kDeployments, test_deployment("default", "echo", 2));
  co_await eventually(world.runtime, [&] {
    return (*world.client.get(kDeployments, "default", "echo"))["status"]["readyReplicas"].int_or(
               0) == 2;
  });
}

Task<void> cascade(TestWorld world) {
  co_await start_echo(world);
  co_await world.client.remove(kDeployments, *world.client.get(kDeployments, "default", "echo"));
  EXPECT_FALSE(has(world, kDeployments, "default", "echo"));
  const bool gone = co_await eventually(world.runtime, [&] {
    return world.client.items(kReplicaSets, "default").empty() &&
           world.client.items(kPods, "default").empty();
  });
  EXPECT_TRUE(gone);
}

TEST(Lifecycle, DependentsFollowTheirOwner) {
  in_cluster(cascade);
}

Task<void> foreground(TestWorld world) {
  co_await start_echo(world);
  co_await world.client.remove(kDeployments, *world.client.get(kDeployments, "default", "echo"), {},
                               "Foreground");
  bool in_order = true;
  const auto watching = world.client.api().subscribe(kDeployments, [&](const WatchEvent& event) {
    if (event.type != "DELETED") return;
    in_order = world.client.items(kReplicaSets, "default").empty() &&
               world.client.items(kPods, "default").empty();
  });
  EXPECT_TRUE(has(world, kDeployments, "default", "echo"));
  const bool gone = co_await eventually(
      world.runtime, [&] { return !has(world, kDeployments, "default", "echo"); });
  EXPECT_TRUE(gone);
  EXPECT_TRUE(in_order);
}

TEST(Lifecycle, ForegroundDeletionWaitsForDependents) {
  in_cluster(foreground);
}

Task<void> orphan(TestWorld world) {
  co_await start_echo(world);
  co_await world.client.remove(kDeployments, *world.client.get(kDeployments, "default", "echo"), {},
                               "Orphan");
  const bool gone = co_await eventually(
      world.runtime, [&] { return !has(world, kDeployments, "default", "echo"); });
  EXPECT_TRUE(gone);
  co_await world.runtime.sleep(std::chrono::seconds(5));
  const auto sets = world.client.items(kReplicaSets, "default");
  EXPECT_EQ(sets.size(), 1U);
  EXPECT_TRUE(sets[0]["metadata"]["ownerReferences"].empty());
  EXPECT_EQ(world.client.items(kPods, "default").size(), 2U);
  // A Deployment of the same selector takes them in again.
  co_await world.client.create(kDeployments, test_deployment("default", "echo", 2));
  co_await world.runtime.sleep(std::chrono::seconds(5));
  EXPECT_EQ(world.client.items(kReplicaSets, "default").size(), 1U);
  EXPECT_EQ(controller_key(world.client.items(kReplicaSets, "default")[0], "Deployment"),
            "default/echo");
}

TEST(Lifecycle, OrphansAreLeftAndAdopted) {
  in_cluster(orphan);
}

Task<void> absent_owner(TestWorld world) {
  Value map = config_map("default", "lonely");
  map.edit("metadata")
      .set("ownerReferences",
           Value::list({Value::map({{"apiVersion", "v1"},
                                    {"kind", "ConfigMap"},
                                    {"name", "never"},
                                    {"uid", "00000000-0000-4000-8000-000000000000"}})}));
  co_await world.client.create(kConfigMaps, map);
  const bool gone = co_await eventually(
      world.runtime, [&] { return !has(world, kConfigMaps, "default", "lonely"); });
  EXPECT_TRUE(gone);
}

TEST(Lifecycle, AbsentOwnersAreNoticed) {
  in_cluster(absent_owner);
}

Task<std::string> evict(TestWorld world, Value pod) {
  const Value eviction = Value::map(
      {{"apiVersion", "policy/v1"},
       {"kind", "Eviction"},
       {"metadata", Value::map({{"name", object_name(pod)}, {"namespace", "default"}})}});
  try {
    co_await world.client.create_sub(kPods, eviction, "eviction");
  } catch (const kube::StatusError& error) {
    co_return error.what();
  }
  co_return "";
}

Task<void> budget(TestWorld world) {
  const Value pdb = Value::map(
      {{"apiVersion", "policy/v1"},
       {"kind", "PodDisruptionBudget"},
       {"metadata", Value::map({{"name", "echo"}, {"namespace", "default"}})},
       {"spec",
        Value::map({{"minAvailable", 1},
                    {"selector", Value::map({{"matchLabels", Value::map({{"app", "echo"}})}})}})}});
  co_await world.client.create(kPdbs, pdb);
  co_await start_echo(world);
  co_await world.runtime.sleep(std::chrono::milliseconds(100));
  const Value status = (*world.client.get(kPdbs, "default", "echo"))["status"];
  EXPECT_EQ(status["currentHealthy"].int_or(0), 2);
  EXPECT_EQ(status["desiredHealthy"].int_or(0), 1);
  EXPECT_EQ(status["expectedPods"].int_or(0), 2);
  EXPECT_EQ(status["disruptionsAllowed"].int_or(0), 1);
  const auto pods = world.client.items(kPods, "default");
  const std::string first = co_await evict(world, pods[0]);
  EXPECT_EQ(first, "");
  const std::string second = co_await evict(world, pods[1]);
  EXPECT_EQ(second, "Cannot evict pod as it would violate the pod's disruption budget.");
  co_await world.runtime.sleep(std::chrono::seconds(10));
  EXPECT_EQ((*world.client.get(kPdbs, "default", "echo"))["status"]["disruptionsAllowed"].int_or(0),
            1);
}

TEST(Lifecycle, BudgetsAllowOneDisruptionAfterTheOther) {
  in_cluster(budget);
}

}  // namespace
}  // namespace jibe::twin
