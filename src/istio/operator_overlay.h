// What an IstioOperator changes in rendered objects: the k8s settings of a component as strategic
// merge patches, then its overlays. Istio 1.24 rewrote this (operator/pkg/render/postprocess.go;
// before: operator/pkg/translate/translate.go and operator/pkg/patch).
#pragma once
#include <string>
#include <vector>

#include "data/value.h"

namespace jibe::istio {

// The workload that a component's k8s settings are about.
struct OverlayTarget {
  std::string kind;  // "Deployment", "DaemonSet", "" where the component has none
  std::string name;
  std::string container;  // whose env, resources, … are set
  std::string ns;
  bool gateway = false;
  bool autoscaled = false;  // up to 1.23 replicaCount is then left to the autoscaler
};

// `k8s` is components.<x>.k8s. Throws base::InvalidInput for a setting that does not fit.
void apply_k8s_settings(std::vector<data::Value>& objects, const data::Value& k8s,
                        const OverlayTarget& target);
// The same up to 1.23; `k8s` is normalized (operator_api.h).
void apply_legacy_k8s_settings(std::vector<data::Value>& objects, const data::Value& k8s,
                               const OverlayTarget& target);

// k8s.overlays. A patch whose path leads nowhere is passed over and named in `warnings`, as
// istioctl passes over it in silence.
void apply_overlays(std::vector<data::Value>& objects, const data::Value& overlays,
                    std::vector<std::string>& warnings);
// Up to 1.23: such a patch is an error, and so is an overlay that matches no object or several. Of
// several overlays for one object the last one counts.
void apply_legacy_overlays(std::vector<data::Value>& objects, const data::Value& overlays,
                           const std::string& ns);

}  // namespace jibe::istio
