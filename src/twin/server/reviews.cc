#include "twin/server/reviews.h"

#include "twin/server/authorize.h"

namespace jibe::twin {

namespace {

using data::Value;

Value user_info(const Caller& caller) {
  Value groups = Value::list();
  for (const std::string& group : caller.groups) groups.push_back(group);
  return Value::map({{"username", caller.user}, {"groups", groups}});
}

Access access_of(const Caller& caller) {
  Access access;
  access.user = caller.user;
  access.groups = caller.groups;
  return access;
}

Value rules_status(const ServerCore& core, const ApiWrite& write) {
  Access access = access_of(write.options.caller);
  access.target.ns = write.object["spec"]["namespace"].text();
  Value resources = Value::list();
  Value others = Value::list();
  for (const Value& rule : rules_in(core.store, access))
    (rule.has("nonResourceURLs") ? others : resources).push_back(rule);
  return Value::map(
      {{"resourceRules", resources}, {"nonResourceRules", others}, {"incomplete", false}});
}

// SelfSubjectAccessReview asks about the caller, the other two about whom they name.
Value access_status(const ServerCore& core, const ApiWrite& write) {
  const Value& spec = write.object["spec"];
  Access access = access_of(write.options.caller);
  if (write.resource->gvr.resource != "selfsubjectaccessreviews") {
    access.user = spec["user"].text();
    access.groups.clear();
    for (const Value& group : spec["groups"].items()) access.groups.push_back(group.text());
  }
  const Value& wanted = spec["resourceAttributes"];
  access.verb = wanted["verb"].text();
  access.target.gvr = {wanted["group"].text(), wanted["version"].text(), wanted["resource"].text()};
  access.target.ns = wanted["namespace"].text();
  access.target.name = wanted["name"].text();
  access.target.subresource = wanted["subresource"].text();
  if (wanted.is_null()) {
    access.path = spec["nonResourceAttributes"]["path"].text();
    access.verb = spec["nonResourceAttributes"]["verb"].text();
  }
  auto why = why_allowed(core.store, access);
  Value status = Value::map({{"allowed", why.has_value()}});
  if (why && !why->empty()) status.set("reason", *why);
  return status;
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
    const bool rules = gvr.resource == "selfsubjectrulesreviews";
    review.set("status", rules ? rules_status(core, write) : access_status(core, write));
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
