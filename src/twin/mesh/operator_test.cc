// Istio's in-cluster operator in an embedded cluster, in virtual time.
#include "twin/mesh/operator.h"

#include <gtest/gtest.h>

#include "istio/ownership.h"
#include "kube/client.h"
#include "twin/identity.h"
#include "twin/mesh/istioctl.h"
#include "twin/mesh/test_mesh.h"
#include "twin/mesh/test_release.h"
#include "twin/test_cluster.h"

namespace jibe::twin {
namespace {

using data::Value;

const kube::Gvr kOperators{"install.istio.io", "v1alpha1", "istiooperators"};
const kube::Gvr kMutating{"admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations"};

// The world with an operator in it, reached as an administrator reaches it.
struct OperatorWorld {
  OperatorWorld(TestWorld& world, istio::ReleasePtr built_in)
      : runtime(world.runtime),
        read(world.client),
        admin(acting_as(world.cluster.http(), "admin", {"system:masters"})),
        client(*admin, world.runtime),
        release(built_in) {
    world.cluster.add_behaviour(
        kOperatorImagePattern,
        operator_behaviour([built_in](const std::string&) { return built_in; }));
  }

  Task<void> start(std::string revision = "") {
    OperatorInit init;
    init.revision = std::move(revision);
    co_await istioctl_operator_init(client, init, release);
  }
  Task<void> apply(Value iop) {
    kube::WriteOptions options;
    options.force = true;
    co_await client.apply_object(iop, options);
  }
  bool exists(const kube::Gvr& gvr, const std::string& ns, const std::string& name) const {
    return read.get(gvr, ns, name).has_value();
  }
  std::string state(const std::string& name) const {
    auto iop = read.get(kOperators, "istio-system", name);
    return iop ? (*iop)["status"]["status"].text() : "absent";
  }
  Task<bool> healthy(std::string name) {
    return eventually(runtime, [this, name] { return state(name) == "HEALTHY"; });
  }
  // Long enough for whatever was going to happen.
  Task<void> settle() { return runtime.sleep(std::chrono::seconds(30)); }

