// get and list: of the current state, or of the state that a continue token or a resourceVersion
// names.
#pragma once
#include <string>
#include <vector>

#include "twin/server/core.h"

namespace jibe::twin {

// Whether an object is what a list or watch asks for.
struct Selection {
  std::string ns;  // "" for all
  kube::LabelSelector labels;
  kube::FieldSelector fields;
  bool everything() const { return labels.empty() && fields.empty(); }
  bool matches(const data::Value& object) const;
};

// Throws 404.
data::Value get_object(const ServerCore& core, const Target& target);

// The list object. Throws 410 where a token is too old, 400 where it is no token.
data::Value list_objects(const ServerCore& core, const Target& target, const ListOptions& options);

// In the version of `gvr`; nothing where it is not served.
std::vector<data::Value> all_items(const ServerCore& core, const kube::Gvr& gvr,
                                   const std::string& ns);

// 0 for "". Throws 422 for what is no number.
uint64_t parse_resource_version(const std::string& text);
// Throws the 504 that a client takes as "retry" where the revision has not happened yet.
void check_not_future(const ServerCore& core, uint64_t revision);

// A scale subresource's object (autoscaling/v1 Scale) of a Deployment, ReplicaSet, StatefulSet,
// ReplicationController or custom object.
data::Value to_scale(const Resource& resource, const data::Value& object);

}  // namespace jibe::twin
