// meta.k8s.io/v1 Table: what `kubectl get` prints.
#pragma once
#include <string>
#include <string_view>

#include "base/clock.h"
#include "data/value.h"
#include "twin/schema/resource.h"

namespace jibe::twin {

// `value` is an object or a list of the resource, in its version. `include_object` is the request's
// includeObject: "Metadata" (also for ""), "Object" or "None".
data::Value to_table(const Resource& resource, const data::Value& value, base::Time now,
                     std::string_view include_object);
// For watch: rows without column definitions after the first event.
data::Value to_table_row_only(const Resource& resource, const data::Value& object, base::Time now,
                              std::string_view include_object);

// "5s", "3m2s", "2d4h", … as k8s.io/apimachinery duration.HumanDuration.
std::string human_duration(base::Duration duration);
// Of a metav1.Time ("2026-01-02T03:04:05Z"); "<unknown>" where it is absent.
std::string age_since(const data::Value& timestamp, base::Time now);

}  // namespace jibe::twin
