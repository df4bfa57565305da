#include "base/coroutine.h"
#include "kube/status.h"
#include "twin/schema/managed_fields.h"
#include "twin/server/allocate.h"
#include "twin/server/steps.h"
#include "twin/server/writer.h"

namespace jibe::twin {

namespace {

// PUT may create these (AllowCreateOnUpdate of pkg/registry/*/strategy.go, 1.36).
const char* const kCreatedByUpdate[] = {
    "roles.rbac.authorization.k8s.io",
    "rolebindings.rbac.authorization.k8s.io",
    "clusterroles.rbac.authorization.k8s.io",
    "clusterrolebindings.rbac.authorization.k8s.io",
    "runtimeclasses.node.k8s.io",
    "leases.coordination.k8s.io",
    "limitranges",
    "events",
    "events.events.k8s.io",
    "services",
    "endpoints",
};

bool may_be_created_by_update(const Resource& resource) {
  std::string name = resource.gvr.group_resource();
  return std::any_of(std::begin(kCreatedByUpdate), std::end(kCreatedByUpdate),
                     [&](const char* known) { return name == known; });
}

void check_name(const data::Value& object, const std::string& name) {
  const std::string& own = object["metadata"]["name"].text();
  if (own == name) return;
  throw kube::bad_request(fmt::format(
      "the name of the object ({}) does not match the name on the URL ({})", own, name));
}

// The last finalizer of an object that was told to go is gone (ShouldDeleteDuringUpdate).
bool ends_deletion(const ApiWrite& write, const data::Value& live) {
  if (!kube::is_terminating(live)) return false;
  if (!write.object["metadata"]["finalizers"].empty()) return false;
  if (resource_name(*write.resource) == "namespaces" &&
      !write.object["spec"]["finalizers"].empty()) {
    return false;
  }
  return live["metadata"]["deletionGracePeriodSeconds"].int_or(0) == 0;
}

}  // namespace

Task<data::Value> Writer::update(Target target, data::Value object, WriteOptions options) {
  if (target.subresource == "scale") {
    co_return co_await update_scale(std::move(target), std::move(object), std::move(options));
  }
  ApiWrite write = begin(target, "UPDATE", options);
  write.object = std::move(object);
  if (target.name.empty()) target.name = write.object["metadata"]["name"].text();
  if (write.object["metadata"]["name"].text().empty()) {
    throw kube::bad_request("name must be provided");
  }
  if (write.resource->namespaced && write.target.ns.empty()) {
    target.ns = write.target.ns = write.object["metadata"]["namespace"].text();
  }
  accept_object(write);
  check_name(write.object, target.name);
  UpdatePlan plan;
  plan.may_create = target.subresource.empty() && may_be_created_by_update(*write.resource);
  plan.next = [this, write](const data::Value& live) {
    data::Value next = write.object;
    if (!live.is_null()) track_fields(core_, write, next, live);
    return next;
  };
  co_return co_await revise(std::move(target), std::move(plan), std::move(options));
}

Task<data::Value> Writer::revise(Target target, UpdatePlan plan, WriteOptions options) {
  constexpr int kAttempts = 16;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::optional<data::Value> done = co_await revise_once(target, plan, options);
    if (done) co_return std::move(*done);
  }
  ResourcePtr resource = core_.registry.need(target.gvr);
  throw kube::conflict(resource_name(*resource), target.name, kModified);
}

Task<std::optional<data::Value>> Writer::revise_once(Target target, const UpdatePlan& plan,
                                                     const WriteOptions& options) {
  ApiWrite write = begin(target, "UPDATE", options);
  const Resource& resource = *write.resource;
  data::Value live = find_object(core_, resource, write.name());
  if (live.is_null()) {
    if (!plan.may_create) throw kube::not_found(resource_name(resource), target.name);
    write.operation = "CREATE";
    write.object = plan.next(live);
    std::string name = target.name;
    write.object.edit("metadata").set("name", name);
    data::Value managed = write.object["metadata"]["managedFields"];
    wipe_metadata(write.object);
    if (managed.is_null()) track_fields(core_, write, write.object, nullptr);
    co_return co_await create_prepared(std::move(write));
  }
  write.old = live;
  write.object = plan.next(live);
  check_preconditions(resource, write.object, live);
  co_await admission_.mutate(write);
  prepare_changed(core_, write);
  keep_system_metadata(write.object, live);
  allocate_service(core_, write, write.object, live);
  check_changed(write);
  co_await admission_.validate(write);
  if (options.dry_run) co_return write.object;
  const data::Value* now = core_.store.find(store_key(resource), write.name());
  bool overtaken = !now || kube::resource_version_of(*now) != kube::resource_version_of(live);
  if (overtaken) co_return std::nullopt;
  data::Value result = commit_update(write, live);
  if (resource.is_custom()) co_await remove_last_traces(resource_name(resource));
  co_return result;
}

data::Value Writer::commit_update(const ApiWrite& write, const data::Value& live) {
  if (ends_deletion(write, live)) {
    core_.store.erase(store_key(*write.resource), write.name());
    return write.object;
  }
  if (equal_ignoring_managed_times(write.object, live)) return live;
  return put_object(core_, write, write.object);
}

}  // namespace jibe::twin
