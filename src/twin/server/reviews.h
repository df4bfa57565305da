// Requests that are questions: access and token reviews (authorization.k8s.io,
// authentication.k8s.io). Nothing of them is stored.
#pragma once
#include <optional>

#include "twin/server/core.h"

namespace jibe::twin {

// The answered object; nullopt where the resource is no review.
std::optional<data::Value> answer_review(const ServerCore& core, const ApiWrite& write);

}  // namespace jibe::twin
