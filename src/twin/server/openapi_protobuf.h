// /openapi/v2 in the protobuf of github.com/google/gnostic-models (openapiv2/OpenAPIv2.proto): the
// only form in which kubectl asks for it, when it meets a kind that /openapi/v3 does not know.
#pragma once
#include <string>

#include "data/value.h"

namespace jibe::twin {

inline constexpr const char* kOpenApiV2Protobuf =
    "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

// Definitions with everything; of the operations what clients look at (names, parameters,
// extensions), without responses.
std::string openapi_v2_protobuf(const data::Value& document);

}  // namespace jibe::twin
