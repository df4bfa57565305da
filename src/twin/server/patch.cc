// PATCH in its four kinds (apiserver pkg/endpoints/handlers/patch.go, 1.36).
#include "data/patch.h"

#include "base/coroutine.h"
#include "base/strings.h"
#include "data/json.h"
#include "kube/status.h"
#include "twin/schema/decode.h"
#include "twin/schema/managed_fields.h"
#include "twin/schema/patch_schema.h"
#include "twin/server/reader.h"
#include "twin/server/steps.h"
#include "twin/server/writer.h"

namespace jibe::twin {

namespace {

using data::Value;

// What kube-apiserver makes of a patch that does not fit the object: 422 without the cause.
kube::StatusError rejected() {
  return kube::StatusError(422, "Invalid",
                           "the server rejected our request due to an error in our request");
}

// fmt's %+v of decoded JSON: "map[spec:map[replicas:2]]".
std::string go_plus_v(const Value& value) {
  std::string out;
  if (value.is_map()) {
    for (const data::Entry& entry : value.entries()) {
      out += (out.empty() ? "" : " ") + entry.key + ":" + go_plus_v(entry.value);
    }
    return "map[" + out + "]";
  }
  if (value.is_list()) {
    for (const Value& item : value.items()) out += (out.empty() ? "" : " ") + go_plus_v(item);
    return "[" + out + "]";
  }
  if (value.is_null()) return "<nil>";
  if (value.is_string()) return value.as_string();
  return value.is_double() ? data::go_number(value.as_double()) : data::to_json(value);
}

Value apply_plain(PatchType type, const Value& target, const Value& patch,
                  const data::PatchSchema* schema) {
  if (type == PatchType::kJson) {
    try {
      return data::json_patch(target, patch);
    } catch (const base::InvalidInput&) {
      throw rejected();
    }
  }
  try {
    if (type == PatchType::kMerge) return data::merge_patch(target, patch);
    return data::strategic_merge_patch(target, patch, schema);
  } catch (const base::InvalidInput& error) {
    throw kube::bad_request(error.what());
  }
}

// 422 that shows what was patched in, as kube-apiserver does: the patch itself for strategic
// merges, the whole outcome for the other kinds.
kube::StatusError bad_patch(const std::string& shown, const std::string& why) {
  std::string message = fmt::format("Invalid value: {}: {}", data::go_quote(shown), why);
  return kube::invalid("", "", "", Value::list({cause("FieldValueInvalid", message, "patch")}));
}

// Types, unknown fields and defaults of what a patch made.
void accept_patched(const ApiWrite& write, PatchType type, const Value& patch, Value& object) {
  const Resource& resource = *write.resource;
  Value before = object;
  auto shown = [&] {
    return type == PatchType::kStrategic ? go_plus_v(patch) : data::to_json(before);
  };
  std::vector<std::string> unknown = write.options.findings;
  try {
    const bool strategic = type == PatchType::kStrategic;
    for (std::string& sentence : decode_patched(resource, object, strategic)) {
      unknown.push_back(std::move(sentence));
    }
  } catch (const base::InvalidInput& error) {
    throw bad_patch(shown(), error.what());
  }
  if (!unknown.empty() && write.options.field_validation == "Strict") {
    throw bad_patch(shown(), "strict decoding error: " + base::join(unknown, ", "));
  }
  if (write.options.field_validation == "Warn") {
    for (const std::string& sentence : unknown) warn(write.options, sentence);
  }
  accept_again(resource, object);
}

void check_identity(const ApiWrite& write, const Value& object) {
  const std::string& name = object["metadata"]["name"].text();
  if (name != write.target.name) {
    throw kube::bad_request(
        fmt::format("the name of the object ({}) does not match the name on the URL ({})", name,
                    write.target.name));
  }
  const std::string& ns = object["metadata"]["namespace"].text();
  if (write.resource->namespaced && ns != write.target.ns) {
    throw kube::bad_request(
        "the namespace of the provided object does not match the namespace sent on the request");
  }
}

void check_applied(const ApiWrite& write, const Value& applied) {
  if (write.options.field_manager.empty()) {
    throw kube::invalid(
        "PatchOptions", "meta.k8s.io", "",
        Value::list({cause("FieldValueRequired", "Required value: is required for apply patch",
                           "fieldManager")}));
  }
  if (!applied.is_map()) throw kube::bad_request("error decoding YAML: the patch is no object");
  kube::Gvk kind = kube::gvk_of(applied);
  if (kind.kind.empty() || kind.version.empty()) {
    throw kube::bad_request("invalid object type: " + kind.api_version() + ", Kind=" + kind.kind);
  }
  const Resource& resource = *write.resource;
  if (!(kind == resource.gvk())) {
    throw kube::bad_request(
        fmt::format("incorrect object type, got: {}, Kind={}; want: {}, Kind={}",
                    kind.api_version(), kind.kind, resource.gvr.api_version(), resource.kind));
  }
}

Value apply_one(const ServerCore& core, const ApiWrite& write, const Value& live, Value applied) {
  if (applied["metadata"]["name"].text().empty()) {
    applied.edit("metadata").set("name", write.target.name);
  }
  if (write.resource->namespaced && applied["metadata"]["namespace"].text().empty()) {
    applied.edit("metadata").set("namespace", write.target.ns);
  }
  const std::string& uid = applied["metadata"]["uid"].text();
  if (live.is_null() && !uid.empty()) {
    throw kube::conflict(resource_name(*write.resource), write.target.name,
                         "uid mismatch: the provided object specified uid " + uid +
                             ", and no existing object was found");
  }
  FieldWriter writer;
  writer.manager = write.options.field_manager;
  writer.subresource = write.target.subresource;
  writer.now = core.runtime.now();
  return apply_object(*write.resource, live, applied, writer, write.options.force);
}

Value patched_scale(const ServerCore& core, const ApiWrite& write, const Value& live,
                    PatchType type, const Value& patch) {
  Value scale = to_scale(*write.resource, live);
  // A Scale has no lists: both merges are the same.
  PatchType plain = type == PatchType::kJson ? PatchType::kJson : PatchType::kMerge;
  return set_scale(core, write, live, apply_plain(plain, scale, patch, nullptr));
}

UpdatePlan plan_patch(const ServerCore& core, const ApiWrite& write, PatchType type,
                      const Value& patch) {
  UpdatePlan plan;
  plan.may_create = type == PatchType::kApply && write.target.subresource.empty();
  plan.next = [&core, write, type, patch](const Value& live) {
    if (write.target.subresource == "scale") {
      return patched_scale(core, write, live, type, patch);
    }
    Value next;
    if (type == PatchType::kApply) {
      next = apply_one(core, write, live, patch);
      accept_again(*write.resource, next);
    } else {
      data::PatchSchemaPtr schema;
      if (type == PatchType::kStrategic) schema = patch_schema(write.resource->schema);
      next = apply_plain(type, live, patch, schema.get());
      if (!next.is_map()) throw rejected();
      accept_patched(write, type, patch, next);
    }
    check_identity(write, next);
    if (type != PatchType::kApply) track_fields(core, write, next, live);
    return next;
  };
  return plan;
}

}  // namespace

Task<Value> Writer::patch(Target target, PatchType type, Value patch, WriteOptions options) {
  ApiWrite write = begin(target, "UPDATE", options);
  const Resource& resource = *write.resource;
  if (!resource.has_verb("patch") && target.subresource.empty()) {
    throw kube::method_not_allowed(resource_name(resource), "patch");
  }
  if (type == PatchType::kStrategic && resource.is_custom()) {
    throw kube::unsupported_media_type(
        "the body of the request was in an unknown format - accepted media types include: "
        "application/json-patch+json, application/merge-patch+json, "
        "application/apply-patch+yaml");
  }
  if (type == PatchType::kApply) check_applied(write, patch);
  UpdatePlan plan = plan_patch(core_, write, type, patch);
  bool scale = target.subresource == "scale";
  Value object = co_await revise(std::move(target), std::move(plan), std::move(options));
  if (scale) co_return to_scale(resource, object);
  co_return object;
}

}  // namespace jibe::twin
