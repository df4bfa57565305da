// Annotations of a pod that injection reads and refuses to misread (pkg/kube/inject validate.go);
// private to injection.
#pragma once
#include "data/value.h"

namespace jibe::twin {

// Throws base::InvalidInput that lists every annotation with a wrong value.
void validate_annotations(const data::Value& pod);

}  // namespace jibe::twin
