// What an API server's registry does to an object between decoding and validation: which half of it
// a request may write, and the generation (pkg/registry/*/strategy.go of Kubernetes 1.36).
#pragma once
#include <string_view>

#include "data/value.h"
#include "twin/schema/resource.h"

namespace jibe::twin {

// Drops what a creator may not set (status where there is a status subresource …), sets
// metadata.generation 1 where the kind counts generations, and kind-specific fields (a Secret's
// stringData is folded into data, a Namespace gets its finalizer, phase and name label, a Pod its
// phase and qosClass, a Job its selector and labels from metadata.uid, which is already set).
void prepare_for_create(const Resource& resource, data::Value& object);

// A plain update keeps the old status; an update of "status" keeps everything but status (and
// metadata.managedFields). Generation grows when anything but metadata and status changed.
void prepare_for_update(const Resource& resource, data::Value& object, const data::Value& old,
                        std::string_view subresource = {});

// Whether the kind has metadata.generation.
bool counts_generations(const Resource& resource);

}  // namespace jibe::twin
