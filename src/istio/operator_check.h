// What istioctl complains of in a merged IstioOperator before it renders
// (operator/pkg/apis/validation from 1.24 on; operator/pkg/validate before).
#pragma once
#include <string>
#include <vector>

#include "data/value.h"
#include "istio/versions.h"

namespace jibe::istio {

// Throws base::InvalidInput with all errors, unless `force` makes warnings of them.
void check_operator(const data::Value& spec, const Version& version, bool force,
                    std::vector<std::string>& warnings);

}  // namespace jibe::istio
