// What an IstioOperator changes in rendered objects: the k8s settings of a component as strategic
// merge patches, then its overlays (operator/pkg/render/postprocess.go).
#pragma once
#include <string>
#include <vector>

#include "data/value.h"

namespace jibe::istio {

// The workload that a component's k8s settings are about.
struct OverlayTarget {
  std::string kind;  // "Deployment" or "DaemonSet"
  std::string name;
  std::string container;  // whose env, resources, … are set
  bool gateway = false;
};

// `k8s` is components.<x>.k8s. Throws base::InvalidInput for an overlay whose path leads nowhere.
void apply_k8s_settings(std::vector<data::Value>& objects, const data::Value& k8s,
                        const OverlayTarget& target);

}  // namespace jibe::istio
