// What controllers ask about pods, and the pods they make. All pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "data/value.h"
#include "kube/selector.h"

namespace jibe::twin {

const std::string& pod_phase(const data::Value& pod);
// Neither succeeded, failed nor terminating (controller_utils.go IsPodActive).
bool is_pod_active(const data::Value& pod);
bool is_pod_finished(const data::Value& pod);
bool is_pod_ready(const data::Value& pod);
// Ready for at least that long.
bool is_pod_available(const data::Value& pod, int64_t min_ready_s, base::Time now);
// When the first of the ready pods becomes available; nullopt where none will by waiting.
std::optional<base::Duration> next_availability(const std::vector<data::Value>& pods,
                                                int64_t min_ready_s, base::Time now);

// A pod of the template, controlled by `owner`, with a name from generateName.
data::Value pod_from_template(const data::Value& pod_template, const data::Value& owner);

// The `count` pods to delete first of a ReplicaSet (controller_utils.go ActivePodsWithRanks).
// `related` are the pods of all ReplicaSets of the same owner: nodes that hold many go first.
std::vector<data::Value> pods_to_delete(std::vector<data::Value> pods,
                                        const std::vector<data::Value>& related, size_t count);

// FNV-1a of a template and the collision count, as it appears in names and in pod-template-hash:
// decimal digits in the alphabet of apimachinery rand.SafeEncodeString. Equal trees give equal
// hashes; the value differs from kube-controller-manager's, which hashes Go's memory layout.
std::string template_hash(const data::Value& pod_template, const data::Value& collision_count);
std::string safe_encode(const std::string& text);

}  // namespace jibe::twin
