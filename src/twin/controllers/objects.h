// Small readers and writers of Kubernetes objects that every controller needs. All pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "data/value.h"
#include "kube/object.h"
#include "kube/status.h"

namespace jibe::twin {

const std::string& object_name(const data::Value& object);
const std::string& object_namespace(const data::Value& object);
int64_t generation_of(const data::Value& object);
// "ns/name", or "name" for what has no namespace: what work queues hold.
std::string key_of(const data::Value& object);
kube::ObjectName split_key(const std::string& key);

// By metadata.creationTimestamp, then by name.
bool created_before(const data::Value& a, const data::Value& b);
bool is_controlled_by(const data::Value& object, const data::Value& owner);
// Key of the controlling owner of that kind, "" where it has none.
std::string controller_key(const data::Value& object, std::string_view kind);
data::Value owner_references_with(const data::Value& object, const data::Value& reference);

// An IntOrString field: 3, or "25%" of total, rounded. 0 where it is neither
// (apimachinery intstr.GetScaledValueFromIntOrPercent).
enum class Round { kDown, kUp };
int64_t scaled_value(const data::Value& int_or_percent, int64_t total, Round round);

// Counts with `omitempty` in Go: absent where 0.
void set_count(data::Value& map, std::string_view key, int64_t count);

// The entry of a list of {type, status, …}; null where absent.
const data::Value& find_condition(const data::Value& conditions, std::string_view type);
bool condition_is(const data::Value& conditions, std::string_view type, std::string_view status);
data::Value make_condition(std::string_view type, std::string_view status, std::string_view reason,
                           std::string_view message, const std::string& now);
// Replaces the condition of that type; keeps lastTransitionTime where the status stays the same.
void put_condition(data::Value& conditions, data::Value condition);
bool erase_condition(data::Value& conditions, std::string_view type);

// A create in a namespace that is going away (apimachinery HasStatusCause NamespaceTerminating).
bool is_namespace_terminating(const kube::StatusError& error);

}  // namespace jibe::twin
