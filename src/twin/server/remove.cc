#include "base/coroutine.h"
#include "kube/status.h"
#include "kube/time.h"
#include "twin/server/crd_status.h"
#include "twin/server/reader.h"
#include "twin/server/steps.h"
#include "twin/server/writer.h"

namespace jibe::twin {

namespace {

constexpr const char* kOrphan = "orphan";
constexpr const char* kForeground = "foregroundDeletion";

void check_delete_preconditions(const Resource& resource, const data::Value& live,
                                const DeleteOptions& options) {
  const std::string& name = live["metadata"]["name"].text();
  const std::string& uid = options.uid_precondition;
  if (!uid.empty() && uid != kube::uid_of(live)) {
    throw kube::conflict(
        resource_name(resource), name,
        fmt::format("Precondition failed: UID in precondition: {}, UID in object meta: {}", uid,
                    kube::uid_of(live)));
  }
  const std::string& revision = options.resource_version_precondition;
  if (!revision.empty() && revision != kube::resource_version_of(live)) {
    throw kube::conflict(
        resource_name(resource), name,
        fmt::format("Precondition failed: ResourceVersion in precondition: {}, ResourceVersion in "
                    "object meta: {}",
                    revision, kube::resource_version_of(live)));
  }
}

// The policy that the request names, else what its finalizers say, else the kind's default
// (registry.Store deletionFinalizersForGarbageCollection).
void set_dependents_finalizer(const Resource& resource, data::Value& object,
                              const std::string& propagation) {
  bool had_orphan = has_finalizer(object, kOrphan);
  bool had_foreground = has_finalizer(object, kForeground);
  bool orphan = propagation.empty() ? had_orphan : propagation == "Orphan";
  bool foreground = propagation.empty() ? had_foreground : propagation == "Foreground";
  // Jobs of batch/v1 keep their pods unless told otherwise (batch/job/strategy.go).
  if (propagation.empty() && !had_orphan && !had_foreground) {
    std::string name = resource.gvr.group_resource();
    orphan = name == "jobs.batch" || name == "replicationcontrollers";
  }
  if (resource.kind == "Event") orphan = foreground = false;
  if (orphan == had_orphan && foreground == had_foreground) return;
  data::Value finalizers = data::Value::list();
  for (const data::Value& item : object["metadata"]["finalizers"].items()) {
    if (item.text() != kOrphan && item.text() != kForeground) finalizers.push_back(item);
  }
  if (orphan) finalizers.push_back(kOrphan);
  if (foreground) finalizers.push_back(kForeground);
  if (finalizers.empty()) {
    object.edit("metadata").erase("finalizers");
  } else {
    object.edit("metadata").set("finalizers", finalizers);
  }
}

void bump_generation(data::Value& object) {
  int64_t generation = object["metadata"]["generation"].int_or(0);
  if (generation > 0) object.edit("metadata").set("generation", generation + 1);
}

// Seconds that the pod gets to end (core/pod/strategy.go CheckGracefulDelete).
int64_t pod_grace(const data::Value& pod, const DeleteOptions& options) {
  int64_t grace = options.grace_s.value_or(pod["spec"]["terminationGracePeriodSeconds"].int_or(30));
  if (grace < 0) grace = 1;
  const std::string& phase = pod["status"]["phase"].text();
  bool over = phase == "Failed" || phase == "Succeeded";
  if (over || pod["spec"]["nodeName"].text().empty()) grace = 0;
  return grace;
}

enum class Grace { kNone, kStarted, kPending };

// rest.BeforeDelete for the one kind that is deleted gracefully.
Grace begin_grace(data::Value& pod, const DeleteOptions& options, base::Time now) {
  data::Value& metadata = pod.edit("metadata");
  if (!kube::is_terminating(pod)) {
    int64_t grace = pod_grace(pod, options);
    metadata.set("deletionTimestamp", kube::format_time(now + std::chrono::seconds(grace)));
    metadata.set("deletionGracePeriodSeconds", grace);
    bump_generation(pod);
    return Grace::kStarted;
  }
  int64_t granted = metadata["deletionGracePeriodSeconds"].int_or(0);
  if (granted == 0) return Grace::kNone;
  if (!options.grace_s) return Grace::kPending;
  int64_t wanted = *options.grace_s < 0 ? 1 : *options.grace_s;
  if (wanted >= granted) return Grace::kPending;
  base::Time end = parse_timestamp(metadata["deletionTimestamp"].text()) +
                   std::chrono::seconds(wanted - granted);
  if (end < now) {
    end = now;
    if (wanted != 0) wanted = 1;
  }
  metadata.set("deletionTimestamp", kube::format_time(end));
  metadata.set("deletionGracePeriodSeconds", wanted);
  return Grace::kStarted;
}

void mark_deleting(data::Value& object, base::Time now) {
  data::Value& metadata = object.edit("metadata");
  if (!kube::is_terminating(object)) {
    bump_generation(object);
    metadata.set("deletionTimestamp", kube::format_time(now));
  } else if (parse_timestamp(metadata["deletionTimestamp"].text()) > now) {
    metadata.set("deletionTimestamp", kube::format_time(now));
  }
  metadata.set("deletionGracePeriodSeconds", 0);
}

bool is_held(const Resource& resource, const data::Value& object) {
  if (!object["metadata"]["finalizers"].empty()) return true;
  return resource.gvr.group_resource() == "namespaces" && !object["spec"]["finalizers"].empty();
}

// What the object becomes by the request, and whether it is to be erased.
struct Removal {
  data::Value object;
  bool erase = false;
};

Removal decide_removal(const ServerCore& core, const Resource& resource, const data::Value& live,
                       const DeleteOptions& options) {
  base::Time now = core.runtime.now();
  Removal removal{live, false};
  data::Value& object = removal.object;
  std::string name = resource.gvr.group_resource();
  bool graceful = false;
  if (name == "pods") {
    Grace grace = begin_grace(object, options, now);
    if (grace == Grace::kPending) return removal;
    graceful = grace == Grace::kStarted;
  }
  set_dependents_finalizer(resource, object, options.propagation);
  if (name == "namespaces" && is_held(resource, object)) {
    object.edit("status").set("phase", "Terminating");
  }
  if (name == kCrdResource && is_held(resource, object)) mark_crd_terminating(core, object);
  if (is_held(resource, object)) {
    if (!graceful) mark_deleting(object, now);
    return removal;
  }
  int64_t left = object["metadata"]["deletionGracePeriodSeconds"].int_or(0);
  removal.erase = !graceful || left == 0;
  return removal;
}

}  // namespace

Task<data::Value> Writer::remove(Target target, DeleteOptions options) {
  WriteOptions write_options;
  write_options.caller = options.caller;
  write_options.dry_run = options.dry_run;
  write_options.warnings = options.warnings;
  ApiWrite write = begin(std::move(target), "DELETE", std::move(write_options));
  const Resource& resource = *write.resource;
  write.old = find_object(core_, resource, write.name());
  if (write.old.is_null()) throw kube::not_found(resource_name(resource), write.target.name);
  check_delete_preconditions(resource, write.old, options);
  co_await admission_.mutate(write);
  co_await admission_.validate(write);
  // Webhooks may have taken their time.
  data::Value live = find_object(core_, resource, write.name());
  if (live.is_null()) throw kube::not_found(resource_name(resource), write.target.name);
  check_delete_preconditions(resource, live, options);
  if (resource_name(resource) == kCrdResource) hold_for_instances(live);
  Removal removal = decide_removal(core_, resource, live, options);
  if (options.dry_run) co_return removal.object;
  data::Value result = live;
  if (removal.erase) {
    result = to_version(core_.store.erase(store_key(resource), write.name()), resource);
  } else if (!(removal.object == live)) {
    result = put_object(core_, write, removal.object);
  }
  if (resource_name(resource) == kCrdResource) {
    co_await remove_instances(result);
  } else if (resource.is_custom()) {
    co_await remove_last_traces(resource_name(resource));
  }
  co_return result;
}

// The definition's objects go with it (customresource finalizer of apiextensions-apiserver).
Task<void> Writer::remove_instances(data::Value crd) {
  if (!has_finalizer(crd, kCrdCleanup)) co_return;
  Target all;
  all.gvr.group = crd["spec"]["group"].text();
  all.gvr.resource = crd["spec"]["names"]["plural"].text();
  ResourcePtr resource = core_.registry.find(all.gvr);
  if (resource) {
    all.gvr = resource->gvr;
    ListOptions everything;
    DeleteOptions options;
    co_await remove_collection(all, everything, options);
  }
  co_await remove_last_traces(crd["metadata"]["name"].text());
}

// Ends a definition that waits for its last object.
Task<void> Writer::remove_last_traces(std::string custom_resource) {
  const data::Value* crd = core_.store.find(kCrdResource, {"", custom_resource});
  if (!crd || !kube::is_terminating(*crd) || !has_finalizer(*crd, kCrdCleanup)) co_return;
  if (!core_.store.all(custom_resource).empty()) co_return;
  data::Value next = *crd;
  data::Value finalizers = data::Value::list();
  for (const data::Value& item : next["metadata"]["finalizers"].items()) {
    if (item.text() != kCrdCleanup) finalizers.push_back(item);
  }
  next.edit("metadata").set("finalizers", finalizers);
  if (finalizers.empty()) {
    core_.store.erase(kCrdResource, {"", custom_resource});
  } else {
    core_.store.put(kCrdResource, {"", custom_resource}, next);
  }
}

Task<data::Value> Writer::remove_collection(Target target, ListOptions which,
                                            DeleteOptions options) {
  data::Value list = list_objects(core_, target, which);
  for (const data::Value& item : list["items"].items()) {
    Target one = target;
    one.ns = item["metadata"]["namespace"].text();
    one.name = item["metadata"]["name"].text();
    try {
      co_await remove(one, options);
    } catch (const kube::StatusError& error) {
      if (!error.is_not_found()) throw;
    }
  }
  co_return list;
}

}  // namespace jibe::twin
