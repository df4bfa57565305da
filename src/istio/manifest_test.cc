#include "istio/manifest.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/strings.h"
#include "data/json.h"
#include "data/path.h"
#include "data/yaml.h"
#include "rt/runtime.h"

namespace jibe::istio {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::ThrowsMessage;

// Every chart says in a ConfigMap what it was given.
constexpr const char* kTemplate = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: CHART
  namespace: {{ .Release.Namespace }}
data:
  kube: {{ .Capabilities.KubeVersion.Version }}
  values: {{ omit .Values "unsaid" | toJson | quote }}
)";

constexpr const char* kGatewayTemplate = R"({{- $gateway := index .Values "gateways" "NAME" }}
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ $gateway.name }}, namespace: {{ .Release.Namespace }}}
spec:
  template:
    metadata: {labels: {{ $gateway.labels | toJson }}}
    spec:
      containers:
      - name: istio-proxy
        image: {{ .Values.global.hub }}/proxyv2:{{ $gateway.tag | default .Values.global.tag }}
---
apiVersion: v1
kind: Service
metadata: {name: {{ $gateway.name }}, namespace: {{ .Release.Namespace }}}
spec:
  ports: {{ $gateway.ports | toJson }}
)";

constexpr const char* kPilotTemplate = R"(
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod{{ with .Values.revision }}-{{ . }}{{ end }}, namespace: mesh}
spec:
  template:
    spec:
      containers: [{name: discovery, env: [{name: A, value: a}]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: istiod}
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: stats, namespace: mesh}
---
# nothing but a comment
)";

constexpr const char* kDefaultProfile = R"(
spec:
  hub: example.com/istio
  tag: latest
  components:
    base: {enabled: true}
    pilot: {enabled: true}
    ingressGateways: [{name: istio-ingressgateway, enabled: true}]
    egressGateways: [{name: istio-egressgateway, enabled: false}]
  values:
    global: {istioNamespace: mesh, imagePullSecrets: [a, b]}
    pilot: {}
    gateways: {istio-ingressgateway: {}, istio-egressgateway: {}}
)";

class ManifestTest : public testing::Test {
 protected:
  ManifestTest() {
    static int number = 0;
    root_ = fs::temp_directory_path() / fmt::format("jibe-manifest-{}-{}", getpid(), ++number);
    write("profiles/default.yaml", kDefaultProfile);
    write("profiles/empty.yaml",
          "{spec: {components: {base: {enabled: false}, pilot: {enabled: false}, "
          "ingressGateways: [{name: istio-ingressgateway, enabled: false}]}}}");
    add_chart("base", "base", kTemplate);
    write("charts/base/crds/crd.yaml",
          "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
          "metadata: {name: gateways.networking.istio.io}\n");
    add_chart("istio-control/istio-discovery", "istiod", std::string(kTemplate) + kPilotTemplate);
    add_chart("istio-cni", "cni", kTemplate);
    add_chart("ztunnel", "ztunnel", kTemplate);
    add_gateway("gateways/istio-ingress", "istio-ingressgateway");
    add_gateway("gateways/istio-egress", "istio-egressgateway");
  }
  ~ManifestTest() override { fs::remove_all(root_); }

