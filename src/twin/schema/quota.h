// What objects use of a ResourceQuota (pkg/quota/v1/evaluator/core of Kubernetes 1.36). Pure.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "kube/quantity.h"

namespace jibe::twin {

// By the names that spec.hard has: "pods", "requests.cpu", "count/deployments.apps" …
using QuotaUsage = std::map<std::string, kube::Quantity, std::less<>>;

// The objects of one group resource in the quota's namespace.
using QuotaItems = std::function<std::vector<data::Value>(const std::string& group_resource)>;

// Of one object, for everything that `quota` limits. Empty where its scopes leave the object out.
QuotaUsage quota_usage(const data::Value& quota, std::string_view group_resource,
                       const data::Value& object);
// Of all of them; zero is said, too.
QuotaUsage quota_used(const data::Value& quota, const QuotaItems& items);
// "" or "must specify cpu for: a; memory for: a,b": whoever is limited has to say what he wants.
std::string quota_unspecified(const data::Value& quota, const data::Value& pod);

}  // namespace jibe::twin
