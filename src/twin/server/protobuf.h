// Bodies in application/vnd.kubernetes.protobuf, as client-go's typed clients send them since 1.32
// (`kubectl create namespace`). Only read: every client that sends it also accepts JSON.
#pragma once
#include <string_view>

#include "data/value.h"

namespace jibe::twin {

// Starts with the magic bytes "k8s\0".
bool is_kubernetes_protobuf(std::string_view body);

// The object as its JSON form would read. Throws base::InvalidInput for what is broken or of a kind
// that is not known.
data::Value decode_kubernetes_protobuf(std::string_view body);

}  // namespace jibe::twin
