// Strategic merge patches by a kind's schema.
#pragma once
#include <memory>

#include "data/patch.h"
#include "twin/schema/schema.h"

namespace jibe::twin {

// Merge keys and strategies of the schema's lists and maps. Keeps the schema alive.
data::PatchSchemaPtr patch_schema(std::shared_ptr<const Schema> schema);

}  // namespace jibe::twin
