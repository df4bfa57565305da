#include "twin/server/reviews.h"

namespace jibe::twin {

namespace {

using data::Value;

Value user_info(const Caller& caller) {
  Value groups = Value::list();
  for (const std::string& group : caller.groups) groups.push_back(group);
  return Value::map({{"username", caller.user}, {"groups", groups}});
}

// Every identity may do everything.
Value all_rules() {
  Value all = Value::list({"*"});
  auto resources = Value::map({{"verbs", all}, {"apiGroups", all}, {"resources", all}});
  auto others = Value::map({{"verbs", all}, {"nonResourceURLs", all}});
  return Value::map({{"resourceRules", Value::list({resources})},
                     {"nonResourceRules", Value::list({others})},
                     {"incomplete", false}});
}

Value token_status(const ServerCore& core, const Value& review) {
  std::optional<Caller> caller =
      core.authenticator.find(review["spec"]["token"].text(), core.runtime.now());
  if (!caller) return Value::map({{"authenticated", false}, {"error", "invalid bearer token"}});
  Value status = Value::map({{"authenticated", true}, {"user", user_info(*caller)}});
  if (!review["spec"]["audiences"].empty()) status.set("audiences", review["spec"]["audiences"]);
  return status;
}

}  // namespace

std::optional<Value> answer_review(const ServerCore& core, const ApiWrite& write) {
  const kube::Gvr& gvr = write.resource->gvr;
  Value review = write.object;
  if (gvr.group == "authorization.k8s.io") {
    if (gvr.resource == "selfsubjectrulesreviews") {
      review.set("status", all_rules());
    } else {
      review.set("status", Value::map({{"allowed", true}}));
    }
    return review;
  }
  if (gvr.group != "authentication.k8s.io") return std::nullopt;
  if (gvr.resource == "tokenreviews") {
    review.set("status", token_status(core, review));
  } else {
    review.edit("metadata").set("creationTimestamp", to_timestamp(core.runtime.now()));
    review.set("status", Value::map({{"userInfo", user_info(write.options.caller)}}));
  }
  return review;
}

}  // namespace jibe::twin