  void write(const std::string& name, const std::string& text) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }

  void add_chart(const std::string& folder, const std::string& name, std::string text) {
    if (auto at = text.find("CHART"); at != std::string::npos) text.replace(at, 5, name);
    write(fmt::format("charts/{}/Chart.yaml", folder),
          fmt::format("apiVersion: v2\nname: {}\nversion: 1.0.0\n", name));
    write(fmt::format("charts/{}/templates/all.yaml", folder), text);
  }

  void add_gateway(const std::string& folder, const std::string& name) {
    std::string text = kGatewayTemplate;
    text.replace(text.find("NAME"), 4, name);
    add_chart(folder, name, text);
    write(fmt::format("charts/{}/values.yaml", folder),
          fmt::format("gateways: {{{}: {{labels: {{app: {}}}, ports: [{{port: 80}}]}}}}\n", name,
                      name));
  }

  std::vector<ComponentManifest> generate(const std::string& version,
                                          const std::vector<std::string>& iops,
                                          const std::vector<std::string>& set = {}) {
    release_ = Release::load_directory(*parse_version(version), root_);
    GenerateOptions options;
    options.set = set;
    options.force = force_;
    options.warnings = &warnings_;
    options.random = &runtime_->random();
    options.clock = runtime_.get();
    std::vector<data::Value> values;
    for (const auto& iop : iops) values.push_back(data::parse_yaml(iop));
    return generate_manifests(values, *release_, options);
  }

  data::Value object(const std::vector<ComponentManifest>& components, const std::string& kind,
                     const std::string& name) {
    for (const auto& component : components)
      for (const auto& object : component.objects)
        if (object["kind"].text() == kind && object["metadata"]["name"].text() == name)
          return object;
    return {};
  }

  // What the chart was given.
  data::Value values(const std::vector<ComponentManifest>& components, const std::string& chart) {
    return data::parse_json(object(components, "ConfigMap", chart)["data"]["values"].text());
  }

  static std::vector<std::string> names(const std::vector<ComponentManifest>& components) {
    std::vector<std::string> out;
    for (const auto& component : components) out.push_back(component.component);
    return out;
  }

  fs::path root_;
  ReleasePtr release_;
  bool force_ = false;
  std::vector<std::string> warnings_;
  std::unique_ptr<rt::SimulatedRuntime> runtime_ = rt::make_simulated_runtime();
};

const std::vector<std::string> kBoth = {"1.20.0", "1.31.0"};

TEST_F(ManifestTest, TheProfileDecidesWhichComponentsThereAre) {
  for (const auto& version : kBoth) {
    EXPECT_THAT(names(generate(version, {})), ElementsAre("Base", "Pilot", "IngressGateways"));
    EXPECT_THAT(names(generate(version, {"{spec: {profile: empty}}"})), IsEmpty());
    EXPECT_THAT(names(generate(version, {"{spec: {components: {cni: {enabled: true}}}}"})),
                ElementsAre("Base", "Pilot", "IngressGateways", "Cni"));
    EXPECT_THAT([&] { generate(version, {"{spec: {profile: none}}"}); },
                ThrowsMessage<base::InvalidInput>(HasSubstr("known profiles: default, empty")));
  }
}

TEST_F(ManifestTest, AComponentWithoutEnabledIsInstalledSince124) {
  const std::string iop = "{spec: {profile: empty, components: {cni: {namespace: kube-system}}}}";
  EXPECT_THAT(names(generate("1.20.0", {iop})), IsEmpty());
  auto out = generate("1.31.0", {iop});
  ASSERT_THAT(names(out), ElementsAre("Cni"));
  EXPECT_EQ(out[0].ns, "kube-system");
}

TEST_F(ManifestTest, GatewaysMergeByNameUpTo123AndReplaceSince) {
  const std::string iop =
      "{spec: {components: {ingressGateways: [{name: extra, enabled: true, namespace: edge}]}}}";
  EXPECT_THAT(names(generate("1.20.0", {iop})),
              ElementsAre("Base", "Pilot", "IngressGateways", "IngressGateways"));
  auto out = generate("1.31.0", {iop});
  ASSERT_THAT(names(out), ElementsAre("Base", "Pilot", "IngressGateways"));
  EXPECT_EQ(out[2].name, "extra");
  EXPECT_EQ(out[2].ns, "edge");
}

TEST_F(ManifestTest, ValuesCanSwitchAGateway) {
  const std::string iop = "{spec: {values: {gateways: {istio-egressgateway: {enabled: true}}}}}";
  for (const auto& version : kBoth)
    EXPECT_THAT(names(generate(version, {iop})),
                ElementsAre("Base", "Pilot", "IngressGateways", "EgressGateways"));
}

