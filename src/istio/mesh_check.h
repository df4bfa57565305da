// What istioctl refuses in a mesh configuration (istio/api mesh/v1alpha1, and its
// pkg/config/validation).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "istio/versions.h"

namespace jibe::istio {

// A label of a DNS name as Istio checks it: capitals are allowed.
bool is_istio_label(std::string_view text);

// `path` is where it lies in the spec, meshConfig or values.meshConfig. Adds a sentence per mistake
// to `errors`. Up to 1.23 unknown fields are mistakes, too.
void check_mesh_config(const data::Value& mesh, const Version& version, const std::string& path,
                       std::vector<std::string>& errors);

}  // namespace jibe::istio
