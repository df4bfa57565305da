// The IstioOperator spec that is deployed: what the user wrote, and the defaults that the server
// fills in per cluster. Pure.
#pragma once
#include <string>

#include "api/lifecycle.h"
#include "base/names.h"
#include "data/value.h"

namespace jibe::lifecycle {

// For a control plane. Defaults where the user set nothing: namespace istio-system;
// meshConfig.trustDomain = the cluster's name (or the target's trustDomain);
// PILOT_SKIP_VALIDATE_TRUST_DOMAIN="true"; values.global.multiCluster.clusterName, network and
// meshID = the cluster's name (meshID: "mesh1", Istio's documentation's own default).
data::Value control_plane_spec(const data::Value& user_spec, const base::Revision& revision,
                               const api::ClusterTarget& target);

// For a gateway: the revision is the control plane's, so that its proxies connect there; namespaces
// of gateways default to gloo-mesh-gateways. Its proxy is injected (injectionTemplate: gateway)
// unless the user says otherwise: one that is not reads the ConfigMap istio-<rev> of its own
// namespace, which only istio-system has, and without it connects to the istiod without a revision
// (pilot/cmd/pilot-agent/config, 1.14 to 1.31): to the old one.
data::Value gateway_spec(const data::Value& user_spec, const base::Revision& control_plane,
                         const api::ClusterTarget& target);

// Revision `auto` is named after the version: 1.31.0 → "1-31".
base::Revision revision_of_version(const std::string& version);

}  // namespace jibe::lifecycle
