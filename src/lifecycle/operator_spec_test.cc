// The defaults that the server fills in per cluster.
#include "lifecycle/operator_spec.h"

#include <gtest/gtest.h>

#include "data/json.h"
#include "data/path.h"

namespace jibe::lifecycle {
namespace {

api::ClusterTarget target(const std::string& name, const std::string& trust_domain = "") {
  return {base::ClusterName(name), false, trust_domain};
}

data::Value env_of(const data::Value& spec) {
  return data::get_path(spec, "components.pilot.k8s.env");
}

TEST(ControlPlaneSpec, FillsInWhatTheUserLeftOpen) {
  auto spec = control_plane_spec(data::Value(), base::Revision("1-15"), target("cluster-1"));
  EXPECT_EQ(spec, data::parse_json(R"({"revision":"1-15","namespace":"istio-system",
      "meshConfig":{"trustDomain":"cluster-1"},
      "components":{"pilot":{"k8s":{"env":[
        {"name":"PILOT_SKIP_VALIDATE_TRUST_DOMAIN","value":"true"}]}}},
      "values":{"global":{"multiCluster":{"clusterName":"cluster-1"},"network":"cluster-1",
        "meshID":"mesh1"}}})"));
}

TEST(ControlPlaneSpec, KeepsWhatTheUserSaid) {
  auto user = data::parse_json(R"({"namespace":"mesh","revision":"other",
      "meshConfig":{"trustDomain":"corp","accessLogFile":"/dev/stdout"},
      "components":{"pilot":{"k8s":{"env":[
        {"name":"PILOT_SKIP_VALIDATE_TRUST_DOMAIN","value":"false"},{"name":"A","value":"b"}]}}},
      "values":{"global":{"network":"n","meshID":"m","multiCluster":{"clusterName":"c"}}}})");
  auto spec = control_plane_spec(user, base::Revision("1-15"), target("cluster-1"));
  EXPECT_EQ(spec["revision"].text(), "1-15");
  EXPECT_EQ(spec["namespace"].text(), "mesh");
  EXPECT_EQ(spec["meshConfig"], user["meshConfig"]);
  EXPECT_EQ(env_of(spec), env_of(user));
  EXPECT_EQ(spec["values"], user["values"]);
}

TEST(ControlPlaneSpec, TheClustersTrustDomainWins) {
  auto user = data::parse_json(R"({"meshConfig":{"trustDomain":"corp"}})");
  auto spec = control_plane_spec(user, base::Revision("1-15"), target("cluster-1", "override"));
  EXPECT_EQ(spec["meshConfig"]["trustDomain"].text(), "override");
}

TEST(ControlPlaneSpec, AddsItsVariableToTheUsersList) {
  auto user =
      data::parse_json(R"({"components":{"pilot":{"k8s":{"env":[{"name":"A","value":"b"}]}}}})");
  auto env = env_of(control_plane_spec(user, base::Revision("1-15"), target("c")));
  ASSERT_EQ(env.size(), 2u);
  EXPECT_EQ(env[0]["name"].text(), "A");
  EXPECT_EQ(env[1]["name"].text(), "PILOT_SKIP_VALIDATE_TRUST_DOMAIN");
}

TEST(GatewaySpec, GatewaysGoToTheirNamespaceAndConnectToTheirControlPlane) {
  auto user = data::parse_json(R"({"profile":"empty","components":{
      "ingressGateways":[{"name":"a"},{"name":"b","namespace":"mine"}],
      "egressGateways":[{"name":"c"}]}})");
  auto spec = gateway_spec(user, base::Revision("1-15"), target("cluster-1"));
  EXPECT_EQ(spec["revision"].text(), "1-15");
  const auto& components = spec["components"];
  EXPECT_EQ(components["ingressGateways"][0]["namespace"].text(), "gloo-mesh-gateways");
  EXPECT_EQ(components["ingressGateways"][1]["namespace"].text(), "mine");
  EXPECT_EQ(components["egressGateways"][0]["namespace"].text(), "gloo-mesh-gateways");
  EXPECT_EQ(spec["values"]["global"]["network"].text(), "cluster-1");
  EXPECT_TRUE(spec["meshConfig"].is_null());
}

TEST(GatewaySpec, ProxiesAreInjectedUnlessTheUserSaysOtherwise) {
  auto template_of = [](const data::Value& spec, const char* kind) {
    return spec["values"]["gateways"][kind]["injectionTemplate"];
  };
  auto spec = gateway_spec(data::Value(), base::Revision("1-15"), target("c"));
  EXPECT_EQ(template_of(spec, "istio-ingressgateway").text(), "gateway");
  EXPECT_EQ(template_of(spec, "istio-egressgateway").text(), "gateway");
  auto user = data::parse_json(
      R"({"values":{"gateways":{"istio-ingressgateway":{"injectionTemplate":""}}}})");
  spec = gateway_spec(user, base::Revision("1-15"), target("c"));
  EXPECT_EQ(template_of(spec, "istio-ingressgateway"), data::Value(""));
}

TEST(RevisionOfVersion, IsMajorAndMinor) {
  EXPECT_EQ(revision_of_version("1.31.0").str(), "1-31");
  EXPECT_EQ(revision_of_version("1.31.0-rc.0").str(), "1-31");
}

}  // namespace
}  // namespace jibe::lifecycle
