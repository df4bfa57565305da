#include "istio/operator_rules.h"

#include <fmt/core.h>

#include "base/strings.h"

namespace jibe::istio {

namespace {

constexpr OperatorComponent kComponents[] = {
    {.name = "Base",
     .spec_key = "base",
     .kind = "",
     .resource = "",
     .container = "",
     .chart = "base",
     .values_root = "global",
     .by_default = true},
    {.name = "Pilot",
     .spec_key = "pilot",
     .kind = "Deployment",
     .resource = "istiod",
     .container = "discovery",
     .chart = "istio-control/istio-discovery",
     .values_root = "pilot",
     .by_default = true},
    {.name = "IngressGateways",
     .spec_key = "ingressGateways",
     .kind = "Deployment",
     .resource = "istio-ingressgateway",
     .container = "istio-proxy",
     .chart = "gateways/istio-ingress",
     .values_root = "gateways.istio-ingressgateway",
     .is_gateway = true,
     .by_default = true},
    {.name = "EgressGateways",
     .spec_key = "egressGateways",
     .kind = "Deployment",
     .resource = "istio-egressgateway",
     .container = "istio-proxy",
     .chart = "gateways/istio-egress",
     .values_root = "gateways.istio-egressgateway",
     .is_gateway = true},
    {.name = "Cni",
     .spec_key = "cni",
     .kind = "DaemonSet",
     .resource = "istio-cni-node",
     .container = "install-cni",
     .chart = "istio-cni",
     .values_root = "cni"},
    {.name = "IstiodRemote",
     .spec_key = "istiodRemote",
     .kind = "",
     .resource = "",
     .container = "",
     .chart = "istiod-remote",
     .values_root = "global",
     .until = 25},
    {.name = "Ztunnel",
     .spec_key = "ztunnel",
     .kind = "DaemonSet",
     .resource = "ztunnel",
     .container = "istio-proxy",
     .chart = "ztunnel",
     .values_root = "ztunnel",
     .flatten = true,
     .since = 18},
};

// Ascending: from this minor version on, this Kubernetes.
constexpr std::pair<int, const char*> kKubeVersions[] = {
    {0, "v1.20.0"},  {17, "v1.23.0"}, {19, "v1.25.0"}, {21, "v1.26.0"},
    {24, "v1.28.0"}, {26, "v1.29.0"}, {29, "v1.30.0"}, {30, "v1.32.0"}};

constexpr std::string_view kIstioGroups[] = {"config.istio.io", "security.istio.io",
                                             "authentication.istio.io", "networking.istio.io"};

bool is_istio_resource(std::string_view group) {
  for (auto known : kIstioGroups)
    if (group == known) return true;
  return false;
}

}  // namespace

std::span<const OperatorComponent> operator_components() {
  return kComponents;
}

bool since(const Version& version, int minor) {
  return version.major > 1 || (version.major == 1 && version.minor >= minor);
}

bool has_component(const Version& version, const OperatorComponent& component) {
  return since(version, component.since) && !since(version, component.until + 1);
}

std::string default_kube_version(const Version& version) {
  std::string out;
  for (const auto& [minor, kube] : kKubeVersions)
    if (since(version, minor)) out = kube;
  return out;
}

int print_score(const data::Value& object, const Version& version) {
  auto group = base::cut(object["apiVersion"].text(), "/");
  std::string_view group_name = group.found ? group.before : "";
  std::string kind = fmt::format("{}/{}", group_name, object["kind"].text());
  if (kind == "apiextensions.k8s.io/CustomResourceDefinition") return -1000;
  if (kind == "/ServiceAccount" || kind == "rbac.authorization.k8s.io/ClusterRole") return 1;
  if (kind == "rbac.authorization.k8s.io/ClusterRoleBinding") return 2;
  if (kind == "admissionregistration.k8s.io/ValidatingWebhookConfiguration") return 3;
  if (!since(version, 20) && is_istio_resource(group_name)) return 4;
  if (kind == "/ConfigMap") return 100;
  if (kind == "autoscaling/HorizontalPodAutoscaler") return 1001;
  return kind == "/Service" ? 10000 : 1000;
}

}  // namespace jibe::istio
