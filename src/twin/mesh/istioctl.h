// `istioctl install` and `istioctl operator init`, as the istioctl of each release does them: what
// an Istio that jibe does not manage was installed with. On clients alone, in real and in virtual
// time. Which labels it leaves behind, and what uninstalls by them, is in istio/ownership.h.
#pragma once
#include <string>

#include "base/task.h"
#include "data/value.h"
#include "istio/release.h"
#include "kube/client.h"

namespace jibe::twin {

// `istioctl install -f iop -y`: returns when everything is ready. Throws base::Error naming the
// component that did not become ready in five minutes (istioctl's --readiness-timeout).
Task<void> istioctl_install(kube::Client& client, data::Value iop, istio::ReleasePtr release);

struct OperatorInit {
  std::string hub = "docker.io/istio";
  std::string tag;  // of the operator's image; "" = the release's version
  std::string operator_namespace = "istio-operator";
  std::string watched_namespaces = "istio-system";  // separated by commas
  std::string revision;
};
// False from 1.24 on.
bool has_operator(const istio::Release& release);
// `istioctl operator init`, which there was up to 1.23: chart istio-operator and its namespaces.
// Throws base::InvalidInput for a release that has no operator.
Task<void> istioctl_operator_init(kube::Client& client, OperatorInit init,
                                  istio::ReleasePtr release);

}  // namespace jibe::twin
