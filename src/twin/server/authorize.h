// Whether somebody may do something: by the roles and bindings that the cluster has
// (plugin/pkg/auth/authorizer/rbac, 1.36). Group system:masters may do everything. Not checked,
// unlike in kube-apiserver: that whoever writes a role has its rights himself (bind, escalate).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "twin/server/core.h"

namespace jibe::twin {

struct Access {
  std::string user;
  std::vector<std::string> groups;
  std::string verb;  // get, list, watch, create, update, patch, delete, deletecollection, …
  Target target;     // of a request for resources; the version does not matter
  std::string path;  // of any other; "" for resources
};

// Which binding allows it, as SubjectAccessReview words it ("" for system:masters); nullopt where
// nothing does.
std::optional<std::string> why_allowed(const ObjectStore& store, const Access& access);

// Every rule that somebody has in a namespace: those of RoleBindings there and of
// ClusterRoleBindings.
std::vector<data::Value> rules_in(const ObjectStore& store, const Access& access);

// Throws the 403.
void authorize(const ObjectStore& store, const Access& access);

}  // namespace jibe::twin
