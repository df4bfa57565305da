// What Istio is installed in a cluster: every control plane of any revision, how it came there, and
// its gateways. Pure: from objects to facts.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "data/value.h"
#include "kube/object.h"

namespace jibe::istio {

// The objects that discovery reads, as listed from one cluster.
struct MeshObjects {
  std::vector<data::Value> deployments;
  std::vector<data::Value> services;
  std::vector<data::Value> mutating_webhooks;
  std::vector<data::Value> validating_webhooks;
  std::vector<data::Value> istio_operators;
  std::vector<data::Value> namespaces;
  std::vector<data::Value> pods;
};

enum class InstallMethod {
  kJibe,      // an ILM or GLM of jibe's own
  kOperator,  // Istio's in-cluster operator reconciles an IstioOperator resource
  kIstioctl,  // `istioctl install`
  kHelm,      // a Helm release
  kUnknown,   // manifests that somebody applied
};
std::string_view to_string(InstallMethod method);

struct ControlPlane {
  base::Revision revision;
  std::string ns;
  std::string deployment;
  std::string hub;
  std::string tag;  // of the discovery image: the installed version
  InstallMethod method = InstallMethod::kUnknown;
  // The IstioOperator that owns it, or the Helm release; empty name where there is none.
  kube::ObjectName owner;
  // Name of its own MutatingWebhookConfiguration, "" where it has none.
  std::string injector;
  // Revision tags that point to it.
  std::vector<std::string> tags;
  // True where it injects namespaces labelled istio-injection=enabled.
  bool is_default = false;
  int64_t replicas = 0;
  int64_t ready_replicas = 0;
};

struct Gateway {
  std::string ns;
  std::string deployment;
  base::Revision revision;
  std::string tag;  // proxy version; "" where the image is injected ("auto")
  InstallMethod method = InstallMethod::kUnknown;
  kube::ObjectName owner;
  data::Value labels;  // of its pods
  // Names of the Services in its namespace that select its pods.
  std::vector<std::string> services;
};

struct Discovery {
  std::vector<ControlPlane> control_planes;  // by namespace and name
  std::vector<Gateway> gateways;
  // Istio's in-cluster operators: the deployments that run an operator image.
  std::vector<kube::ObjectName> operators;
  const ControlPlane* find(const base::Revision& revision) const;
  // The one that injects istio-injection=enabled; nullptr where none does.
  const ControlPlane* default_control_plane() const;
};

Discovery discover(const MeshObjects& objects);

// Image "hub/name:tag" in parts; a digest is cut off, a registry's port is not mistaken for a tag.
struct ImageParts {
  std::string hub;
  std::string name;
  std::string tag;
};
ImageParts split_image(std::string_view image);

}  // namespace jibe::istio
