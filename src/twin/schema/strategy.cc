#include "twin/schema/strategy.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "base/strings.h"
#include "twin/schema/decode.h"
#include "twin/schema/pod_qos.h"
#include "twin/schema/schema.h"

namespace jibe::twin {
namespace {

using data::Value;

// Kinds whose strategy.go sets metadata.generation, by group resource.
const std::set<std::string, std::less<>>& generational() {
  static const std::set<std::string, std::less<>> kNames = {
      "pods",
      "podtemplates",
      "replicationcontrollers",
      "deployments.apps",
      "daemonsets.apps",
      "statefulsets.apps",
      "replicasets.apps",
      "jobs.batch",
      "cronjobs.batch",
      "poddisruptionbudgets.policy",
      "ingresses.networking.k8s.io",
      "ingressclasses.networking.k8s.io",
      "networkpolicies.networking.k8s.io",
      "endpointslices.discovery.k8s.io",
      "priorityclasses.scheduling.k8s.io",
      "csidrivers.storage.k8s.io",
      "flowschemas.flowcontrol.apiserver.k8s.io",
      "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
      "deviceclasses.resource.k8s.io",
      "resourceslices.resource.k8s.io",
      "mutatingwebhookconfigurations.admissionregistration.k8s.io",
      "validatingwebhookconfigurations.admissionregistration.k8s.io",
      "validatingadmissionpolicies.admissionregistration.k8s.io",
      "validatingadmissionpolicybindings.admissionregistration.k8s.io",
      "mutatingadmissionpolicies.admissionregistration.k8s.io",
      "mutatingadmissionpolicybindings.admissionregistration.k8s.io",
      "customresourcedefinitions.apiextensions.k8s.io"};
  return kNames;
}

void fold_string_data(Value& secret) {
  const Value texts = secret["stringData"];
  if (!texts.is_map()) return;
  secret.erase("stringData");
  for (const data::Entry& e : texts.entries()) {
    secret.edit("data").set(e.key, base::base64_encode(e.value.text()));
  }
}

void add_namespace_finalizer(Value& ns) {
  const auto has = std::ranges::any_of(ns["spec"]["finalizers"].items(),
                                       [](const Value& f) { return f.text() == "kubernetes"; });
  if (!has) ns.edit("spec").edit("finalizers").push_back("kubernetes");
  ns.set("status", Value::map({{"phase", "Active"}}));
}

void label_namespace(Value& ns) {
  ns.edit("metadata").edit("labels").set("kubernetes.io/metadata.name", ns["metadata"]["name"]);
}

// batch/job/strategy.go generateSelector: only pods of this very Job match.
void generate_job_selector(Value& job) {
  if (job["spec"]["manualSelector"].bool_or(false)) return;
  const Value name = job["metadata"]["name"];
  const Value uid = job["metadata"]["uid"];
  Value& spec = job.edit("spec");
  Value& labels = spec.edit("template").edit("metadata").edit("labels");
  const std::pair<const char*, Value> wanted[] = {{"job-name", name},
                                                  {"batch.kubernetes.io/job-name", name},
                                                  {"controller-uid", uid},
                                                  {"batch.kubernetes.io/controller-uid", uid}};
  for (const auto& [key, value] : wanted) {
    if (!labels.has(key)) labels.set(key, value);
  }
  Value& match = spec.edit("selector").edit("matchLabels");
  if (!match.has("batch.kubernetes.io/controller-uid")) {
    match.set("batch.kubernetes.io/controller-uid", uid);
  }
}

// A new object's status is not the client's to say.
void empty_status(const Resource& resource, Value& object) {
  const SchemaProperty* status = resource.schema->root().property("status");
  if (status == nullptr) return;
  object.erase("status");
  if (!status->default_value.is_map() || resource.is_custom()) return;
  object.set("status", Value::map());
  fill_structs(*status->node, object.edit("status"));
}

// Everything but metadata and what is written elsewhere.
Value desired_part(const Resource& resource, Value object) {
  object.erase("metadata");
  object.erase("apiVersion");
  object.erase("kind");
  if (resource.has_subresource("status")) object.erase("status");
  return object;
}

void copy_field(Value& to, const Value& from, const char* key) {
  if (from.has(key)) {
    to.set(key, from[key]);
  } else {
    to.erase(key);
  }
}

void keep_generation(Value& object, const Value& old) {
  const Value& generation = old["metadata"]["generation"];
  if (generation.is_null()) {
    object.edit("metadata").erase("generation");
  } else {
    object.edit("metadata").set("generation", generation);
  }
}

bool is_kind(const Resource& resource, std::string_view group, std::string_view kind) {
  return resource.gvr.group == group && resource.kind == kind;
}

// Only status and managedFields are the writer's; built-in kinds also take metadata.
void keep_all_but_status(const Resource& resource, Value& object, const Value& old) {
  if (resource.is_custom()) {
    Value merged = old;
    copy_field(merged, object, "status");
    copy_field(merged.edit("metadata"), object["metadata"], "managedFields");
    copy_field(merged.edit("metadata"), object["metadata"], "resourceVersion");
    object = std::move(merged);
    return;
  }
  copy_field(object, old, "spec");
  if (resource.gvr.group == "apps" || resource.gvr.group == "apiextensions.k8s.io") {
    copy_field(object.edit("metadata"), old["metadata"], "labels");
  }
  if (is_kind(resource, "", "Pod")) {
    copy_field(object.edit("metadata"), old["metadata"], "ownerReferences");
    if (object["status"]["qosClass"].is_null()) {
      copy_field(object.edit("status"), old["status"], "qosClass");
    }
  }
}

// An update that leaves out fields which were allocated means the old ones
// (core/service/storage patchAllocatedValues).
void keep_service_allocations(Value& service, const Value& old) {
  Value& spec = service.edit("spec");
  const Value& before = old["spec"];
  const std::string& type = spec["type"].text();
  if (type == "ExternalName" || before["type"].text() == "ExternalName") return;
  for (const char* key : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"}) {
    if (spec[key].empty() && spec[key].text().empty()) copy_field(spec, before, key);
  }
  if (type != "NodePort" && type != "LoadBalancer") return;
  for (size_t i = 0; i < spec["ports"].size(); ++i) {
    Value& port = spec.edit("ports").edit(i);
    if (port["nodePort"].int_or(0) != 0) continue;
    for (const Value& p : before["ports"].items()) {
      const bool same = p["port"] == port["port"] && p["protocol"] == port["protocol"];
      if (same && p["nodePort"].int_or(0) != 0) port.set("nodePort", p["nodePort"]);
    }
  }
  if (type == "LoadBalancer" && spec["healthCheckNodePort"].int_or(0) == 0) {
    copy_field(spec, before, "healthCheckNodePort");
  }
}

// Conversion between the two spellings of one list (core/service normalizeClusterIPs).
void normalize_cluster_ips(Value& service) {
  Value& spec = service.edit("spec");
  const std::string ip = spec["clusterIP"].text();
  if (!ip.empty() && spec["clusterIPs"].empty()) spec.set("clusterIPs", Value::list({ip}));
  if (ip.empty() && !spec["clusterIPs"].empty()) spec.set("clusterIP", spec["clusterIPs"][0]);
}

// The one trace that extensions/v1beta1 left in apps/v1 (conversion and daemonset/strategy.go).
void count_template_generation(Value& set, const Value& old) {
  constexpr const char* kKey = "deprecated.daemonset.template.generation";
  const auto number = [](const Value& o) -> int64_t {
    const std::string& text = o["metadata"]["annotations"][kKey].text();
    return std::strtoll(text.c_str(), nullptr, 10);
  };
  int64_t count = std::max<int64_t>(number(set), 1);
  if (!old.is_null()) {
    const bool same = set["spec"]["template"] == old["spec"]["template"];
    count = number(old) + (same ? 0 : 1);
  }
  set.edit("metadata").edit("annotations").set(kKey, std::to_string(count));
}

void prepare_spec_update(const Resource& resource, Value& object, const Value& old) {
  if (resource.has_subresource("status") ||
      is_kind(resource, "apiextensions.k8s.io", "CustomResourceDefinition")) {
    copy_field(object, old, "status");
  }
  if (is_kind(resource, "apps", "DaemonSet")) count_template_generation(object, old);
  if (is_kind(resource, "", "Secret")) fold_string_data(object);
  if (is_kind(resource, "", "Namespace")) {
    copy_field(object.edit("spec"), old["spec"], "finalizers");
    label_namespace(object);
  }
  if (is_kind(resource, "", "Service")) {
    keep_service_allocations(object, old);
    normalize_cluster_ips(object);
  }
  if (counts_generations(resource) &&
      !(desired_part(resource, object) == desired_part(resource, old))) {
    object.edit("metadata").set("generation", old["metadata"]["generation"].int_or(0) + 1);
  }
}

}  // namespace

bool counts_generations(const Resource& resource) {
  return resource.is_custom() || generational().contains(resource.gvr.group_resource());
}

void prepare_for_create(const Resource& resource, Value& object) {
  Value& metadata = object.edit("metadata");
  metadata.erase("generation");
  if (counts_generations(resource)) metadata.set("generation", 1);
  const Value stored_versions = object["status"]["storedVersions"];
  if (resource.has_subresource("status")) empty_status(resource, object);
  const std::string& kind = resource.kind;
  if (resource.gvr.group.empty()) {
    if (kind == "Secret") fold_string_data(object);
    if (kind == "Namespace") {
      add_namespace_finalizer(object);
      label_namespace(object);
    }
    if (kind == "Pod") {
      object.set("status", Value::map({{"phase", "Pending"}, {"qosClass", pod_qos_class(object)}}));
    }
    if (kind == "Service") normalize_cluster_ips(object);
    if (kind == "PersistentVolumeClaim" || kind == "PersistentVolume") {
      object.set("status", Value::map({{"phase", "Pending"}}));
    }
  }
  if (is_kind(resource, "batch", "Job")) generate_job_selector(object);
  if (is_kind(resource, "apps", "DaemonSet")) count_template_generation(object, nullptr);
  if (is_kind(resource, "apiextensions.k8s.io", "CustomResourceDefinition")) {
    object.set("status", Value::map({{"storedVersions", stored_versions}}));
  }
}

void prepare_for_update(const Resource& resource, Value& object, const Value& old,
                        std::string_view subresource) {
  keep_generation(object, old);
  if (subresource == "status" || subresource == "approval") {
    keep_all_but_status(resource, object, old);
  } else if (subresource == "finalize") {
    copy_field(object, old, "status");
  } else {
    prepare_spec_update(resource, object, old);
  }
}

}  // namespace jibe::twin
