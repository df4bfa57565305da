#include "lifecycle/contract.h"

namespace jibe::lifecycle {

std::string installer_namespace(const base::Revision& revision) {
  return "gm-iop-" + revision.str();
}

std::string installer_name(const base::Revision& revision) {
  return "istio-operator-" + revision.str();
}

std::string charts_secret(const std::string& version) {
  return "istio-charts-" + version;
}

}  // namespace jibe::lifecycle
