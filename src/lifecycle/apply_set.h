// A set of objects in one cluster: apply, tell whether it works, prune, delete.
#pragma once
#include <string>
#include <vector>

#include "base/task.h"
#include "data/value.h"
#include "kube/client.h"

namespace jibe::lifecycle {

// The kinds that an installation may consist of, and where prune and uninstall look: those of
// `istioctl uninstall` (operator/pkg/uninstall/prune.go, 1.31) and the two that newer charts add.
const std::vector<kube::Gvr>& installation_resources();

// True where the two differ in nothing but what the API server writes with every request:
// resourceVersion, generation and managedFields.
bool same_content(const data::Value& a, const data::Value& b);

// Server-side apply with force: what jibe applied comes back, whoever changed it. Fields that
// istiod maintains in webhook configurations (failurePolicy of validators) keep their live value.
struct Applied {
  data::Value object;
  bool changed = false;  // in its content: taking a field over that had the value already is none
  // Who had changed it, where that can be told: the latest other field manager.
  std::string other_manager;
};
Task<Applied> apply_one(kube::Client& client, data::Value object);

// Creates it where it is absent. A CustomResourceDefinition is also applied where it lacks a
// version that this one serves. Never changes anything else.
Task<void> ensure_shared(kube::Client& client, data::Value object);
// True where every version that `wanted` serves is served by `live`.
bool serves_all_versions(const data::Value& live, const data::Value& wanted);

Task<void> ensure_namespace(kube::Client& client, std::string name, data::Value labels);

// Everything of installation_resources() that the label selector matches.
Task<std::vector<data::Value>> labelled_objects(kube::Client& client, std::string selector);
// What of `live` is not among `wanted` (kind, namespace and name).
std::vector<data::Value> not_wanted(const std::vector<data::Value>& live,
                                    const std::vector<data::Value>& wanted);

}  // namespace jibe::lifecycle
