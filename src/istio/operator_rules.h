// The components of an IstioOperator, and what differs between minor versions.
#pragma once
#include <span>
#include <string>

#include "data/value.h"
#include "istio/versions.h"

namespace jibe::istio {

struct OperatorComponent {
  const char* name;         // as istioctl calls it
  const char* spec_key;     // below components
  const char* kind;         // of its workload, "" where it has none
  const char* resource;     // the workload's name
  const char* container;    // the workload's main container
  const char* chart;        // below charts/
  const char* values_root;  // where the chart's values lie
  bool is_gateway = false;  // components.<spec_key> is a list
  bool by_default = false;  // installed where the spec does not name it (1.24 and later)
  bool flatten = false;     // the chart wants its values at the top
  int since = 0;            // minor version that brought it
  int until = 1000;         // the last minor version that has it
};

// In istioctl's order of installation.
std::span<const OperatorComponent> operator_components();

// Fields of the spec that are chart values under another path.
struct FieldAsValue {
  const char* field;
  const char* value;
};
inline constexpr FieldAsValue kFieldsAsValues[] = {
    {"hub", "global.hub"},
    {"tag", "global.tag"},
    {"revision", "revision"},
    {"meshConfig", "meshConfig"},
    {"compatibilityVersion", "compatibilityVersion"},  // since 1.21
};

// True for Istio 1.<minor> and later, its pre-releases included.
bool since(const Version& version, int minor);

bool has_component(const Version& version, const OperatorComponent& component);

// .Capabilities.KubeVersion where no cluster is asked: the oldest Kubernetes that the release
// supports (istioctl/pkg/install/k8sversion), up to 1.16 the default of the Helm library.
std::string default_kube_version(const Version& version);

// The order in which `istioctl manifest generate` prints: by score, API group, kind and name.
// objectKindOrdering; up to 1.19 Istio's own resources came early.
int print_score(const data::Value& object, const Version& version);

}  // namespace jibe::istio
