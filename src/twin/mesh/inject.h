// Sidecar injection as istiod does it (pkg/kube/inject, 1.14 to 1.31): templates are rendered for
// the pod and laid over it, what the user says of injected containers is laid over that, and the
// result is put in order. Pure but for what templates may ask the clock and the random source.
#pragma once
#include <map>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "data/value.h"
#include "istio/versions.h"
#include "twin/mesh/injector_config.h"
#include "twin/mesh/pod_environment.h"

namespace jibe::twin {

struct Injection {
  data::Value pod;  // metadata.namespace is set
  const InjectorConfig& injector;
  data::Value mesh_config;
  istio::Version version;  // of istiod
  std::string revision;    // as istiod's REVISION says it
  bool native_sidecars = false;
  // What the path of the webhook's URL says: /inject/cluster/x/net/y.
  std::map<std::string, std::string> proxy_environment;
  const PodEnvironment& environment;  // of istiod
};

// The pod with its proxy. Throws base::Error with the sentence that the webhook denies the pod
// with.
data::Value inject_pod(const Injection& injection, base::Clock& clock, base::Random& random);

// Variables by the path of an injection URL (pkg/kube/inject parseInjectEnvs).
std::map<std::string, std::string> proxy_environment_of(std::string_view path);

// The JSON patch that turns one into the other, as coarse as lists of different lengths.
data::Value json_patch_between(const data::Value& before, const data::Value& after);

}  // namespace jibe::twin
