// What may change or refuse a write on its way: the built-in plugins that every default API server
// runs, then the webhooks that the cluster's configurations name.
//
// matchConditions are CEL, which is not evaluated here: but for the literals true and false they
// count as an evaluation error, so failurePolicy decides, and the log says so.
#pragma once
#include <set>
#include <string>

#include "base/task.h"
#include "twin/server/core.h"
#include "twin/server/webhook_rules.h"

namespace jibe::twin {

class Admission {
 public:
  explicit Admission(ServerCore& core) : core_(core) {}

  // NamespaceLifecycle, ServiceAccount, Priority, DefaultTolerationSeconds, then mutating webhooks.
  // Where a webhook changed the object, everything runs once more: the plugins, and those webhooks
  // that ask for it (reinvocationPolicy).
  Task<void> mutate(ApiWrite& write);
  // Validating webhooks.
  Task<void> validate(const ApiWrite& write);

 private:
  using Names = std::set<std::pair<std::string, std::string>>;
  Task<void> run_plugins(ApiWrite& write);
  // True where the object changed.
  Task<bool> call_mutating(Webhook webhook, ApiWrite& write, ResourcePtr as);
  // The response; null where the webhook failed and may be ignored.
  Task<data::Value> ask(Webhook webhook, const ApiWrite& write, ResourcePtr as);
  bool conditions_hold(const Webhook& webhook);
  void call_failed(const Webhook& webhook, const std::string& why);

  ServerCore& core_;
};

}  // namespace jibe::twin
