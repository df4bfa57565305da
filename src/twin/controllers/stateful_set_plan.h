// What a StatefulSet's controller decides (pkg/controller/statefulset, 1.36). Pure.
#pragma once
#include <string>
#include <vector>

#include "base/clock.h"
#include "data/value.h"

namespace jibe::twin {

struct StatefulView {
  data::Value set;
  // ControllerRevisions: what pods have that are not to be updated yet, and the newest.
  data::Value current;
  data::Value update;
  std::vector<data::Value> pods;
  base::Time now;
};

struct StatefulStep {
  enum class Kind { kCreate, kDelete };
  Kind kind;
  data::Value pod;
};
// With OrderedReady at most one step; what blocks the order gives none.
std::vector<StatefulStep> plan_stateful_set(const StatefulView& view);
data::Value stateful_set_status(const StatefulView& view);

// -1 where the pod's name is none of the set's.
int64_t ordinal_of(const data::Value& set, const data::Value& pod);
// The claims that the pod of that ordinal needs.
std::vector<data::Value> claims_of(const data::Value& set, int64_t ordinal);

}  // namespace jibe::twin
