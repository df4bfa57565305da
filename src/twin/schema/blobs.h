// The documents that are linked into the program (see tools/k8s_api/generate.py), inflated on
// demand.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "data/value.h"

namespace jibe::twin {

// {"definitions": …, "groups": …}
data::Value schema_blob();
// {path: [offset, size, hash]} of the documents below /openapi/v3.
data::Value openapi_v3_blob_index();
// A document as JSON text; nullopt where there is none.
std::optional<std::string> openapi_v3_blob(std::string_view path);
std::string openapi_v2_blob();

// zlib streams. Throws base::Error where the bytes are damaged.
std::string inflate(std::string_view deflated);

}  // namespace jibe::twin
