// Strategic merge patches of the objects that Istio's charts render, with the patch strategies of
// their Go types (k8s.io/api v0.36; the fields used here have kept them since v0.24).
#pragma once
#include "data/value.h"

namespace jibe::istio {

// Throws base::InvalidInput for a patch that does not fit the object.
data::Value patch_object(const data::Value& object, const data::Value& patch);

}  // namespace jibe::istio
