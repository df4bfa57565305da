// Writes a status only where it differs from what is there.
#pragma once
#include "base/task.h"
#include "data/value.h"
#include "kube/client.h"

namespace jibe::control {

// `object` is the state on which `status` was computed: its resourceVersion is the precondition, so
// that a stale computation ends in a conflict (Fault::kConflict: compute again). True where
// something was written. An object that is gone meanwhile is not an error.
Task<bool> write_status(kube::Client& client, kube::Gvr gvr, data::Value object,
                        data::Value status);

}  // namespace jibe::control
