#include "istio/proto_check.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "data/yaml.h"
#include "istio/mesh_check.h"

namespace jibe::istio {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Empty where the values are good.
std::string values_error(std::string_view yaml, int minor = 31) {
  try {
    check_proto_message(data::parse_yaml(yaml), kValuesMessage, Version{1, minor, 0, ""},
                        UnknownFields::kRefused, "values");
  } catch (const base::InvalidInput& error) {
    return error.what();
  }
  return "";
}

std::vector<std::string> mesh_errors(std::string_view yaml, int minor = 31) {
  std::vector<std::string> out;
  check_mesh_config(data::parse_yaml(yaml), Version{1, minor, 0, ""}, "meshConfig", out);
  return out;
}

TEST(ProtoCheck, NamesAnUnknownFieldItsMessageAndItsPlace) {
  EXPECT_EQ(values_error("{pilot: {nonsense: 1}}"),
            "unknown field \"nonsense\" in istio.operator.v1alpha1.PilotConfig (at "
            "values.pilot.nonsense)");
  EXPECT_THAT(values_error("{pilot: {nonsense: 1}}", 20), HasSubstr(" in v1alpha1.PilotConfig "));
}

TEST(ProtoCheck, LetsWhatIsFreeBeFree) {
  EXPECT_EQ(values_error("{ztunnel: {anything: [1]}, pilot: {env: {A: 1}, podLabels: {b: c}}}"),
            "");
}

TEST(ProtoCheck, TakesNullNumbersInQuotesAndBothNamesOfAField) {
  EXPECT_EQ(values_error("{pilot: {autoscaleMin: \"2\", replicaCount: null}, "
                         "istio_cni: {enabled: true}}"),
            "");
  EXPECT_EQ(values_error("{istioCni: {enabled: true}}"), "");
}

TEST(ProtoCheck, RefusesOtherKinds) {
  EXPECT_THAT(values_error("{pilot: {autoscaleEnabled: hello}}"),
              HasSubstr("json: cannot unmarshal string into Go value of type bool"));
  EXPECT_THAT(values_error("{pilot: {autoscaleMin: -1}}"),
              HasSubstr("cannot unmarshal number -1 into Go value of type uint32"));
  EXPECT_THAT(values_error("{pilot: {autoscaleMin: many}}"), HasSubstr("invalid character 'm'"));
  EXPECT_THAT(values_error("{pilot: {autoscaleMin: été}}"), HasSubstr("invalid character 'é'"));
  EXPECT_THAT(values_error("{pilot: {tolerations: 3}}"), HasSubstr("type []json.RawMessage"));
  EXPECT_THAT(values_error("{pilot: {env: 3}}"), HasSubstr("bad StructValue"));
  EXPECT_THAT(values_error("{global: {proxy: {resources: {requests: {cpu: 1}}}}}"),
              HasSubstr("(at values.global.proxy.resources.requests.cpu)"));
  EXPECT_THAT(values_error("{global: {resourceScope: most}}"),
              HasSubstr(R"(unknown value "\"most\"" for enum)"));
  EXPECT_EQ(values_error("{pilot: {rollingMaxSurge: 25%}}"), "");
}

TEST(ProtoCheck, KnowsWhichReleaseHasAField) {
  EXPECT_EQ(values_error("{global: {waypoint: {}}}", 24), "");
  EXPECT_THAT(values_error("{global: {waypoint: {}}}", 23), HasSubstr("unknown field"));
  EXPECT_EQ(values_error("{pilot: {useMCP: true}}", 22), "");
  EXPECT_THAT(values_error("{pilot: {useMCP: true}}", 23), HasSubstr("unknown field"));
  EXPECT_EQ(values_error("{istio_cni: {logLevel: debug}}", 21), "");
  EXPECT_THAT(values_error("{istio_cni: {logLevel: debug}}", 22), HasSubstr("unknown field"));
}

TEST(MeshCheck, RefusesUnknownFieldsUpTo123) {
  EXPECT_THAT(mesh_errors("{nonsense: 1}", 23),
              ElementsAre(HasSubstr("failed to unmarshall mesh config: unknown field")));
  EXPECT_THAT(mesh_errors("{nonsense: 1, defaultConfig: {other: 1}}", 24), ElementsAre());
}

TEST(MeshCheck, RefusesOtherKindsAlways) {
  EXPECT_THAT(mesh_errors("{accessLogEncoding: XML}"),
              ElementsAre(HasSubstr("for enum istio.mesh.v1alpha1.MeshConfig.AccessLogEncoding")));
  EXPECT_THAT(mesh_errors("{access_log_file: 1}"),
              ElementsAre(HasSubstr("failed to convert to proto. json: cannot unmarshal number")));
  EXPECT_THAT(mesh_errors("{connectTimeout: soon}"),
              ElementsAre(HasSubstr("bad Duration: time: invalid duration \"soon\"")));
}

TEST(MeshCheck, RefusesWhatNoProxyCouldUse) {
  EXPECT_THAT(mesh_errors("{connectTimeout: 100h}"),
              ElementsAre(HasSubstr("time 100h0m0s must be >1ms and <1h0m0s")));
  EXPECT_THAT(mesh_errors("{proxyListenPort: 99999, trustDomain: bad_domain}"),
              ElementsAre(HasSubstr("port number 99999"), HasSubstr("\"bad_domain\" invalid")));
  EXPECT_THAT(mesh_errors("{defaultConfig: {discoveryAddress: istiod}}"),
              ElementsAre(HasSubstr("address istiod: missing port in address")));
  EXPECT_THAT(mesh_errors("{defaultConfig: {discoveryAddress: 'istiod.istio-system.svc:15012', "
                          "tracing: {zipkin: {address: '$(HOST_IP):9411'}}}}"),
              ElementsAre());
  EXPECT_THAT(mesh_errors("{localityLbSetting: {distribute: [{from: a, to: {a: 80}}]}}"),
              ElementsAre(HasSubstr("total locality weight 80 != 100")));
  EXPECT_THAT(mesh_errors("{serviceSettings: [{hosts: ['*.a.b', 'a_b']}]}"),
              ElementsAre(HasSubstr("host `a_b`")));
}

}  // namespace
}  // namespace jibe::istio
