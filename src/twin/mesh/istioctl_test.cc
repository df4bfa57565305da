// `istioctl install` into an embedded cluster, in virtual time.
#include "twin/mesh/istioctl.h"

#include <gtest/gtest.h>

#include "istio/activation.h"
#include "istio/injection.h"
#include "kube/client.h"
#include "twin/identity.h"
#include "twin/mesh/test_release.h"
#include "twin/test_cluster.h"

namespace jibe::twin {
namespace {

using data::Value;

const kube::Gvr kOperators{"install.istio.io", "v1alpha1", "istiooperators"};
const kube::Gvr kMutating{"admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations"};
const kube::Gvr kValidating{"admissionregistration.k8s.io", "v1",
                            "validatingwebhookconfigurations"};

struct IstioctlWorld {
  explicit IstioctlWorld(TestWorld& world)
      : read(world.client),
        admin(acting_as(world.cluster.http(), "admin", {"system:masters"})),
        client(*admin, world.runtime) {}

  std::string owner_of(const kube::Gvr& gvr, const std::string& name) const {
    auto object = read.get(gvr, "istio-system", name);
    return object ? kube::label_of(*object, "install.operator.istio.io/owning-resource") : "absent";
  }
  std::vector<std::string> default_injectors() const {
    auto configurations = read.items(kMutating);
    auto matches =
        istio::injectors_of(configurations, Value::map({{"istio-injection", "enabled"}}), Value());
    return istio::distinct_injectors(matches);
  }

  Client& read;
  std::unique_ptr<http::Handler> admin;
  kube::Client client;
};

Task<void> install_1_14(TestWorld world) {
  IstioctlWorld w(world);
  auto release = test_release("1.14.5");
  co_await istioctl_install(w.client, test_operator("production", "{}"), release);
  EXPECT_EQ(
      (*w.read.get(kDeployments, "istio-system", "istiod"))["status"]["readyReplicas"].int_or(0),
      1);
  EXPECT_EQ(w.owner_of(kDeployments, "istiod"), "production");
  auto state = w.read.get(kOperators, "istio-system", "installed-state-production");
  EXPECT_TRUE(state.has_value());
  EXPECT_EQ(kube::annotation_of(*state, "install.istio.io/ignoreReconcile"), "true");
  EXPECT_TRUE((*state)["spec"]["components"]["pilot"]["enabled"].bool_or(false));
  // The tag injects by default; the injector that came with istiod is switched off.
  EXPECT_EQ(w.default_injectors(), std::vector<std::string>{"istio-system/istiod"});
  EXPECT_TRUE(istio::is_deactivated(*w.read.get(kMutating, "", "istio-sidecar-injector")));
  auto tag = *w.read.get(kMutating, "", "istio-revision-tag-default");
  EXPECT_EQ(tag["webhooks"][0]["clientConfig"]["service"]["path"].text(), "/inject");
  EXPECT_FALSE(istio::is_deactivated(tag));
  EXPECT_TRUE(w.read.get(kValidating, "", "istiod-default-validator").has_value());
  // Again, and a gateway of its own: each resource prunes its own alone.
  co_await istioctl_install(w.client, test_operator("production", "{}"), release);
  co_await istioctl_install(
      w.client,
      test_operator("gateway",
                    "{profile: empty, components: {ingressGateways: [{name: gw, "
                    "namespace: istio-system, enabled: true}]}}"),
      release);
  EXPECT_EQ(w.default_injectors(), std::vector<std::string>{"istio-system/istiod"});
  EXPECT_EQ(w.owner_of(kDeployments, "istiod"), "production");
  EXPECT_EQ(w.owner_of(kDeployments, "gw"), "gateway");
}

TEST(Istioctl, InstallsAsThatOf114) {
  in_cluster(install_1_14);
}

Task<void> revisions(TestWorld world) {
  IstioctlWorld w(world);
  auto release = test_release("1.20.8");
  co_await istioctl_install(w.client, test_operator("a", "{}"), release);
  EXPECT_EQ(w.owner_of(kDeployments, "istiod"), "installed-state-a");
  auto tag = *w.read.get(kMutating, "", "istio-revision-tag-default");
  EXPECT_EQ(kube::label_of(tag, "install.operator.istio.io/owning-resource-not-pruned"), "true");
  co_await istioctl_install(w.client, test_operator("b", "{revision: canary}"), release);
  EXPECT_EQ(w.owner_of(kDeployments, "istiod-canary"), "installed-state-b-canary");
  EXPECT_TRUE(w.read.get(kOperators, "istio-system", "installed-state-b-canary").has_value());
  // The second revision leaves the default to the first.
  tag = *w.read.get(kMutating, "", "istio-revision-tag-default");
  EXPECT_EQ(kube::label_of(tag, "istio.io/rev"), "default");
}

TEST(Istioctl, ASecondRevisionIsNotTheDefault) {
  in_cluster(revisions);
}

Task<void> install_1_24(TestWorld world) {
  IstioctlWorld w(world);
  co_await istioctl_install(w.client, test_operator("a", "{}"), test_release("1.24.6"));
  EXPECT_EQ(w.owner_of(kDeployments, "istiod"), "a");
  EXPECT_TRUE(w.read.items(kOperators).empty());
}

TEST(Istioctl, LeavesNoStateBehindFrom121On) {
  in_cluster(install_1_24);
}

Task<void> failure(TestWorld world) {
  IstioctlWorld w(world);
  auto iop = test_operator("gw",
                           "{profile: empty, components: {ingressGateways: [{name: gw, "
                           "namespace: nowhere, enabled: true}]}}");
  std::string sentence;
  try {
    co_await istioctl_install(w.client, iop, test_release("1.14.5"));
  } catch (const base::Error& error) {
    sentence = error.what();
  }
  EXPECT_NE(sentence.find("IngressGateways"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("nowhere"), std::string::npos) << sentence;
}

TEST(Istioctl, SaysWhatDidNotBecomeReady) {
  in_cluster(failure);
}

}  // namespace
}  // namespace jibe::twin
