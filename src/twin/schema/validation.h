// What an API server refuses. Causes are a list of {reason, message, field} maps for
// kube::invalid(): `message` is field.Error's body (`Invalid value: "x": must be …`) without the
// field's path.
#pragma once
#include <string>
#include <string_view>

#include "data/value.h"
#include "twin/schema/field_errors.h"
#include "twin/schema/resource.h"
#include "twin/schema/schema.h"

namespace jibe::twin {

// The object as it would be stored (defaulted). Empty list: valid.
data::Value validate_create(const Resource& resource, const data::Value& object);
// `subresource` is "" or "status" (or "scale" …).
data::Value validate_update(const Resource& resource, const data::Value& object,
                            const data::Value& old, std::string_view subresource = {});

// Structural schemas' value validation alone (custom kinds).
data::Value validate_by_schema(const SchemaNode& node, const data::Value& value);
// The same for a value that stands at `path`, into `errors`.
void validate_by_schema(const SchemaNode& node, const data::Value& value, const std::string& path,
                        FieldErrors& errors);

}  // namespace jibe::twin