TEST_F(ManifestTest, LaterFilesAndSetWin) {
  for (const auto& version : kBoth) {
    auto out = generate(
        version,
        {"{spec: {tag: one, values: {pilot: {autoscaleMin: 1, autoscaleMax: 1, replicaCount: 1}}}}",
         "{spec: {tag: two, values: {pilot: {autoscaleMax: 2, replicaCount: 2}}}}"},
        {"values.pilot.replicaCount=3", "tag=1.10"});
    auto pilot = values(out, "istiod")["pilot"];
    EXPECT_EQ(data::to_json(data::Value::list(
                  {pilot["autoscaleMin"], pilot["autoscaleMax"], pilot["replicaCount"]})),
              "[1,2,3]");
  }
}

TEST_F(ManifestTest, ATagIsTextSince124) {
  EXPECT_EQ(values(generate("1.31.0", {}, {"tag=1.10"}), "istiod")["global"]["tag"].text(), "1.10");
  EXPECT_EQ(data::to_json(values(generate("1.20.0", {}, {"tag=1.10"}), "istiod")["global"]["tag"]),
            "1.1");
}

TEST_F(ManifestTest, TheSpecsOwnFieldsBecomeValues) {
  for (const auto& version : kBoth) {
    auto given = values(generate(version, {"{spec: {hub: example.org, revision: canary, "
                                           "meshConfig: {accessLogFile: /dev/stdout}, "
                                           "values: {meshConfig: {enableTracing: true}}}}"}),
                        "istiod");
    EXPECT_EQ(given["global"]["hub"].text(), "example.org");
    EXPECT_EQ(given["revision"].text(), "canary");
    EXPECT_EQ(data::to_json(given["meshConfig"]),
              R"({"accessLogFile":"/dev/stdout","enableTracing":true})");
    EXPECT_EQ(data::to_json(given["pilot"]["enabled"]), "true");
  }
}

TEST_F(ManifestTest, WhereMeshConfigAndValuesDisagree) {
  const std::string iop =
      "{spec: {meshConfig: {ingressClass: api}, values: {meshConfig: {ingressClass: values}}}}";
  EXPECT_EQ(values(generate("1.20.0", {iop}), "istiod")["meshConfig"]["ingressClass"].text(),
            "values");
  // Merged by reference: the user's map has become the one that meshConfig was written into.
  EXPECT_EQ(values(generate("1.31.0", {iop}), "istiod")["meshConfig"]["ingressClass"].text(),
            "api");
}

TEST_F(ManifestTest, UnvalidatedValuesComeLast) {
  for (const auto& version : kBoth)
    EXPECT_EQ(values(generate(version, {"{spec: {values: {pilot: {replicaCount: 1}}, "
                                        "unvalidatedValues: {pilot: {replicaCount: 2}}}}"}),
                     "istiod")["pilot"]["replicaCount"],
              data::Value(2));
}

TEST_F(ManifestTest, AGatewayGetsItsNameLabelsPortsAndTag) {
  const std::string iop = R"(
spec:
  components:
    ingressGateways:
    - name: istio-ingressgateway
      enabled: true
      tag: own
      label: {team: edge}
      k8s: {service: {type: NodePort, ports: [{port: 8080, targetPort: 8080, name: http}]}}
)";
  for (const auto& version : kBoth) {
    auto out = generate(version, {iop});
    auto deployment = object(out, "Deployment", "istio-ingressgateway");
    EXPECT_EQ(data::to_json(deployment["spec"]["template"]["metadata"]["labels"]),
              R"({"app":"istio-ingressgateway","team":"edge"})");
    auto service = object(out, "Service", "istio-ingressgateway");
    EXPECT_EQ(service["spec"]["type"].text(), "NodePort");
    ASSERT_THAT(service["spec"]["ports"].items(), SizeIs(1));
    EXPECT_EQ(service["spec"]["ports"][0]["port"], data::Value(8080));
    // Up to 1.23 gateways took the global tag alone.
    EXPECT_EQ(
        data::get_path(deployment, "spec.template.spec.containers[0].image").text(),
        version == "1.31.0" ? "example.com/istio/proxyv2:own" : "example.com/istio/proxyv2:latest");
  }
}

