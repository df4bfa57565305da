// What the parts of one server share.
#pragma once
#include <string>
#include <vector>

#include "rt/runtime.h"
#include "twin/server/api.h"
#include "twin/server/auth.h"
#include "twin/server/registry.h"
#include "twin/server/server.h"
#include "twin/server/store.h"

namespace jibe::twin {

struct ServerCore {
  ServerCore(rt::Runtime& r, ServerOptions o)
      : runtime(r), options(std::move(o)), store(options.watch_history) {}
  rt::Runtime& runtime;
  ServerOptions options;
  ObjectStore store;
  ResourceRegistry registry;
  Authenticator authenticator;
};

// One write on its way through the pipeline.
struct ApiWrite {
  ResourcePtr resource;
  Target target;
  // As admission names it: CREATE, UPDATE, DELETE or CONNECT.
  std::string operation;
  data::Value object;  // null for DELETE
  data::Value old;     // null for CREATE
  // The body of a subresource that is no view of the object (eviction, binding), and its kind.
  WriteOptions options;

  kube::ObjectName name() const { return {target.ns, target.name}; }
};

// Adds a sentence to what the client is told; no doubles.
void warn(const WriteOptions& options, const std::string& sentence);

// For error messages: "deployments.apps".
inline std::string resource_name(const Resource& resource) {
  return resource.gvr.group_resource();
}

// The stored object of the target in the resource's version; null where there is none.
data::Value find_object(const ServerCore& core, const Resource& resource,
                        const kube::ObjectName& name);

// Throws the 422 where `causes` is not empty.
void refuse_invalid(const Resource& resource, const std::string& name, const data::Value& causes);

// One entry for refuse_invalid: reason is FieldValueInvalid and its like (metav1.CauseType).
data::Value cause(const std::string& reason, const std::string& message, const std::string& field);

// 500, "Internal error occurred: …" (apimachinery errors.NewInternalError).
kube::StatusError internal_error(const std::string& message);

// True where no two of a kind's finalizers stand in the way.
bool has_finalizer(const data::Value& object, std::string_view finalizer);

}  // namespace jibe::twin
