#include "control/conditions.h"

#include "kube/time.h"

namespace jibe::control {

data::Value set_condition(data::Value conditions, const Condition& condition, base::Time now) {
  data::Value entry = data::Value::map({{"type", condition.type},
                                        {"status", condition.status},
                                        {"reason", condition.reason},
                                        {"message", condition.message}});
  if (condition.observed_generation > 0) {
    entry.set("observedGeneration", condition.observed_generation);
  }
  const data::Value& old = find_condition(conditions, condition.type);
  bool same_status = old["status"].text() == condition.status;
  bool dated = old["lastTransitionTime"].is_string();
  entry.set("lastTransitionTime",
            same_status && dated ? old["lastTransitionTime"] : kube::format_time(now));
  if (!conditions.is_list()) conditions = data::Value::list();
  for (data::Value& item : conditions.edit_items()) {
    if (item["type"].text() != condition.type) continue;
    item = std::move(entry);
    return conditions;
  }
  conditions.push_back(std::move(entry));
  return conditions;
}

data::Value remove_condition(data::Value conditions, std::string_view type) {
  if (!conditions.is_list() || find_condition(conditions, type).is_null()) return conditions;
  std::erase_if(conditions.edit_items(),
                [&](const data::Value& item) { return item["type"].text() == type; });
  return conditions;
}

const data::Value& find_condition(const data::Value& conditions, std::string_view type) {
  static const data::Value kNone;
  for (const data::Value& item : conditions.items()) {
    if (item["type"].text() == type) return item;
  }
  return kNone;
}

bool is_true(const data::Value& conditions, std::string_view type) {
  return find_condition(conditions, type)["status"].text() == "True";
}

std::optional<Condition> condition_after(const Failure& failure, std::string type,
                                         int64_t generation) {
  std::string_view status = rule_of(failure.fault).ready;
  if (status.empty()) return std::nullopt;
  return Condition{std::move(type), std::string(status), failure.reason, failure.sentence,
                   generation};
}

}  // namespace jibe::control
