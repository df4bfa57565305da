// What an API server does with a client's object before anything else: types, unknown fields.
#pragma once
#include <string>
#include <vector>

#include "data/value.h"
#include "twin/schema/resource.h"
#include "twin/schema/schema.h"

namespace jibe::twin {

// Drops what the schema does not know and gives a sentence for each (`unknown field "spec.foo"`),
// as `fieldValidation` Warn and Strict report them. Built-in kinds first refuse values of a wrong
// type (kube::StatusError 400, `Deployment in version "v1" cannot be handled as a Deployment: json:
// cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`) and
// values that their types parse (quantities, times); custom ones report types in validation.
// Built-in objects are also brought into the form that Go's decoding and encoding gives them: null
// entries and empty optional lists and maps go, structs that are always written appear ({}),
// quantities and times are canonical.
std::vector<std::string> decode_object(const Resource& resource, data::Value& object);
// The same for what a patch made of an object; base::InvalidInput without a frame, in the words of
// Go's unstructured converter for a strategic merge (`unrecognized type: int32`).
std::vector<std::string> decode_patched(const Resource& resource, data::Value& object,
                                        bool strategic);
// The same for the body of a subresource or any other built-in type; `kind` and `version` are named
// in errors.
std::vector<std::string> decode_as(const SchemaNode& node, std::string_view kind,
                                   std::string_view version, data::Value& object);

// The 400 that Strict makes of the sentences: `strict decoding error: a, b` in kube-apiserver's
// frame.
std::string strict_error(const Resource& resource, const std::vector<std::string>& sentences);

// What Go writes though nobody said it: structs that are no pointers ({}), required scalars.
void fill_structs(const SchemaNode& node, data::Value& value);

// Drops what `node` does not know; paths ("spec.list[0].foo") of it go to `removed`.
void prune(const SchemaNode& node, data::Value& value, std::vector<std::string>* removed = nullptr);

}  // namespace jibe::twin
