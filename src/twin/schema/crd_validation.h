// CustomResourceDefinitions themselves (apiextensions-apiserver pkg/apis/apiextensions/validation).
#pragma once
#include "data/value.h"
#include "twin/schema/field_errors.h"

namespace jibe::twin {

// `old` is null on create.
void validate_crd(const data::Value& crd, const data::Value& old, FieldErrors& errors);

}  // namespace jibe::twin
