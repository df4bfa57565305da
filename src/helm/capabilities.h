// What templates may know of the cluster (.Capabilities), with helm 4.2.3's defaults.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace jibe::helm {

struct KubeVersion {
  // With a leading v, as given: v1.33.4-gke.1245000.
  std::string version = "v1.36.0";
  // Without suffixes, for a chart's kubeVersion constraint: v1.33.4.
  std::string normalized = "v1.36.0";
  std::string major = "1";
  std::string minor = "36";
};

// Throws ChartError with what is wrong.
KubeVersion parse_kube_version(std::string_view text);

// The API versions that Helm assumes without a cluster.
const std::vector<std::string>& default_api_versions();

struct Capabilities {
  KubeVersion kube_version;
  std::vector<std::string> api_versions = default_api_versions();
  // .Capabilities.HelmVersion.Version: the Helm whose semantics these are.
  std::string helm_version = "v4.2.3";
};

}  // namespace jibe::helm
