// IstioOperator → manifests: what `istioctl manifest generate` does. The operator spec is laid over
// its profile, translated to chart values, every enabled component's chart is rendered, and the k8s
// overlays are applied. Versions differ (the operator was rewritten in 1.24); each release is
// treated as its own istioctl treats it.
#pragma once
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "data/value.h"
#include "istio/release.h"

namespace jibe::istio {

struct ComponentManifest {
  std::string component;  // "Base", "Pilot", "Cni", "Ztunnel", "IngressGateways", "EgressGateways"
  std::string name;       // the gateway's name; the component's elsewhere
  std::string ns;
  std::vector<data::Value> objects;  // in the order in which istioctl prints them
};

struct GenerateOptions {
  // Kubernetes version for .Capabilities, as istioctl defaults it without a cluster.
  std::string kube_version;
  // `--set path=value`, in order; paths below spec.
  std::vector<std::string> set;
  base::Random* random = nullptr;  // required
  base::Clock* clock = nullptr;    // required
};

// `iop` is an IstioOperator object (kind and metadata may be absent: only spec is read, and
// metadata.namespace where spec.namespace is absent). Throws base::InvalidInput naming the path.
std::vector<ComponentManifest> generate_manifests(const data::Value& iop, const Release& release,
                                                  const GenerateOptions& options);

// The whole text that `istioctl manifest generate` prints.
std::string manifest_text(const std::vector<ComponentManifest>& components);

}  // namespace jibe::istio
