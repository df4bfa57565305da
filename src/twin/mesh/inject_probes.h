// Probes of the application, taken over by the proxy's agent, because the proxy would catch what
// the kubelet sends (pkg/kube/inject app_probe.go); private to injection.
#pragma once
#include "data/value.h"
#include "istio/versions.h"

namespace jibe::twin {

// Every HTTP, TCP and gRPC probe of the application asks the agent's status port instead, and the
// agent learns the original ones from its environment. Since 1.25 also lifecycle hooks and init
// containers.
void rewrite_probes(data::Value& pod, const data::Value& mesh_config,
                    const istio::Version& version);

}  // namespace jibe::twin
