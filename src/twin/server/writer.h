// The verbs that change something, as chains of small steps (steps.h). A write that another one
// overtook while its webhooks ran starts over, unless it named a resourceVersion.
#pragma once
#include <functional>

#include "base/task.h"
#include "twin/server/admission.h"
#include "twin/server/core.h"

namespace jibe::twin {

// How an update makes the new object of the live one; live is null where an apply creates.
struct UpdatePlan {
  // Decoded and defaulted, with its managed fields brought up to date.
  std::function<data::Value(const data::Value& live)> next;
  bool may_create = false;
};

class Writer {
 public:
  explicit Writer(ServerCore& core) : core_(core), admission_(core) {}

  Task<data::Value> create(Target target, data::Value object, WriteOptions options);
  Task<data::Value> update(Target target, data::Value object, WriteOptions options);
  Task<data::Value> patch(Target target, PatchType type, data::Value patch, WriteOptions options);
  Task<data::Value> remove(Target target, DeleteOptions options);
  Task<data::Value> remove_collection(Target target, ListOptions which, DeleteOptions options);

 private:
  ApiWrite begin(Target target, const char* operation, WriteOptions options) const;
  Task<data::Value> create_prepared(ApiWrite write);
  Task<data::Value> revise(Target target, UpdatePlan plan, WriteOptions options);
  // nullopt: overtaken, try again.
  Task<std::optional<data::Value>> revise_once(Target target, const UpdatePlan& plan,
                                               const WriteOptions& options);
  data::Value commit_update(const ApiWrite& write, const data::Value& live);
  Task<void> remove_instances(data::Value crd);
  Task<void> remove_last_traces(std::string custom_resource);

  Task<data::Value> create_subresource(Target target, data::Value body, WriteOptions options);
  Task<data::Value> bind(ApiWrite write);
  Task<data::Value> evict(ApiWrite write);
  Task<data::Value> update_scale(Target target, data::Value scale, WriteOptions options);

  ServerCore& core_;
  Admission admission_;
};

}  // namespace jibe::twin
