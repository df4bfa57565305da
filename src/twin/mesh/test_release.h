// A little Istio release made in a test: charts of a few objects each, in the places where those of
// a real release are, so that a test needs no chart store.
#pragma once
#include <string>

#include "istio/release.h"

namespace jibe::twin {

// istiod is a Deployment and Service `istiod[-<revision>]`, an injector with its tag and a
// ConfigMap `extra` where values.extra is true; an ingress gateway is a Deployment and a Service.
istio::ReleasePtr test_release(const std::string& version);

// An IstioOperator resource: `spec` is YAML in braces.
data::Value test_operator(const std::string& name, const std::string& spec);

}  // namespace jibe::twin
