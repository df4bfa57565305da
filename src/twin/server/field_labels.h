// Field selectors: which fields a kind can be selected by, and what they are worth.
#pragma once
#include "kube/selector.h"
#include "twin/schema/resource.h"

namespace jibe::twin {

// Throws 400 for fields that the kind cannot be selected by.
void check_field_selector(const Resource& resource, const kube::FieldSelector& fields);

bool matches_fields(const kube::FieldSelector& fields, const data::Value& object);

}  // namespace jibe::twin
