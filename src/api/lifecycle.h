// Typed views of IstioLifecycleManager and GatewayLifecycleManager: decoding, defaults, validation.
// Fields as in the public API reference (solo-apis, gloo-mesh-v2.6.x, admin/v2); the
// istioOperatorSpec stays a data::Value, because its schema belongs to Istio.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/problem.h"
#include "base/clock.h"
#include "base/names.h"
#include "data/value.h"
#include "kube/object.h"

namespace jibe::api {

// spec.helmGlobal
struct HelmGlobal {
  std::string repo;  // oci://… or https://…; "" = the chart store's own search path
  std::vector<kube::ObjectName> repo_secrets;
  bool repo_skip_tls_verify = false;
};

// spec.installations[].istioController: how the installer is deployed.
struct IstioController {
  std::optional<base::Duration> wait_for_resources_timeout;
  data::Value image_pull_secrets;  // list of {name}
  data::Value resources;
  data::Value security_context;
  data::Value labels;
  data::Value annotations;
  data::Value env_vars;
};

// spec.installations[].clusters[] of both kinds.
struct ClusterTarget {
  base::ClusterName name;
  // defaultRevision of an IstioLifecycleManager, activeGateway of a GatewayLifecycleManager.
  bool active = false;
  std::string trust_domain;  // "" = from the operator spec, else the cluster's name
};

struct IstioInstallation {
  base::Revision revision;
  std::vector<ClusterTarget> clusters;
  data::Value operator_spec;  // a map, maybe empty
  IstioController controller;
  bool skip_upgrade_validation = false;
};

struct GatewayInstallation {
  base::Revision gateway_revision;
  base::Revision control_plane_revision;  // default: the gateway's own
  std::vector<ClusterTarget> clusters;
  data::Value operator_spec;
  bool skip_upgrade_validation = false;
};

// Both kinds have this head.
struct ObjectHead {
  kube::ObjectName name;
  std::string uid;
  int64_t generation = 0;
  bool terminating = false;
  bool force_uninstall = false;
};

struct IstioLifecycleManager {
  ObjectHead head;
  std::vector<IstioInstallation> installations;
  HelmGlobal helm_global;
};
struct GatewayLifecycleManager {
  ObjectHead head;
  std::vector<GatewayInstallation> installations;
  HelmGlobal helm_global;
};

template <class T>
struct Decoded {
  T value;
  Problems problems;  // empty = value is usable
};

// Decode with defaults, and say everything that is wrong at once. What could not be decoded is left
// at its default. No other object is looked at: whether clusters are registered, versions known and
// revisions free is for the controllers.
Decoded<IstioLifecycleManager> decode_istio_lifecycle_manager(const data::Value& object);
Decoded<GatewayLifecycleManager> decode_gateway_lifecycle_manager(const data::Value& object);

// One enabled gateway of a GatewayInstallation's operator spec.
struct GatewayComponent {
  bool egress = false;
  std::string name;
  std::string ns;         // default gloo-mesh-gateways
  data::Value component;  // the item of components.ingressGateways / egressGateways
};
inline constexpr std::string_view kGatewayNamespace = "gloo-mesh-gateways";
std::vector<GatewayComponent> enabled_gateways(const data::Value& operator_spec);

}  // namespace jibe::api
