#include "base/coroutine.h"
#include "kube/status.h"
#include "twin/server/allocate.h"
#include "twin/server/reviews.h"
#include "twin/server/steps.h"
#include "twin/server/writer.h"

namespace jibe::twin {

namespace {

const char* verb_of(const std::string& operation) {
  if (operation == "CREATE") return "create";
  return operation == "DELETE" ? "delete" : "update";
}

}  // namespace

ApiWrite Writer::begin(Target target, const char* operation, WriteOptions options) const {
  ApiWrite write;
  write.resource = core_.registry.need(target.gvr);
  write.operation = operation;
  if (!write.resource->has_verb(verb_of(operation)) && target.subresource.empty()) {
    throw kube::method_not_allowed(resource_name(*write.resource), verb_of(operation));
  }
  if (!target.subresource.empty() && !write.resource->has_subresource(target.subresource)) {
    throw kube::StatusError(404, "NotFound", "the server could not find the requested resource");
  }
  if (!write.resource->namespaced) target.ns.clear();
  write.target = std::move(target);
  write.options = std::move(options);
  return write;
}

Task<data::Value> Writer::create(Target target, data::Value object, WriteOptions options) {
  if (!target.subresource.empty()) {
    co_return co_await create_subresource(std::move(target), std::move(object), std::move(options));
  }
  ApiWrite write = begin(std::move(target), "CREATE", std::move(options));
  if (write.resource->namespaced && write.target.ns.empty()) {
    write.target.ns = object["metadata"]["namespace"].text();
  }
  write.object = std::move(object);
  accept_object(write);
  if (std::optional<data::Value> answer = answer_review(core_, write)) co_return *answer;
  wipe_metadata(write.object);
  write.target.name = write.object["metadata"]["name"].text();
  track_fields(core_, write, write.object, nullptr);
  co_return co_await create_prepared(std::move(write));
}

// From admission on; shared with an apply that creates.
Task<data::Value> Writer::create_prepared(ApiWrite write) {
  const data::Value& definition = core_.registry.crd(resource_name(*write.resource));
  if (kube::is_terminating(definition)) {
    throw kube::StatusError(405, "MethodNotAllowed",
                            "create not allowed while custom resource definition is terminating");
  }
  co_await admission_.mutate(write);
  // Only now, as in kube-apiserver: webhooks see new objects without uid and generated name.
  fill_new_metadata(core_, write);
  prepare_new(core_, write);
  allocate_service(core_, write, write.object, nullptr);
  check_new(write);
  co_await admission_.validate(write);
  if (core_.store.find(store_key(*write.resource), write.name())) {
    throw kube::already_exists(resource_name(*write.resource), write.target.name);
  }
  if (write.options.dry_run) co_return write.object;
  co_return put_object(core_, write, write.object);
}

}  // namespace jibe::twin
