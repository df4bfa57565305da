#include "twin/server/steps.h"

#include "base/strings.h"
#include "kube/status.h"
#include "kube/time.h"
#include "twin/schema/decode.h"
#include "twin/schema/defaults.h"
#include "twin/schema/managed_fields.h"
#include "twin/schema/strategy.h"
#include "twin/schema/validation.h"
#include "twin/server/crd_status.h"

namespace jibe::twin {

namespace {

void check_kind(const Resource& resource, data::Value& object) {
  if (!object.is_map()) {
    throw kube::bad_request(
        fmt::format("the object provided is unrecognized (must be of type {}): couldn't get "
                    "version/kind; json: cannot unmarshal {} into Go value of type struct",
                    resource.kind, data::to_string(object.kind())));
  }
  std::string version = resource.gvr.api_version();
  if (object["apiVersion"].text().empty()) object.set("apiVersion", version);
  if (object["kind"].text().empty()) object.set("kind", resource.kind);
  if (object["apiVersion"].text() != version) {
    throw kube::bad_request(
        fmt::format("the API version in the data ({}) does not match the expected API version ({})",
                    object["apiVersion"].text(), version));
  }
  if (object["kind"].text() != resource.kind) {
    throw kube::bad_request(fmt::format(
        "{} in version \"{}\" cannot be handled as a {}: no kind \"{}\" is registered "
        "for this resource",
        object["kind"].text(), resource.gvr.version, resource.kind, object["kind"].text()));
  }
}

void check_namespace(const ApiWrite& write, data::Value& object) {
  const std::string& ns = object["metadata"]["namespace"].text();
  if (!write.resource->namespaced) {
    if (!ns.empty() && write.resource->kind != "Namespace") {
      throw kube::bad_request(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
    if (!ns.empty()) object.edit("metadata").erase("namespace");
    return;
  }
  if (write.target.ns.empty()) {
    throw kube::bad_request("an empty namespace may not be set during creation");
  }
  if (!ns.empty() && ns != write.target.ns) {
    throw kube::bad_request(
        "the namespace of the provided object does not match the namespace sent on the request");
  }
  object.edit("metadata").set("namespace", write.target.ns);
}

const char* const kUnconditionalRefused[] = {
    "runtimeclasses.node.k8s.io",
    "poddisruptionbudgets.policy",
    "csidrivers.storage.k8s.io",
    "csinodes.storage.k8s.io",
    "csistoragecapacities.storage.k8s.io",
    "volumeattachments.storage.k8s.io",
    "leases.coordination.k8s.io",
    "mutatingwebhookconfigurations.admissionregistration.k8s.io",
    "validatingwebhookconfigurations.admissionregistration.k8s.io",
    "validatingadmissionpolicies.admissionregistration.k8s.io",
    "validatingadmissionpolicybindings.admissionregistration.k8s.io",
    kCrdResource,
};

// AllowUnconditionalUpdate of pkg/registry/*/strategy.go, 1.36.
bool wants_resource_version(const Resource& resource) {
  if (resource.is_custom()) return true;
  std::string name = resource.gvr.group_resource();
  return std::any_of(std::begin(kUnconditionalRefused), std::end(kUnconditionalRefused),
                     [&](const char* known) { return name == known; });
}

void keep(data::Value& metadata, const data::Value& old, const char* field) {
  const data::Value& value = old["metadata"][field];
  if (!value.is_null()) metadata.set(field, value);
}

}  // namespace

void accept_object(ApiWrite& write) {
  const Resource& resource = *write.resource;
  check_kind(resource, write.object);
  check_namespace(write, write.object);
  std::vector<std::string> unknown = write.options.findings;
  for (std::string& sentence : decode_object(resource, write.object)) {
    unknown.push_back(std::move(sentence));
  }
  if (!unknown.empty() && write.options.field_validation == "Strict") {
    throw kube::bad_request(strict_error(resource, unknown));
  }
  if (write.options.field_validation == "Warn") {
    for (const std::string& sentence : unknown) warn(write.options, sentence);
  }
  apply_defaults(resource, write.object);
}

void accept_again(const Resource& resource, data::Value& object) {
  decode_object(resource, object);
  apply_defaults(resource, object);
}

void wipe_metadata(data::Value& object) {
  data::Value& metadata = object.edit("metadata");
  for (const char* field : {"creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
                            "selfLink", "resourceVersion", "uid"}) {
    metadata.erase(field);
  }
}

void fill_new_metadata(const ServerCore& core, ApiWrite& write) {
  data::Value& metadata = write.object.edit("metadata");
  base::Random& random = core.runtime.random();
  metadata.set("uid", generate_uid(random));
  metadata.set("creationTimestamp", kube::format_time(core.runtime.now()));
  std::string name = metadata["name"].text();
  const std::string base = metadata["generateName"].text();
  std::string key = store_key(*write.resource);
  for (int attempt = 0; name.empty() && !base.empty() && attempt < 8; ++attempt) {
    std::string candidate = generate_name(random, base);
    if (!core.store.find(key, {write.target.ns, candidate})) name = candidate;
  }
  if (!name.empty()) metadata.set("name", name);
  write.target.name = name;
}

void keep_system_metadata(data::Value& object, const data::Value& old) {
  data::Value& metadata = object.edit("metadata");
  if (metadata["uid"].text().empty()) keep(metadata, old, "uid");
  keep(metadata, old, "creationTimestamp");
  keep(metadata, old, "deletionTimestamp");
  if (metadata["deletionGracePeriodSeconds"].is_null()) {
    keep(metadata, old, "deletionGracePeriodSeconds");
  }
  if (old["metadata"]["deletionTimestamp"].is_null()) {
    metadata.erase("deletionTimestamp");
    metadata.erase("deletionGracePeriodSeconds");
  }
  metadata.erase("selfLink");
  metadata.set("resourceVersion", old["metadata"]["resourceVersion"]);
}

void check_preconditions(const Resource& resource, data::Value& object, const data::Value& live) {
  const std::string& name = live["metadata"]["name"].text();
  const std::string& uid = object["metadata"]["uid"].text();
  if (!uid.empty() && uid != kube::uid_of(live)) {
    throw kube::conflict(
        resource_name(resource), name,
        fmt::format("Precondition failed: UID in precondition: {}, UID in object meta: {}", uid,
                    kube::uid_of(live)));
  }
  const std::string& revision = object["metadata"]["resourceVersion"].text();
  if (revision.empty() || revision == "0") {
    if (!wants_resource_version(resource)) return;
    throw kube::invalid(
        resource.gvr.resource, resource.gvr.group, name,
        data::Value::list(
            {cause("FieldValueInvalid", "Invalid value: 0: must be specified for an update",
                   "metadata.resourceVersion")}));
  }
  if (revision != kube::resource_version_of(live)) {
    throw kube::conflict(resource_name(resource), name, kModified);
  }
}

std::string manager_of(const WriteOptions& options) {
  if (!options.field_manager.empty()) return options.field_manager;
  std::string manager(base::cut(options.caller.user_agent, "/").before);
  return manager.substr(0, 128);
}

void track_fields(const ServerCore& core, const ApiWrite& write, data::Value& object,
                  const data::Value& live) {
  FieldWriter writer;
  writer.manager = manager_of(write.options);
  writer.subresource = write.target.subresource;
  writer.now = core.runtime.now();
  // Fields that the strategy will take away again are nobody's (GetResetFields).
  data::Value kept = object;
  if (live.is_null()) {
    prepare_for_create(*write.resource, kept);
  } else {
    prepare_for_update(*write.resource, kept, live, write.target.subresource);
  }
  track_update(*write.resource, live, kept, writer);
  data::Value& metadata = object.edit("metadata");
  const data::Value& managed = kept["metadata"]["managedFields"];
  if (managed.is_null()) {
    metadata.erase("managedFields");
  } else {
    metadata.set("managedFields", managed);
  }
}

namespace {

// Who asks for a certificate is what the server knows, not what he says
// (registry/certificates/certificates/strategy.go).
void name_requestor(const Caller& caller, data::Value& request) {
  data::Value& spec = request.edit("spec");
  for (const char* key : {"username", "uid", "groups", "extra"}) spec.erase(key);
  spec.set("username", caller.user);
  data::Value groups = data::Value::list();
  for (const std::string& group : caller.groups) groups.push_back(group);
  if (!groups.empty()) spec.set("groups", groups);
}

}  // namespace

void prepare_new(const ServerCore& core, ApiWrite& write) {
  prepare_for_create(*write.resource, write.object);
  if (resource_name(*write.resource) == "certificatesigningrequests.certificates.k8s.io") {
    name_requestor(write.options.caller, write.object);
  }
  if (resource_name(*write.resource) == kCrdResource) settle_crd(core, write.object);
}

void prepare_changed(const ServerCore& core, ApiWrite& write) {
  const std::string& subresource = write.target.subresource;
  bool is_namespace = resource_name(*write.resource) == "namespaces";
  bool finalize = is_namespace && subresource == "finalize";
  data::Value finalizers = write.object["spec"]["finalizers"];
  bool whole = finalize || subresource == "scale";
  prepare_for_update(*write.resource, write.object, write.old, whole ? "" : subresource);
  if (is_namespace) {
    if (!finalize) finalizers = write.old["spec"]["finalizers"];
    data::Value spec = write.old["spec"];
    if (finalizers.empty()) {
      spec.erase("finalizers");
    } else {
      spec.set("finalizers", finalizers);
    }
    write.object.set("spec", spec.is_null() ? data::Value::map() : spec);
  }
  if (resource_name(*write.resource) == kCrdResource && subresource.empty()) {
    settle_crd(core, write.object);
  }
}

void check_new(const ApiWrite& write) {
  const Resource& resource = *write.resource;
  data::Value causes = validate_create(resource, write.object);
  if (resource_name(resource) == kCrdResource && causes.empty()) causes = check_crd(write.object);
  refuse_invalid(resource, write.target.name, causes);
}

void check_changed(const ApiWrite& write) {
  const Resource& resource = *write.resource;
  data::Value causes = validate_update(resource, write.object, write.old, write.target.subresource);
  if (resource_name(resource) == kCrdResource && causes.empty()) causes = check_crd(write.object);
  refuse_invalid(resource, write.target.name, causes);
}

data::Value put_object(ServerCore& core, const ApiWrite& write, const data::Value& object) {
  const Resource& resource = *write.resource;
  ResourcePtr storage = core.registry.storage(resource);
  data::Value stored = core.store.put(store_key(resource), write.name(),
                                      storage ? to_version(object, *storage) : object);
  return to_version(stored, resource);
}

}  // namespace jibe::twin
