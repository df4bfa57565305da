// The scale subresource: one number of an object as an object of its own (autoscaling/v1 Scale).
#include "base/coroutine.h"
#include "base/strings.h"
#include "kube/selector.h"
#include "kube/status.h"
#include "twin/server/reader.h"
#include "twin/server/steps.h"
#include "twin/server/writer.h"

namespace jibe::twin {

namespace {

using data::Value;

// ".spec.replicas" of a custom kind's scale subresource; the built-in kinds' own where it is none.
std::string scale_path(const Resource& resource, const char* which, const char* fallback) {
  if (!resource.is_custom()) return fallback;
  return resource.crd_version["subresources"]["scale"][which].text();
}

const Value& at_path(const Value& object, std::string_view path) {
  const Value* value = &object;
  for (std::string_view step : base::split(path, '.')) {
    if (!step.empty()) value = &(*value)[step];
  }
  return *value;
}

void set_at_path(Value& object, std::string_view path, Value value) {
  Value* place = &object;
  for (std::string_view step : base::split(path, '.')) {
    if (!step.empty()) place = &place->edit(step);
  }
  *place = std::move(value);
}

std::string selector_text(const Resource& resource, const Value& object) {
  if (resource.is_custom()) {
    std::string path = scale_path(resource, "labelSelectorPath", "");
    return path.empty() ? "" : at_path(object, path).text();
  }
  const Value& selector = object["spec"]["selector"];
  if (resource.kind == "ReplicationController")
    return kube::LabelSelector::from_map(selector).str();
  return kube::LabelSelector::from_value(selector).str();
}

void check_scale(const Value& scale, const std::string& name) {
  int64_t replicas = scale["spec"]["replicas"].int_or(0);
  if (replicas >= 0) return;
  throw kube::invalid(
      "Scale", "autoscaling", name,
      Value::list(
          {cause("FieldValueInvalid",
                 fmt::format("Invalid value: {}: must be greater than or equal to 0", replicas),
                 "spec.replicas")}));
}

}  // namespace

Value to_scale(const Resource& resource, const Value& object) {
  Value metadata;
  for (const char* field : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
    if (object["metadata"].has(field)) metadata.set(field, object["metadata"][field]);
  }
  Value spec = Value::map();
  int64_t wanted =
      at_path(object, scale_path(resource, "specReplicasPath", ".spec.replicas")).int_or(0);
  if (wanted != 0) spec.set("replicas", wanted);
  int64_t actual =
      at_path(object, scale_path(resource, "statusReplicasPath", ".status.replicas")).int_or(0);
  Value status = Value::map({{"replicas", actual}});
  std::string selector = selector_text(resource, object);
  if (!selector.empty()) status.set("selector", selector);
  return Value::map({{"kind", "Scale"},
                     {"apiVersion", "autoscaling/v1"},
                     {"metadata", metadata},
                     {"spec", spec},
                     {"status", status}});
}

Value set_scale(const ServerCore& core, const ApiWrite& write, const Value& live,
                const Value& scale) {
  const Resource& resource = *write.resource;
  check_scale(scale, write.target.name);
  Value next = live;
  const std::string& revision = scale["metadata"]["resourceVersion"].text();
  if (!revision.empty()) next.edit("metadata").set("resourceVersion", revision);
  const std::string& uid = scale["metadata"]["uid"].text();
  if (!uid.empty()) next.edit("metadata").set("uid", uid);
  set_at_path(next, scale_path(resource, "specReplicasPath", ".spec.replicas"),
              scale["spec"]["replicas"].int_or(0));
  track_fields(core, write, next, live);
  return next;
}

Task<Value> Writer::update_scale(Target target, Value scale, WriteOptions options) {
  ApiWrite write = begin(target, "UPDATE", options);
  if (scale["kind"].text() != "Scale") {
    throw kube::bad_request("the object provided is unrecognized (must be of type Scale)");
  }
  UpdatePlan plan;
  plan.next = [this, write, scale](const Value& live) {
    return set_scale(core_, write, live, scale);
  };
  Value object = co_await revise(std::move(target), std::move(plan), std::move(options));
  co_return to_scale(*write.resource, object);
}

}  // namespace jibe::twin
