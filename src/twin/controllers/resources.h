// Every kind of object that a cluster stores, once each.
#pragma once
#include <vector>

#include "kube/object.h"
#include "twin/server/api.h"

namespace jibe::twin {

enum class Scope { kAny, kNamespaced };

// One version (the preferred one) of every resource that can be listed and deleted, ordered by
// group and name. Events are left out unless asked for: nothing depends on them.
std::vector<kube::Gvr> stored_resources(const Api& api, Scope scope, bool with_events = true);

}  // namespace jibe::twin
