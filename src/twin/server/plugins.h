// The admission plugins that every default kube-apiserver runs before webhooks (1.36,
// pkg/kubeapiserver/options/plugins.go). Limit ranges are not enforced.
#pragma once
#include "base/task.h"
#include "twin/server/core.h"

namespace jibe::twin {

// NamespaceLifecycle: no objects in namespaces that do not exist or are going away; the system's
// namespaces stay.
void admit_namespace(const ServerCore& core, const ApiWrite& write);

// ServiceAccount: a new Pod's account, which must exist, its image pull secrets and token volume.
// Waits a little for a new namespace's default account.
Task<void> admit_service_account(const ServerCore& core, ApiWrite& write);

// ResourceQuota: no new object, and no change, that makes its namespace use more than it may.
void admit_quota(const ServerCore& core, const ApiWrite& write);

// Priority and DefaultTolerationSeconds.
void admit_pod_defaults(const ServerCore& core, ApiWrite& write);

}  // namespace jibe::twin
