// The kinds that a Kubernetes 1.36 API server serves without being told: generated at build time
// from the discovery and OpenAPI documents of k8s.io/kubernetes (tools/k8s_api/generate.py).
#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "twin/schema/resource.h"
#include "twin/schema/schema.h"

namespace jibe::twin {

// Every resource that a default API server serves (stable versions), in discovery's order. Decoded
// on first use, constant afterwards, shared by all clusters of the process.
const std::vector<ResourcePtr>& builtin_resources();

// The node of a built-in definition ("io.k8s.api.core.v1.PodSpec"); null where there is none.
const SchemaNode* builtin_definition(std::string_view name);

// metav1.ObjectMeta: the metadata of every object.
const SchemaNode& object_meta_schema();

}  // namespace jibe::twin