TEST_F(ManifestTest, PortsWithoutATargetSayZeroSince124) {
  const std::string iop =
      "{spec: {components: {ingressGateways: [{name: istio-ingressgateway, enabled: true, "
      "k8s: {service: {ports: [{port: 15011, name: x, protocol: \"\"}]}}}]}}}";
  auto out = generate("1.31.0", {iop});
  EXPECT_EQ(data::to_json(object(out, "Service", "istio-ingressgateway")["spec"]["ports"]),
            R"([{"name":"x","port":15011,"targetPort":0}])");
}

TEST_F(ManifestTest, ValuesThatAreNullLeaveTheChartsAlone) {
  auto given = values(generate("1.31.0", {"{spec: {profile: empty, components: {pilot: {enabled: "
                                          "true}}, values: null, hub: lost}}"}),
                      "istiod");
  EXPECT_FALSE(given["global"].has("hub"));
  EXPECT_FALSE(given["pilot"].has("enabled"));
}

TEST_F(ManifestTest, ZtunnelGetsItsValuesAtTheTop) {
  const std::string iop =
      "{spec: {components: {ztunnel: {enabled: true, hub: own}}, "
      "values: {ztunnel: {x: 1}, global: {network: g}}}}";
  auto given = values(generate("1.31.0", {iop}), "ztunnel");
  EXPECT_EQ(given["x"], data::Value(1));
  EXPECT_EQ(given["hub"].text(), "own");
  EXPECT_EQ(given["global"]["network"].text(), "g");
  EXPECT_FALSE(given.has("ztunnel"));
  given = values(generate("1.20.0", {iop}), "ztunnel");
  EXPECT_EQ(given["network"].text(), "g");
  given = values(generate("1.22.0", {iop}), "ztunnel");
  EXPECT_EQ(given["global"]["network"].text(), "g");
  EXPECT_FALSE(given.has("network"));
}

TEST_F(ManifestTest, ARevisionIsPartOfTheNameThatSettingsLookFor) {
  const std::string iop =
      "{spec: {revision: canary, components: {pilot: {enabled: true, k8s: {replicaCount: 3}}}}}";
  for (const auto& version : kBoth)
    EXPECT_EQ(object(generate(version, {iop}), "Deployment", "istiod-canary")["spec"]["replicas"],
              data::Value(3));
}

TEST_F(ManifestTest, PilotsOldValuesAreItsSettingsUpTo123) {
  const std::string iop = "{spec: {values: {pilot: {env: {B: 5}, replicaCount: 4}}}}";
  auto deployment = object(generate("1.20.0", {iop}), "Deployment", "istiod");
  EXPECT_EQ(deployment["spec"]["replicas"], data::Value(4));
  // What a patch brings comes first.
  EXPECT_EQ(data::to_json(data::get_path(deployment, "spec.template.spec.containers[0].env")),
            R"([{"name":"B","value":"5"},{"name":"A","value":"a"}])");
  EXPECT_FALSE(object(generate("1.31.0", {iop}), "Deployment", "istiod")["spec"].has("replicas"));
}

TEST_F(ManifestTest, ChartsSeeK8sSettingsSince131) {
  const std::string iop =
      "{spec: {components: {pilot: {k8s: {replicaCount: 3, hpaSpec: {minReplicas: 2, "
      "maxReplicas: 7}, resources: {requests: {cpu: 0.5}}}}}}}";
  auto pilot = values(generate("1.31.0", {iop}), "istiod")["pilot"];
  EXPECT_EQ(pilot["autoscaleMin"], data::Value(2));
  EXPECT_EQ(pilot["autoscaleMax"], data::Value(7));
  EXPECT_EQ(pilot["replicaCount"], data::Value(3));
  EXPECT_EQ(pilot["resources"]["requests"]["cpu"].text(), "500m");
  EXPECT_FALSE(values(generate("1.30.0", {iop}), "istiod")["pilot"].has("autoscaleMin"));
}

TEST_F(ManifestTest, ANullIsNoSettingUpTo123AndOverwritesSince) {
  const std::string iop = "{spec: {values: {global: {imagePullSecrets: null}}}}";
  EXPECT_THAT(values(generate("1.20.0", {iop}), "istiod")["global"]["imagePullSecrets"].items(),
              SizeIs(2));
  EXPECT_TRUE(values(generate("1.31.0", {iop}), "istiod")["global"]["imagePullSecrets"].is_null());
}

