// How many pods a PodDisruptionBudget lets go (pkg/controller/disruption, 1.36). Pure.
#pragma once
#include <optional>
#include <vector>

#include "base/clock.h"
#include "data/value.h"

namespace jibe::twin {

// `expected`: how many pods the owners of `pods` want all together; only asked for where the budget
// is a percentage or a maximum of unavailable ones.
data::Value disruption_status(const data::Value& pdb, const std::vector<data::Value>& pods,
                              int64_t expected, base::Time now);
// When an eviction that did not happen is forgotten; nullopt where there is none.
std::optional<base::Duration> next_recheck(const data::Value& status, base::Time now);

}  // namespace jibe::twin
