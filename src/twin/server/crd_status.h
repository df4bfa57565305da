// A CustomResourceDefinition's own rules: which names it gets, and when it is served. The API
// server does at once what kube-apiserver's naming, establishing and finalizing controllers do.
#pragma once
#include "twin/server/core.h"

namespace jibe::twin {

inline constexpr const char* kCrdCleanup = "customresourcecleanup.apiextensions.k8s.io";

// Brings status (acceptedNames, conditions, storedVersions) up to date.
void settle_crd(const ServerCore& core, data::Value& crd);

// The finalizer that keeps a definition until its objects are gone. It is set by the deletion
// itself (apiextensions-apiserver pkg/registry/customresourcedefinition/etcd.go).
void hold_for_instances(data::Value& crd);

// Causes where the schema of a version cannot be understood.
data::Value check_crd(const data::Value& crd);

// The condition of a definition that is being deleted with its objects.
void mark_crd_terminating(const ServerCore& core, data::Value& crd);

}  // namespace jibe::twin