  rt::Runtime& runtime;
  Client& read;
  std::unique_ptr<http::Handler> admin;
  kube::Client client;
  istio::ReleasePtr release;
};

Task<void> install_and_delete(TestWorld world) {
  OperatorWorld w(world, test_release("1.14.5"));
  co_await w.start();
  co_await w.apply(test_operator("a", "{values: {global: {network: net}}}"));
  bool healthy = co_await w.healthy("a");
  EXPECT_TRUE(healthy) << w.state("a");
  auto iop = *w.read.get(kOperators, "istio-system", "a");
  EXPECT_EQ(iop["metadata"]["finalizers"][0].text(), "istio-finalizer.install.istio.io");
  EXPECT_EQ(iop["status"]["componentStatus"]["Base"]["status"].text(), "HEALTHY");
  EXPECT_EQ(iop["status"]["componentStatus"]["Pilot"]["status"].text(), "HEALTHY");
  EXPECT_FALSE(iop["status"]["componentStatus"].has("IngressGateways"));
  auto istiod = *w.read.get(kDeployments, "istio-system", "istiod");
  EXPECT_EQ(istiod["status"]["readyReplicas"].int_or(0), 1);
  EXPECT_EQ(kube::label_of(istiod, "install.operator.istio.io/owning-resource"), "a");
  EXPECT_EQ(kube::label_of(istiod, "operator.istio.io/component"), "Pilot");
  EXPECT_EQ(istiod["metadata"]["managedFields"][0]["manager"].text(), "istio-operator");
  co_await w.client.remove(kOperators, {"istio-system", "a"});
  bool gone = co_await eventually(w.runtime, [&] { return w.state("a") == "absent"; });
  EXPECT_TRUE(gone);
  EXPECT_FALSE(w.exists(kDeployments, "istio-system", "istiod"));
  EXPECT_FALSE(w.exists(kServiceAccounts, "istio-system", "istio-reader"));
  EXPECT_FALSE(w.exists(kMutating, "", "istio-sidecar-injector"));
  EXPECT_TRUE(w.exists(kDeployments, "istio-operator", "istio-operator"));
  EXPECT_TRUE(w.exists(kCrds, "", "istiooperators.install.istio.io"));
  EXPECT_TRUE(w.exists(kNamespaces, "", "istio-system"));
}

TEST(Operator, InstallsWhatItFindsAndRemovesWhatItOwns) {
  in_cluster(install_and_delete);
}

Task<void> prune(TestWorld world) {
  OperatorWorld w(world, test_release("1.14.5"));
  co_await w.start();
  co_await w.apply(test_operator("a", "{unvalidatedValues: {extra: true}}"));
  co_await w.apply(test_operator("gateway",
                                 "{profile: empty, components: {ingressGateways: [{name: gw, "
                                 "namespace: istio-system, enabled: true}]}}"));
  co_await w.settle();
  EXPECT_EQ(w.state("a"), "HEALTHY");
  EXPECT_EQ(w.state("gateway"), "HEALTHY");
  EXPECT_TRUE(w.exists(kConfigMaps, "istio-system", "extra"));
  co_await w.apply(test_operator("a", "{unvalidatedValues: {extra: false}}"));
  co_await w.settle();
  EXPECT_FALSE(w.exists(kConfigMaps, "istio-system", "extra"));
  EXPECT_TRUE(w.exists(kDeployments, "istio-system", "gw"));
  co_await w.client.remove(kOperators, {"istio-system", "gateway"});
  co_await w.settle();
  EXPECT_FALSE(w.exists(kDeployments, "istio-system", "gw"));
  EXPECT_EQ(w.state("gateway"), "absent");
  EXPECT_TRUE(w.exists(kDeployments, "istio-system", "istiod"));
}

TEST(Operator, PrunesWhatAResourceNoLongerRendersToAndNothingOfOthers) {
  in_cluster(prune);
}

Task<void> drift(TestWorld world) {
  OperatorWorld w(world, test_release("1.14.5"));
  co_await w.start();
  co_await w.apply(test_operator("a", "{unvalidatedValues: {extra: true}}"));
  co_await w.healthy("a");
  auto extra = Value::map({{"data", Value::map({{"by", "hand"}})}});
  co_await w.client.patch(kConfigMaps, {"istio-system", "extra"}, kube::PatchType::kMerge, extra);
  auto service =
      Value::map({{"metadata", Value::map({{"annotations", Value::map({{"by", "hand"}})}})},
                  {"spec", Value::map({{"sessionAffinity", "ClientIP"}})}});
  co_await w.client.patch(kServices, {"istio-system", "istiod"}, kube::PatchType::kMerge, service);
  co_await w.client.remove(kDeployments, {"istio-system", "istiod"});
  co_await w.settle();
  EXPECT_TRUE(w.exists(kDeployments, "istio-system", "istiod"));
  // It applies what it does not remember having applied: an edit survives until it starts anew.
  EXPECT_EQ((*w.read.get(kServices, "istio-system", "istiod"))["spec"]["sessionAffinity"].text(),
            "ClientIP");
  EXPECT_EQ((*w.read.get(kConfigMaps, "istio-system", "extra"))["data"]["by"].text(), "hand");
}

TEST(Operator, PutsBackWhatWasDeletedAndLeavesEditsAlone) {
  in_cluster(drift);
}

Task<void> not_mine(TestWorld world) {
  OperatorWorld w(world, test_release("1.14.5"));
  co_await w.start("canary");
  co_await w.apply(test_operator("other", "{}"));
  co_await w.apply(test_operator("installed-state-x", "{revision: canary}"));
  auto ignored = test_operator("ignored", "{revision: canary}");
  ignored.edit("metadata")
      .set("annotations", Value::map({{istio::kIgnoreReconcileAnnotation, "true"}}));
  co_await w.apply(ignored);
  auto elsewhere = test_operator("elsewhere", "{revision: canary}");
  elsewhere.edit("metadata").set("namespace", "default");
  co_await w.apply(elsewhere);
  co_await w.settle();
  for (auto name : {"other", "installed-state-x", "ignored"}) EXPECT_EQ(w.state(name), "") << name;
  EXPECT_TRUE((*w.read.get(kOperators, "default", "elsewhere"))["status"].is_null());
  co_await w.apply(test_operator("mine", "{revision: canary}"));
  bool healthy = co_await w.healthy("mine");
  EXPECT_TRUE(healthy);
  EXPECT_TRUE(w.exists(kDeployments, "istio-system", "istiod-canary"));
  co_await w.client.remove(kOperators, {"istio-system", "mine"});
  co_await w.settle();
  EXPECT_FALSE(w.exists(kDeployments, "istio-system", "istiod-canary"));
  // What all revisions share stays where a revision goes.
  EXPECT_TRUE(w.exists(kServiceAccounts, "istio-system", "istio-reader"));
}

TEST(Operator, LeavesAloneWhatIsNotItsOwn) {
  in_cluster(not_mine);
}

Task<void> trouble(TestWorld world) {
  OperatorWorld w(world, test_release("1.14.5"));
  co_await w.start();
  co_await w.apply(test_operator("gateway",
                                 "{profile: empty, components: {ingressGateways: [{name: gw, "
                                 "namespace: nowhere, enabled: true}]}}"));
  co_await w.settle();
  auto iop = *w.read.get(kOperators, "istio-system", "gateway");
  EXPECT_EQ(iop["status"]["status"].text(), "ERROR");
  EXPECT_NE(iop["status"]["componentStatus"]["IngressGateways"]["error"].text().find("nowhere"),
            std::string::npos);
}

TEST(Operator, SaysInTheStatusWhatWentWrong) {
  in_cluster(trouble);
}

Task<void> connected(TestWorld world) {
  add_mesh(world.cluster);
  OperatorWorld w(world, find_release("1.20.8"));
  co_await w.start();
  co_await w.apply(test_operator("a",
                                 "{profile: minimal, revision: canary, hub: example.com, "
                                 "tag: 1.20.8}"));
  bool healthy = co_await w.healthy("a");
  EXPECT_TRUE(healthy);
  co_await w.apply(labelled_namespace("apps", "istio.io/rev", "canary"));
  co_await w.apply(test_deployment("apps", "app", 1));
  co_await w.settle();
  co_await w.client.remove(kOperators, {"istio-system", "a"});
  co_await w.settle();
  EXPECT_NE(w.state("a"), "absent");
  EXPECT_TRUE(w.exists(kDeployments, "istio-system", "istiod-canary"));
  co_await w.client.remove(kDeployments, {"apps", "app"});
  co_await w.runtime.sleep(std::chrono::minutes(5));
  EXPECT_EQ(w.state("a"), "absent");
  EXPECT_FALSE(w.exists(kDeployments, "istio-system", "istiod-canary"));
}

TEST(Operator, KeepsARevisionWhileProxiesAreConnectedToIt) {
  JIBE_NEEDS_RELEASE("1.20.8");
  in_cluster(connected);
}

}  // namespace
}  // namespace jibe::twin