TEST_F(ManifestTest, ChartsSeeTheOldestKubernetesOfTheRelease) {
  for (auto [version, kube] :
       std::initializer_list<std::pair<const char*, const char*>>{{"1.14.5", "v1.20.0"},
                                                                  {"1.20.8", "v1.25.0"},
                                                                  {"1.24.6", "v1.28.0"},
                                                                  {"1.31.0", "v1.32.0"}})
    EXPECT_EQ(object(generate(version, {}), "ConfigMap", "base")["data"]["kube"].text(), kube);
}

TEST_F(ManifestTest, PrintsByKindAndName) {
  auto order = [&](const std::string& version) {
    std::vector<std::string> out;
    for (const auto& object : print_order(generate(version, {}), *parse_version(version)))
      out.push_back(object["kind"].text() + " " + object["metadata"]["name"].text());
    return out;
  };
  EXPECT_THAT(
      order("1.31.0"),
      ElementsAre("CustomResourceDefinition gateways.networking.istio.io", "ClusterRole istiod",
                  "ConfigMap base", "ConfigMap istiod", "Deployment istio-ingressgateway",
                  "Deployment istiod", "EnvoyFilter stats", "Service istio-ingressgateway"));
  // Istio's own resources came early.
  EXPECT_EQ(order("1.15.3")[2], "EnvoyFilter stats");
}

TEST_F(ManifestTest, NumbersStayNumbers) {
  const std::string iop =
      "{spec: {components: {pilot: {enabled: true, k8s: {securityContext: {runAsUser: 1000, "
      "supplementalGroups: [1, 2]}}}}}}";
  for (const auto& version : kBoth)
    EXPECT_EQ(data::to_json(data::get_path(object(generate(version, {iop}), "Deployment", "istiod"),
                                           "spec.template.spec.securityContext")),
              R"({"runAsUser":1000,"supplementalGroups":[1,2]})");
}

TEST_F(ManifestTest, AFieldIsKnownFromItsReleaseOn) {
  const std::string iop = "{spec: {compatibilityVersion: '1.20'}}";
  EXPECT_THROW(generate("1.20.0", {iop}), base::InvalidInput);
  EXPECT_NO_THROW(generate("1.21.0", {iop}));
  const std::string old = "{spec: {defaultRevision: true}}";
  EXPECT_NO_THROW(generate("1.20.0", {old}));
  EXPECT_THROW(generate("1.21.0", {old}), base::InvalidInput);
}

TEST_F(ManifestTest, AProfileUsedToBeAFileToo) {
  write("own/default.yaml", kDefaultProfile);
  write("own/mine.yaml", "{spec: {hub: mine}}");
  auto path = (root_ / "own/mine.yaml").string();
  auto given = values(generate("1.20.0", {}, {"profile=" + path}), "istiod");
  EXPECT_EQ(given["global"]["hub"].text(), "mine");
  EXPECT_THROW(generate("1.31.0", {}, {"profile=" + path}), base::InvalidInput);
}

TEST_F(ManifestTest, AFileUsedToBeCheckedBeforeSetOverwroteIt) {
  const std::string iop = "{spec: {revision: bad_name}}";
  EXPECT_NO_THROW(generate("1.31.0", {iop}, {"revision=good"}));
  EXPECT_THAT([&] { generate("1.20.0", {iop}, {"revision=good"}); },
              ThrowsMessage<base::InvalidInput>(HasSubstr("invalid revision specified: bad_name")));
}

