// What istioctl up to 1.23 complains of in a merged IstioOperator (operator/pkg/validate and
// operator/pkg/apis/istio/v1alpha1/validation).
#pragma once
#include <string>
#include <vector>

#include "data/value.h"
#include "istio/versions.h"

namespace jibe::istio {

// `spec` is normalized (operator_api.h). Deprecated settings become warnings; settings that have
// been removed are errors. Throws base::InvalidInput with all errors; `force` makes warnings of
// those that are not about removed settings.
void check_legacy_operator(const data::Value& spec, const Version& version, bool force,
                           std::vector<std::string>& warnings);

// The same for what the files say before --set and the profile: istioctl checks them first.
void check_legacy_files(const data::Value& spec, const Version& version, bool force,
                        std::vector<std::string>& warnings);

}  // namespace jibe::istio
