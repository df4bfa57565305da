// The objects that the server puts into a workload cluster (contract.h), as values. Pure.
#pragma once
#include <string>
#include <vector>

#include "api/lifecycle.h"
#include "base/names.h"
#include "data/value.h"
#include "istio/release.h"
#include "kube/object.h"

namespace jibe::lifecycle {

// Namespace, ServiceAccount, RBAC, Deployment and Service of the installer, deployed as the
// IstioLifecycleManager's istioController says.
std::vector<data::Value> installer_manifests(const base::Revision& revision,
                                             const std::string& image,
                                             const api::IstioController& controller = {});
data::Value charts_secret_object(const base::Revision& revision, const istio::Release& release);

struct OperatorMeta {
  std::string name;
  base::Revision revision;
  std::string role;  // "control-plane" or "gateway"
  std::string chart_version;
  kube::ObjectName manager;  // the ILM or GLM
  bool active_gateway = false;
};
data::Value operator_object(const OperatorMeta& meta, data::Value spec);

}  // namespace jibe::lifecycle
