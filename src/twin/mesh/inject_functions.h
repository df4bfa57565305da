// The functions of injection templates: Sprig and those of pkg/kube/inject (template.go), which
// hide Sprig's of the same name. The superset of the releases 1.14 to 1.31.
#pragma once
#include <memory>

#include "istio/versions.h"
#include "tmpl/function.h"
#include "twin/mesh/pod_environment.h"

namespace jibe::twin {

// What ExecOptions::user must point to while such a template runs.
struct InjectionScope {
  const PodEnvironment& environment;  // of istiod
  istio::Version version;
};

std::shared_ptr<const tmpl::FunctionTable> injection_functions();

}  // namespace jibe::twin
