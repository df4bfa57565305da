// The steps of a write, each a plain function over values.
#pragma once
#include <string>

#include "twin/server/core.h"

namespace jibe::twin {

// kube-apiserver's words for a lost optimistic lock (registry.OptimisticLockErrorMsg).
inline constexpr const char* kModified =
    "the object has been modified; please apply your changes to the latest version and try again";

// Types, unknown fields (refused, told or dropped as options say), defaults. Fills in apiVersion
// and kind where the body lacks them; throws 400 where they are others, and where the namespace is
// another one than the request's.
void accept_object(ApiWrite& write);
// Defaults alone, for what a patch or a webhook made of an accepted object.
void accept_again(const Resource& resource, data::Value& object);

// Takes away what only the server may say of a new object.
void wipe_metadata(data::Value& object);
// uid, creationTimestamp, and a name where generateName asks for one.
void fill_new_metadata(const ServerCore& core, ApiWrite& write);
// What an update may not touch: uid, creationTimestamp, deletionTimestamp, …
void keep_system_metadata(data::Value& object, const data::Value& old);
// Throws 409 where the object's uid or resourceVersion are not those of the live one, and 422 where
// the kind wants a resourceVersion and there is none.
void check_preconditions(const Resource& resource, data::Value& object, const data::Value& live);

// Field manager of the request: its own, or the user agent up to the first '/'.
std::string manager_of(const WriteOptions& options);
// managedFields of a create or an update of any kind but apply.
void track_fields(const ServerCore& core, const ApiWrite& write, data::Value& object,
                  const data::Value& live);

// The kind's rules (twin/schema/strategy.h), and those that need a server: CRD conditions,
// namespaces' finalizers.
void prepare_new(const ServerCore& core, ApiWrite& write);
void prepare_changed(const ServerCore& core, ApiWrite& write);
void check_new(const ApiWrite& write);
void check_changed(const ApiWrite& write);

// The live object with the number of replicas that a Scale asks for, and its preconditions.
data::Value set_scale(const ServerCore& core, const ApiWrite& write, const data::Value& live,
                      const data::Value& scale);

// Puts the object in its storage version; gives it in the write's version.
data::Value put_object(ServerCore& core, const ApiWrite& write, const data::Value& object);

}  // namespace jibe::twin
