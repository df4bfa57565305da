// The values that an API server fills in.
#pragma once
#include "data/value.h"
#include "twin/schema/resource.h"
#include "twin/schema/schema.h"

namespace jibe::twin {

// Built-in kinds: as pkg/apis/*/v1/defaults.go of kube-apiserver 1.36. Custom kinds: the schema's
// defaults. Idempotent. Values that need a cluster (cluster IPs, node ports, uid) are not set.
void apply_defaults(const Resource& resource, data::Value& object);

// A schema's `default`s alone, as structural defaulting does it.
void apply_schema_defaults(const SchemaNode& node, data::Value& value);

// The container defaults of a pod spec; for pod templates outside of API objects.
void default_pod_spec(data::Value& spec);

}  // namespace jibe::twin
