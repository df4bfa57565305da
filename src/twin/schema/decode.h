// What an API server does with a client's object before anything else: types, unknown fields.
#pragma once
#include <string>
#include <vector>

#include "data/value.h"
#include "twin/schema/resource.h"

namespace jibe::twin {

// Drops what the schema does not know and gives a sentence for each (`unknown field "spec.foo"`),
// as `fieldValidation` Warn and Strict report them. Built-in kinds first refuse values of a wrong
// type (kube::StatusError 400, `Deployment in version "v1" cannot be handled as a Deployment: json:
// cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`) and
// values that their types parse (quantities, times); custom ones report types in validation. Also
// null entries of built-in objects are dropped, as Go's decoding and encoding does, and numbers are
// normalised.
std::vector<std::string> decode_object(const Resource& resource, data::Value& object);

// The 400 that Strict makes of the sentences: `strict decoding error: a, b` in kube-apiserver's
// frame.
std::string strict_error(const Resource& resource, const std::vector<std::string>& sentences);

// Field paths that `node` does not know; objects are changed only by prune().
void prune(const SchemaNode& node, data::Value& value, std::vector<std::string>* removed = nullptr);

}  // namespace jibe::twin
