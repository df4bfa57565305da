// The kinds that users of jibe write, and their custom resource definitions.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "kube/object.h"

namespace jibe::api {

struct KindInfo {
  kube::Gvk gvk;
  kube::Gvr gvr;
};
KindInfo istio_lifecycle_manager_kind();
KindInfo gateway_lifecycle_manager_kind();
KindInfo root_trust_policy_kind();
KindInfo kubernetes_cluster_kind();
KindInfo virtual_destination_kind();
KindInfo virtual_gateway_kind();
KindInfo route_table_kind();
KindInfo istio_operator_kind();

// The CustomResourceDefinitions of api/, parsed, ordered by name.
std::vector<data::Value> crds();
// For the management cluster: everything but IstioOperator. For a workload cluster: IstioOperator
// and the networking kinds, which people apply where the workloads are.
std::vector<data::Value> management_crds();
std::vector<data::Value> workload_crds();

// The finalizer of objects that stand for something installed.
inline constexpr std::string_view kFinalizer = "jibe.dev/uninstall";
// metadata.annotations: "true" lets an uninstallation go on while proxies are still connected.
inline constexpr std::string_view kForceUninstall = "jibe.dev/force-uninstall";

}  // namespace jibe::api
