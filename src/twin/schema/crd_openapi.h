// What a CustomResourceDefinition adds to OpenAPI documents (apiextensions-apiserver
// pkg/controller/openapi/builder of 1.36).
#pragma once
#include <string>
#include <string_view>

#include "data/value.h"

namespace jibe::twin {

// The kind and its list into `schemas`, by the names that kube-apiserver gives them
// ("dev.jibe.v1.Thing"). `prefix` is where references point to.
void add_crd_schemas(data::Value& schemas, const data::Value& crd, const data::Value& version,
                     std::string_view prefix);

// The URL paths and their operations, OpenAPI v3.
void add_crd_paths(data::Value& paths, const data::Value& crd, const data::Value& version);

}  // namespace jibe::twin
