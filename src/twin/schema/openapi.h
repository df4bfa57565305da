// /openapi/v3 and /openapi/v2: what kubectl explain, field validation and apply ask for.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "twin/schema/resource.h"

namespace jibe::twin {

// /openapi/v3: {"paths": {"apis/apps/v1": {"serverRelativeURL":
// "/openapi/v3/apis/apps/v1?hash=…"}}}. `crds`: the CustomResourceDefinitions that are served.
data::Value openapi_v3_index(const std::vector<data::Value>& crds);
// /openapi/v3/<path>, as JSON text. nullopt: no such group version.
std::optional<std::string> openapi_v3_document(std::string_view path,
                                               const std::vector<data::Value>& crds);
// Its hash in the index; an ETag.
std::string openapi_v3_hash(std::string_view path, const std::vector<data::Value>& crds);
// /openapi/v2, as JSON text.
std::string openapi_v2_document(const std::vector<data::Value>& crds);

}  // namespace jibe::twin
