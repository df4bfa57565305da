#include "api/kinds.h"

#include <algorithm>
#include <array>

#include "data/yaml.h"

// The files of api/, linked in by jibe_embed (CMakeLists.txt).
#define JIBE_CRD(symbol)                           \
  extern "C" const unsigned char symbol##_begin[]; \
  extern "C" const unsigned char symbol##_end[];
JIBE_CRD(jibe_crd_gatewaylifecyclemanagers)
JIBE_CRD(jibe_crd_istiolifecyclemanagers)
JIBE_CRD(jibe_crd_istiooperators)
JIBE_CRD(jibe_crd_kubernetesclusters)
JIBE_CRD(jibe_crd_roottrustpolicies)
JIBE_CRD(jibe_crd_routetables)
JIBE_CRD(jibe_crd_virtualdestinations)
JIBE_CRD(jibe_crd_virtualgateways)
#undef JIBE_CRD

namespace jibe::api {
namespace {

struct File {
  const unsigned char* begin;
  const unsigned char* end;
};

// In the order of the definitions' names.
const std::array<File, 8> kFiles = {{
    {jibe_crd_gatewaylifecyclemanagers_begin, jibe_crd_gatewaylifecyclemanagers_end},
    {jibe_crd_istiolifecyclemanagers_begin, jibe_crd_istiolifecyclemanagers_end},
    {jibe_crd_istiooperators_begin, jibe_crd_istiooperators_end},
    {jibe_crd_kubernetesclusters_begin, jibe_crd_kubernetesclusters_end},
    {jibe_crd_roottrustpolicies_begin, jibe_crd_roottrustpolicies_end},
    {jibe_crd_routetables_begin, jibe_crd_routetables_end},
    {jibe_crd_virtualdestinations_begin, jibe_crd_virtualdestinations_end},
    {jibe_crd_virtualgateways_begin, jibe_crd_virtualgateways_end},
}};

constexpr const char* kAdmin = "admin.gloo.solo.io";
constexpr const char* kNetworking = "networking.gloo.solo.io";
constexpr const char* kInstall = "install.istio.io";

KindInfo kind(const char* group, const char* version, const char* kind, const char* resource) {
  return {{group, version, kind}, {group, version, resource}};
}

std::vector<data::Value> crds_of(std::initializer_list<std::string_view> groups) {
  std::vector<data::Value> out;
  for (data::Value& crd : crds()) {
    bool wanted =
        std::find(groups.begin(), groups.end(), crd["spec"]["group"].text()) != groups.end();
    if (wanted) out.push_back(std::move(crd));
  }
  return out;
}

}  // namespace

KindInfo istio_lifecycle_manager_kind() {
  return kind(kAdmin, "v2", "IstioLifecycleManager", "istiolifecyclemanagers");
}
KindInfo gateway_lifecycle_manager_kind() {
  return kind(kAdmin, "v2", "GatewayLifecycleManager", "gatewaylifecyclemanagers");
}
KindInfo root_trust_policy_kind() {
  return kind(kAdmin, "v2", "RootTrustPolicy", "roottrustpolicies");
}
KindInfo kubernetes_cluster_kind() {
  return kind(kAdmin, "v2", "KubernetesCluster", "kubernetesclusters");
}
KindInfo virtual_destination_kind() {
  return kind(kNetworking, "v2", "VirtualDestination", "virtualdestinations");
}
KindInfo virtual_gateway_kind() {
  return kind(kNetworking, "v2", "VirtualGateway", "virtualgateways");
}
KindInfo route_table_kind() {
  return kind(kNetworking, "v2", "RouteTable", "routetables");
}
KindInfo istio_operator_kind() {
  return kind(kInstall, "v1alpha1", "IstioOperator", "istiooperators");
}

std::vector<data::Value> crds() {
  std::vector<data::Value> out;
  for (const File& file : kFiles) {
    std::string_view text(reinterpret_cast<const char*>(file.begin),
                          static_cast<size_t>(file.end - file.begin));
    out.push_back(data::parse_yaml(text, "a definition in api/"));
  }
  return out;
}

std::vector<data::Value> management_crds() {
  return crds_of({kAdmin, kNetworking});
}

std::vector<data::Value> workload_crds() {
  return crds_of({kNetworking, kInstall});
}

}  // namespace jibe::api
