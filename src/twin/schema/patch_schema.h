// Strategic merge patches by a kind's schema.
#pragma once
#include <memory>

#include "twin/schema/schema.h"

namespace jibe::data {
class PatchSchema;
}

namespace jibe::twin {

// Merge keys and strategies of the schema's lists and maps. Keeps the schema alive.
std::unique_ptr<data::PatchSchema> patch_schema(std::shared_ptr<const Schema> schema);

}  // namespace jibe::twin
