// Who owns which field: metadata.managedFields, server-side apply, and the structured merge below
// them (sigs.k8s.io/structured-merge-diff v6, apimachinery pkg/util/managedfields of 1.36).
#pragma once
#include <string>
#include <string_view>

#include "base/clock.h"
#include "data/value.h"
#include "twin/schema/resource.h"

namespace jibe::twin {

struct FieldWriter {
  std::string manager;
  // "" or the subresource that is written ("status", "scale").
  std::string subresource;
  base::Time now;
};

// Server-side apply. `live` is the stored object or null where it is created; `applied` is what the
// client sent, with apiVersion and kind. Gives the merged object with metadata.managedFields
// brought up to date, not yet defaulted. Throws kube::StatusError: 409 with the conflicts (reason
// Conflict, causes FieldManagerConflict) unless `force`; 400 where `applied` has managedFields; 422
// for duplicate list keys and the like.
data::Value apply_object(const Resource& resource, const data::Value& live,
                         const data::Value& applied, const FieldWriter& writer, bool force);

// A create, update or patch of any other kind: `object` is the state about to be stored, `old` the
// stored one (null for create). Changed fields go to the writer's Update entry and leave those of
// others. metadata.managedFields set by the client replace the old ones; an empty list [{}] resets
// them.
void track_update(const Resource& resource, const data::Value& old, data::Value& object,
                  const FieldWriter& writer);

// True where both are equal apart from managedFields' times: apply writes nothing then.
bool equal_ignoring_managed_times(const data::Value& a, const data::Value& b);

}  // namespace jibe::twin
