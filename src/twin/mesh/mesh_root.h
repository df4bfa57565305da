// The root of a mesh's trust in one cluster: what operators put into Secret `cacerts`, or else a
// self-signed root that the first istiod makes and all later ones share (Secret
// `istio-ca-secret`).
#pragma once
#include <string>

#include "kube/client.h"

namespace jibe::twin {

// The root's certificate as PEM text; `ns` is istiod's namespace. Throws base::Error.
Task<std::string> ensure_mesh_root(kube::Client& client, std::string ns, std::string trust_domain);

}  // namespace jibe::twin
