// Waiting until an object is as one needs it: a watch on the one object, not a poll.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "kube/client.h"

namespace jibe::kube {

// `object` is null while there is none. What it throws ends the wait (a state that can never become
// right, such as a failed Job).
using Predicate = std::function<bool(const data::Value& object)>;

// The object for which the predicate held (null where it holds for absence). Throws
// base::DeadlineExceeded("<what> took longer than …").
Task<data::Value> wait_until(Client& client, Gvr gvr, ObjectName name, Predicate predicate,
                             base::Duration span, std::string what);
Task<void> wait_gone(Client& client, Gvr gvr, ObjectName name, base::Duration span);

// status.conditions[type].status == "True"; false for anything else, also null.
bool condition_true(const data::Value& object, std::string_view type);
// As `kubectl rollout status`: observed, updated, available, nothing old left.
bool deployment_complete(const data::Value& deployment);

}  // namespace jibe::kube
