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
  // "Base", "Pilot", "Cni", "IstiodRemote", "Ztunnel", "IngressGateways", "EgressGateways".
  std::string component;
  std::string name;  // the gateway's name; the component's elsewhere
  std::string ns;
  std::vector<data::Value> objects;  // in the order of the chart's files
};

struct GenerateOptions {
  // Kubernetes version for .Capabilities; empty: what istioctl assumes without a cluster. That is
  // the oldest that the release supports, so give the cluster's where objects will be applied.
  std::string kube_version;
  // `--set path=value`, in order; paths below spec.
  std::vector<std::string> set;
  // Templates by their path in the chart; empty: all. Up to 1.23.
  std::vector<std::string> filter;
  // Go on where the spec is not valid, with a warning.
  bool force = false;
  // What istioctl would complain of without failing. Not owned; may be null.
  std::vector<std::string>* warnings = nullptr;
  base::Random* random = nullptr;  // required
  base::Clock* clock = nullptr;    // required
};

// `iops` are IstioOperator objects, later ones over earlier ones (kind and metadata may be absent).
// Throws base::InvalidInput, in istioctl's words where it has some.
std::vector<ComponentManifest> generate_manifests(const std::vector<data::Value>& iops,
                                                  const Release& release,
                                                  const GenerateOptions& options);

// One IstioOperator with its profile underneath, as that release's istioctl merges them.
struct MergedOperator {
  data::Value spec;
  std::string ns;  // where the control plane goes
};
MergedOperator merged_operator(const data::Value& iop, const Release& release);

// The objects of all components in the order in which `istioctl manifest generate` prints them.
std::vector<data::Value> print_order(const std::vector<ComponentManifest>& components,
                                     const Version& version);

// The whole text that `istioctl manifest generate` prints.
std::string manifest_text(const std::vector<ComponentManifest>& components, const Version& version);

}  // namespace jibe::istio
