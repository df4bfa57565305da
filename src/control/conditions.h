// metav1.Condition lists as pure functions (apimachinery api/meta/conditions.go v0.36).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "control/errors.h"
#include "data/value.h"

namespace jibe::control {

struct Condition {
  std::string type;
  std::string status;  // "True", "False", "Unknown"
  std::string reason;  // CamelCase, never empty
  std::string message;
  int64_t observed_generation = 0;
};

// The list with the condition set; lastTransitionTime moves only where status changed.
data::Value set_condition(data::Value conditions, const Condition& condition, base::Time now);
data::Value remove_condition(data::Value conditions, std::string_view type);
// The condition's map, or null.
const data::Value& find_condition(const data::Value& conditions, std::string_view type);
bool is_true(const data::Value& conditions, std::string_view type);

// What the table in errors.h says about the condition after this failure; nullopt: it stays as it
// is.
std::optional<Condition> condition_after(const Failure& failure, std::string type,
                                         int64_t generation);

}  // namespace jibe::control
