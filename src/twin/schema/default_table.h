// Defaulting functions by the Go type that they belong to, as kube-apiserver registers them.
#pragma once
#include <string_view>

#include "data/value.h"

namespace jibe::twin {

using DefaultFunction = void (*)(data::Value&);

// Of a definition ("io.k8s.api.core.v1.Probe"); nullptr where the type has none.
DefaultFunction pod_defaults_of(std::string_view definition);
DefaultFunction workload_defaults_of(std::string_view definition);
DefaultFunction other_defaults_of(std::string_view definition);

// Sets the entry where it is absent or null.
void set_default(data::Value& map, std::string_view key, data::Value value);
// The same where it is absent, null or "" (a Go string without a pointer).
void set_default_text(data::Value& map, std::string_view key, std::string_view text);
// The same where it is absent, null or 0.
void set_default_number(data::Value& map, std::string_view key, int64_t number);

}  // namespace jibe::twin
