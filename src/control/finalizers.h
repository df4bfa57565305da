// Finalizers: an object of ours stays until what it stands for has been cleaned up.
#pragma once
#include <string>
#include <string_view>

#include "base/task.h"
#include "data/value.h"
#include "kube/client.h"

namespace jibe::control {

bool has_finalizer(const data::Value& object, std::string_view finalizer);

// Adds it where it is absent; the answer is the object as it is then. Writes with the object's
// resourceVersion and uid as preconditions: a conflict means that the caller decided on stale data.
Task<data::Value> ensure_finalizer(kube::Client& client, kube::Gvr gvr, data::Value object,
                                   std::string finalizer);
// Removes it where it is there; the object may be gone afterwards, and may be gone before.
Task<void> drop_finalizer(kube::Client& client, kube::Gvr gvr, data::Value object,
                          std::string finalizer);

}  // namespace jibe::control
