// What may change or refuse a write on its way: the built-in plugins that every default API server
// runs, then the webhooks that the cluster's configurations name.
#pragma once
#include "base/task.h"
#include "twin/server/core.h"

namespace jibe::twin {

class Admission {
 public:
  explicit Admission(ServerCore& core) : core_(core) {}

  // NamespaceLifecycle, ServiceAccount, Priority, DefaultTolerationSeconds, then mutating webhooks.
  Task<void> mutate(ApiWrite& write);
  // Validating webhooks.
  Task<void> validate(const ApiWrite& write);

 private:
  ServerCore& core_;
};

}  // namespace jibe::twin
