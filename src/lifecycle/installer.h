// The installer: one per revision and cluster, in gm-iop-<rev>. See contract.h.
#pragma once
#include <string>

#include "base/names.h"
#include "base/task.h"
#include "kube/client.h"
#include "rt/runtime.h"

namespace jibe::lifecycle {

struct InstallerOptions {
  base::Revision revision;
  std::string ns;  // where its IstioOperators and chart Secrets are
};

// Runs until cancelled.
Task<void> run_installer(rt::Runtime& runtime, kube::Client& client, InstallerOptions options);

}  // namespace jibe::lifecycle
