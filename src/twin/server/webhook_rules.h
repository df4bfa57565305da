// Which webhooks see a request (apiserver pkg/admission/plugin/webhook/{generic,predicates}, 1.36).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "twin/server/core.h"

namespace jibe::twin {

// One entry of a configuration's `webhooks`.
struct Webhook {
  std::string configuration;
  data::Value spec;
  const std::string& name() const { return spec["name"].text(); }
  bool ignores_failures() const { return spec["failurePolicy"].text() == "Ignore"; }
  bool operator==(const Webhook&) const = default;
};

// Of all configurations of the resource, ordered by the configurations' names.
std::vector<Webhook> webhooks_of(const ServerCore& core, const std::string& configurations);

// The resource as which the webhook wants to see the write: its own, or another version of it under
// matchPolicy Equivalent; null where it does not match. Throws 404 where the namespace is missing.
ResourcePtr match_webhook(const ServerCore& core, const Webhook& webhook, const ApiWrite& write);

// One rule alone.
bool matches_rule(const data::Value& rule, const kube::Gvr& gvr, const std::string& subresource,
                  const std::string& operation, bool namespaced);

}  // namespace jibe::twin
