// What an installation consists of: from an IstioOperator to the objects that the installer
// applies. Pure but for the random and time sources that templates may draw from.
#pragma once
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "data/value.h"
#include "istio/manifest.h"

namespace jibe::lifecycle {

// The value of kInstallationLabel: "<namespace>.<name>", or its first 40 characters and a hash
// where that is longer than the 63 characters of a label value.
std::string installation_label(const data::Value& iop);

struct InstallationObjects {
  // Belong to this installation alone; carry kInstallationLabel.
  std::vector<data::Value> own;
  // CRDs, reader roles and the rest of the component Base: every revision of the cluster uses them.
  // Created where they are absent, never pruned, and never taken from who has them.
  std::vector<data::Value> shared;
};

// A gateway's Deployment and what belongs to it are called `<gateway>-<rev>`; its Service is called
// `<gateway>` and selects this revision, and is left out where the gateway is not the active one.
// `kube_version` is the cluster's: charts ask it which APIs there are.
InstallationObjects installation_objects(const data::Value& iop, const istio::Release& release,
                                         const std::string& kube_version, base::Random& random,
                                         base::Clock& clock);

// In the order in which they are applied: what others refer to first, workloads late, webhook
// configurations last (with failurePolicy Fail they would refuse pods before istiod answers).
void sort_for_apply(std::vector<data::Value>& objects);

// Pure parts, for tests.
data::Value with_gateway_suffix(data::Value operator_spec, const std::string& revision);
data::Value with_unsuffixed_service(data::Value service, const std::string& revision);

}  // namespace jibe::lifecycle
