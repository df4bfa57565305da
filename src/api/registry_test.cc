#include "api/registry.h"

#include <gmock/gmock.h>

#include "data/yaml.h"

namespace jibe::api {
namespace {

using testing::HasSubstr;

TEST(KubernetesCluster, HasADomainAndADnsName) {
  auto [cluster, problems] = decode_kubernetes_cluster(
      data::parse_yaml("{metadata: {name: cluster-1}, spec: {skipWarming: true}}"));
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(cluster.cluster.str(), "cluster-1");
  EXPECT_EQ(cluster.cluster_domain, "cluster.local");
  EXPECT_TRUE(cluster.skip_warming);
  auto bad = decode_kubernetes_cluster(
      data::parse_yaml("{metadata: {name: a.b}, spec: {clusterDomain: A_b, x: 1}}"));
  EXPECT_EQ(bad.problems.size(), 3u);
  EXPECT_EQ(bad.problems[0].path, "metadata.name");
}

TEST(RootTrustPolicy, OfTheGuideGeneratesARoot) {
  auto [policy, problems] = decode_root_trust_policy(
      data::parse_yaml("{metadata: {name: r, namespace: gloo-mesh}, "
                       "spec: {config: {autoRestartPods: true, mgmtServerCa: {generated: {}}}}}"));
  EXPECT_TRUE(problems.empty());
  EXPECT_TRUE(policy.root.generated);
  EXPECT_TRUE(policy.auto_restart_pods);
  EXPECT_TRUE(policy.apply_to_meshes.empty());
}

TEST(RootTrustPolicy, TakesARootFromASecret) {
  auto [policy, problems] = decode_root_trust_policy(data::parse_yaml(R"(
metadata: {name: r, namespace: gloo-mesh}
spec:
  applyToMeshes: [{istio: {revision: 1-15, clusterSelector: {a: b}}}]
  config:
    mgmtServerCa: {secretRef: {name: root}}
    intermediateCertOptions: {ttlDays: 30, secretRotationGracePeriodRatio: 0.2}
    passiveCertificateAuthorities: [{secretRef: {name: old, namespace: other}}]
)"));
  EXPECT_EQ(sentence(problems), "");
  EXPECT_FALSE(policy.root.generated);
  EXPECT_EQ(policy.root.secret.str(), "gloo-mesh/root");
  EXPECT_EQ(policy.intermediate.ttl_days, 30);
  EXPECT_EQ(policy.passive_roots[0].secret.str(), "other/old");
  EXPECT_EQ(policy.apply_to_meshes[0].revision.str(), "1-15");
}

TEST(RootTrustPolicy, ContradictionsAreRefused) {
  auto of = [](const char* config) {
    return sentence(
        decode_root_trust_policy(data::parse_yaml(std::string("spec: {config: {") + config + "}}"))
            .problems);
  };
  EXPECT_EQ(of("mgmtServerCa: {}, agentCa: {vault: {}}"),
            "spec.config: has mgmtServerCa and agentCa; keep one");
  EXPECT_THAT(of("mgmtServerCa: {generated: {}, secretRef: {}}"),
              HasSubstr("spec.config.mgmtServerCa: has generated and secretRef; keep one"));
  EXPECT_THAT(of("mgmtServerCa: {secretRef: {}}"), HasSubstr("secretRef.name: is missing"));
  EXPECT_THAT(of("intermediateCertOptions: {rsaKeySizeBytes: 1024}"), HasSubstr("2048 to 8192"));
  EXPECT_THAT(of("intermediateCertOptions: {secretRotationGracePeriodRatio: 2}"),
              HasSubstr("from 0 to 1"));
}

}  // namespace
}  // namespace jibe::api