TEST_F(ManifestTest, BlanksAtTheEndOfAFileEndNoText) {
  add_chart(
      "base", "base",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  text: |-\n    a\n      \n");
  for (const auto& version : kBoth)
    EXPECT_EQ(object(generate(version, {}), "ConfigMap", "c")["data"]["text"].text(), "a");
}

TEST_F(ManifestTest, ForceDoesNotHelpAValueOfTheWrongKind) {
  const std::string iop =
      "{spec: {nonsense: 1, components: {pilot: {k8s: {nodeSelector: {a: VALUE}}}}}}";
  force_ = true;
  EXPECT_NO_THROW(generate("1.31.0", {base::replace_all(iop, "VALUE", "b")}));
  EXPECT_THAT([&] { generate("1.31.0", {base::replace_all(iop, "VALUE", "true")}); },
              ThrowsMessage<base::InvalidInput>(
                  HasSubstr("get component Pilot: fail to convert pilot: json: cannot unmarshal")));
}

TEST_F(ManifestTest, RefusesWhatTheApiDoesNotKnow) {
  auto with = [&](const std::string& version, const std::string& spec) {
    return [this, version, spec] { generate(version, {fmt::format("{{spec: {}}}", spec)}); };
  };
  EXPECT_THAT(
      with("1.31.0", "{nonsense: 1}"),
      ThrowsMessage<base::InvalidInput>("could not unmarshal: json: unknown field \"nonsense\""));
  EXPECT_THAT(with("1.20.0", "{nonsense: 1}"),
              ThrowsMessage<base::InvalidInput>(HasSubstr("unknown field \"nonsense\"")));
  EXPECT_THAT(with("1.31.0", "{components: {pilot: {k8s: {resources: {request: {}}}}}}"),
              ThrowsMessage<base::InvalidInput>(HasSubstr("unknown field \"request\"")));
  EXPECT_THAT(
      with("1.31.0", "{components: {pilot: {enabled: \"true\"}}}"),
      ThrowsMessage<base::InvalidInput>(HasSubstr("cannot unmarshal string into Go struct field "
                                                  "ComponentSpec.spec.components.pilot."
                                                  "enabled of type bool")));
  EXPECT_THAT(
      with("1.31.0", "{components: {pilot: {k8s: {resources: {limits: {cpu: lots}}}}}}"),
      ThrowsMessage<base::InvalidInput>(HasSubstr("quantities must match the regular expression")));
  EXPECT_THAT(with("1.31.0", "{components: {pilot: {k8s: {replicaCount: 1.5}}}}"),
              ThrowsMessage<base::InvalidInput>(HasSubstr("cannot unmarshal number 1.5 into Go")));
  for (const auto& version : kBoth)
    EXPECT_THAT(
        with(version, "{revision: Not_a_label}"),
        ThrowsMessage<base::InvalidInput>(HasSubstr("invalid revision specified: Not_a_label")));
  EXPECT_THAT(with("1.20.0", "{addonComponents: {grafana: {enabled: true}}}"),
              ThrowsMessage<base::InvalidInput>(
                  HasSubstr("addonComponents.grafana.enabled is deprecated")));
}

TEST_F(ManifestTest, GatewaysMayNotListenOnLowPorts) {
  const std::string iop =
      "{spec: {components: {ingressGateways: [{name: g, enabled: true, k8s: {service: {ports: "
      "[{port: 80, name: http, targetPort: 80}]}}}]}}}";
  for (const auto& version : kBoth)
    EXPECT_THAT([&] { generate(version, {iop}); },
                ThrowsMessage<base::InvalidInput>(
                    HasSubstr("port http/80 in gateway g invalid: targetPort is set to 80, which "
                              "requires root")));
}

TEST_F(ManifestTest, WarnsOfReplicasBesideAnAutoscaler) {
  generate("1.31.0", {"{spec: {components: {pilot: {k8s: {replicaCount: 2}}}, "
                      "values: {pilot: {autoscaleEnabled: true}}}}"});
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("components.pilot.k8s.replicaCount should not")));
}

TEST_F(ManifestTest, RefusesBadAssignments) {
  EXPECT_THAT(
      [&] { generate("1.20.0", {}, {"a=b=c"}); },
      ThrowsMessage<base::InvalidInput>("set flag a=b=c has incorrect format, must be path=value"));
  EXPECT_THAT(
      [&] { generate("1.31.0", {}, {"components.ingressGateways.[name:none].enabled=true"}); },
      ThrowsMessage<base::InvalidInput>("element [name:none] not found"));
}

}  // namespace
}  // namespace jibe::istio
