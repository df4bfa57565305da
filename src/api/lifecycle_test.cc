#include "api/lifecycle.h"

#include <gmock/gmock.h>

#include "data/yaml.h"

namespace jibe::api {
namespace {

using data::Value;
using testing::ElementsAre;
using testing::HasSubstr;

Value ilm_of(const std::string& spec) {
  Value object = data::parse_yaml(
      "metadata: {name: ilm, namespace: gloo-mesh, uid: u, generation: 3}\n"
      "spec:\n" +
      spec);
  return object;
}
Problems ilm_problems(const std::string& spec) {
  return decode_istio_lifecycle_manager(ilm_of(spec)).problems;
}
Problems glm_problems(const std::string& spec) {
  return decode_gateway_lifecycle_manager(ilm_of(spec)).problems;
}

constexpr const char* kFine = R"(
  installations:
  - revision: 1-15
    clusters:
    - {name: cluster-1, defaultRevision: true, trustDomain: corp.example}
    - {name: cluster-2}
    istioOperatorSpec: {profile: minimal, hub: h, tag: 1.15.3-solo, values: {a: {b: 1}}}
    istioController: {waitForResourcesTimeout: 10m, labels: {a: b}}
    skipUpgradeValidation: true
  - revision: 1-14
    clusters: [{name: cluster-1}]
  helmGlobal: {repo: "oci://charts", repoSecrets: [{name: s}], repoSkipTlsVerify: true}
)";

TEST(IstioLifecycleManager, IsReadWithDefaults) {
  auto [ilm, problems] = decode_istio_lifecycle_manager(ilm_of(kFine));
  EXPECT_EQ(sentence(problems), "");
  EXPECT_EQ(ilm.head.name.str(), "gloo-mesh/ilm");
  EXPECT_EQ(ilm.head.generation, 3);
  ASSERT_EQ(ilm.installations.size(), 2u);
  const IstioInstallation& first = ilm.installations[0];
  EXPECT_EQ(first.revision.str(), "1-15");
  EXPECT_TRUE(first.clusters[0].active);
  EXPECT_EQ(first.clusters[0].trust_domain, "corp.example");
  EXPECT_FALSE(first.clusters[1].active);
  EXPECT_EQ(first.operator_spec["values"]["a"]["b"].as_int(), 1);
  EXPECT_EQ(*first.controller.wait_for_resources_timeout, std::chrono::minutes(10));
  EXPECT_TRUE(first.skip_upgrade_validation);
  EXPECT_TRUE(ilm.installations[1].operator_spec.is_map());
  EXPECT_EQ(ilm.helm_global.repo_secrets[0].str(), "gloo-mesh/s");
}

TEST(IstioLifecycleManager, NothingToInstallIsFine) {
  EXPECT_TRUE(
      decode_istio_lifecycle_manager(data::parse_yaml("metadata: {name: a}")).problems.empty());
}

TEST(IstioLifecycleManager, EverythingWrongIsSaidAtOnceWithItsPath) {
  Problems problems = ilm_problems(R"(
  installations:
  - revision: 1.15
    clusters: [{name: a_b}]
  - revision: "1.15"
    clusters: []
    istioControler: {}
    istioOperatorSpec: {tag: 1.15, revision: other}
)");
  std::vector<std::string> paths;
  for (const Problem& problem : problems) paths.push_back(problem.path);
  EXPECT_THAT(paths, ElementsAre("spec.installations[0].revision", "spec.installations[0].revision",
                                 "spec.installations[0].clusters[0].name",
                                 "spec.installations[1].revision", "spec.installations[1].clusters",
                                 "spec.installations[1].istioOperatorSpec.revision",
                                 "spec.installations[1].istioOperatorSpec.tag",
                                 "spec.installations[1].istioControler"));
  EXPECT_EQ(problems[0].message, "must be a string (quote it), not number");
  EXPECT_THAT(problems[3].message, HasSubstr("try \"1-15\""));
  EXPECT_EQ(problems[7].message, "is not a field that jibe knows");
  EXPECT_THAT(sentence(problems), HasSubstr("; spec.installations[1].clusters: names no cluster;"));
}

TEST(IstioLifecycleManager, ARevisionIsInAClusterOnce) {
  std::string twice = R"(
  installations:
  - {revision: a, clusters: [{name: c}, {name: d}]}
  - {revision: a, clusters: [{name: e}, {name: c}]}
)";
  EXPECT_EQ(sentence(ilm_problems(twice)),
            "spec.installations[1].clusters[1]: revision \"a\" is already installed in c by "
            "spec.installations[0]");
  // The same revision with other settings in another cluster is the way to say just that.
  EXPECT_EQ(sentence(ilm_problems(R"(
  installations:
  - {revision: a, clusters: [{name: c}]}
  - {revision: a, clusters: [{name: d}]}
)")),
            "");
  EXPECT_EQ(sentence(ilm_problems("  installations: [{revision: a, clusters: [{name: c}, "
                                  "{name: c}]}]")),
            "spec.installations[0].clusters[1].name: the cluster \"c\" is listed twice");
}

TEST(IstioLifecycleManager, AClusterHasOneDefaultRevision) {
  EXPECT_EQ(sentence(ilm_problems(R"(
  installations:
  - {revision: a, clusters: [{name: c, defaultRevision: true}]}
  - {revision: b, clusters: [{name: c, defaultRevision: true}]}
)")),
            "spec.installations[1].clusters[0].defaultRevision: c already has it in "
            "spec.installations[0]; one revision per cluster can be active");
}

TEST(IstioLifecycleManager, SettingsOfTheInstallerAndOfChartsAreChecked) {
  EXPECT_THAT(sentence(ilm_problems(R"(
  installations: [{revision: a, clusters: [{name: c, trustDomain: a_b}],
                   istioController: {waitForResourcesTimeout: soon, colour: red}}]
  helmGlobal: {repo: charts}
)")),
              HasSubstr("spec.helmGlobal.repo: \"charts\" must begin with oci://"));
  Problems problems = ilm_problems(
      "  installations: [{revision: a, clusters: [{name: c}], istioController: "
      "{waitForResourcesTimeout: -1s}}]");
  EXPECT_EQ(problems.size(), 1u);
}

TEST(IstioLifecycleManager, WrongTypesAreNamed) {
  EXPECT_EQ(sentence(ilm_problems("  installations: {}")),
            "spec.installations: must be a list, not object");
  EXPECT_EQ(sentence(ilm_problems("  installations: [7]")).substr(0, 55),
            "spec.installations[0]: must be an object, not integer; ");
}

constexpr const char* kGateways = R"(
  installations:
  - gatewayRevision: 1-15
    clusters: [{name: cluster-1, activeGateway: true}]
    istioOperatorSpec:
      profile: empty
      components:
        ingressGateways:
        - {name: istio-eastwestgateway, enabled: true, label: {istio: eastwestgateway}}
        - {name: other, enabled: false}
)";

TEST(GatewayLifecycleManager, TheControlPlaneIsTheGatewaysOwnRevision) {
  auto [glm, problems] = decode_gateway_lifecycle_manager(ilm_of(kGateways));
  EXPECT_EQ(sentence(problems), "");
  const GatewayInstallation& first = glm.installations[0];
  EXPECT_EQ(first.control_plane_revision.str(), "1-15");
  EXPECT_TRUE(first.clusters[0].active);
  std::vector<GatewayComponent> gateways = enabled_gateways(first.operator_spec);
  ASSERT_EQ(gateways.size(), 1u);
  EXPECT_EQ(gateways[0].name, "istio-eastwestgateway");
  EXPECT_EQ(gateways[0].ns, "gloo-mesh-gateways");
  EXPECT_FALSE(gateways[0].egress);
}

std::string with_components(const std::string& components) {
  return "  installations: [{gatewayRevision: r, clusters: [{name: c}], istioOperatorSpec: "
         "{components: {" +
         components + "}}}]";
}

TEST(GatewayLifecycleManager, InstallsGatewaysOfOneType) {
  EXPECT_THAT(sentence(glm_problems(with_components(""))), HasSubstr("enables no gateway"));
  EXPECT_THAT(sentence(glm_problems(with_components("ingressGateways: [{name: a, enabled: true}], "
                                                    "egressGateways: [{name: b, enabled: true}]"))),
              HasSubstr("write one installation for each"));
  EXPECT_THAT(sentence(glm_problems(with_components(
                  "ingressGateways: [{name: a, enabled: true}, {name: a, enabled: true}]"))),
              HasSubstr("the gateway \"a\" in namespace gloo-mesh-gateways is listed twice"));
  EXPECT_THAT(sentence(glm_problems(with_components("ingressGateways: [{enabled: true}]"))),
              HasSubstr("the gateway name is missing"));
  EXPECT_EQ(sentence(glm_problems(with_components("ingressGateways: [{name: a, enabled: true}, "
                                                  "{name: a, namespace: b, enabled: true}]"))),
            "");
}

TEST(GatewayLifecycleManager, OneActiveRevisionPerCluster) {
  std::string gateway =
      "istioOperatorSpec: {components: {ingressGateways: [{name: a, enabled: true}]}}";
  EXPECT_THAT(sentence(glm_problems(
                  "  installations:\n"
                  "  - {gatewayRevision: a, clusters: [{name: c, activeGateway: true}], " +
                  gateway + "}\n" +
                  "  - {gatewayRevision: b, clusters: [{name: c, activeGateway: true}], " +
                  gateway + "}\n")),
              HasSubstr("clusters[0].activeGateway: c already has it"));
}

}  // namespace
}  // namespace jibe::api
