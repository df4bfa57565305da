#include "twin/server/field_labels.h"

#include "base/strings.h"
#include "data/json.h"
#include "kube/status.h"

namespace jibe::twin {

namespace {

struct Labels {
  const char* resource;
  std::vector<std::string_view> fields;
};

// Beside metadata.name and metadata.namespace: pkg/apis/*/v1/conversion.go, 1.36.
const std::vector<Labels>& known_labels() {
  static const std::vector<Labels> labels = {
      {"pods",
       {"spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
        "spec.hostNetwork", "status.phase", "status.podIP", "status.podIPs",
        "status.nominatedNodeName"}},
      {"nodes", {"spec.unschedulable"}},
      {"replicationcontrollers", {"status.replicas"}},
      {"replicasets.apps", {"status.replicas"}},
      {"events",
       {"involvedObject.kind", "involvedObject.namespace", "involvedObject.name",
        "involvedObject.uid", "involvedObject.apiVersion", "involvedObject.resourceVersion",
        "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type"}},
      {"events.events.k8s.io",
       {"regarding.kind", "regarding.namespace", "regarding.name", "regarding.uid",
        "regarding.apiVersion", "regarding.resourceVersion", "regarding.fieldPath", "reason",
        "reportingController", "type"}},
      {"namespaces", {"status.phase"}},
      {"secrets", {"type"}},
      {"services", {"spec.clusterIP", "spec.type"}},
      {"jobs.batch", {"status.successful"}},
      {"certificatesigningrequests.certificates.k8s.io", {"spec.signerName"}},
  };
  return labels;
}

bool is_known(const Resource& resource, std::string_view path) {
  if (path == "metadata.name") return true;
  if (path == "metadata.namespace") return resource.namespaced || resource.is_custom();
  for (const data::Value& field : resource.crd_version["selectableFields"].items()) {
    if (field["jsonPath"].text() == "." + std::string(path)) return true;
  }
  std::string name = resource.gvr.group_resource();
  for (const Labels& labels : known_labels()) {
    if (labels.resource != name) continue;
    return std::find(labels.fields.begin(), labels.fields.end(), path) != labels.fields.end();
  }
  return false;
}

bool has_own_labels(const Resource& resource) {
  std::string name = resource.gvr.group_resource();
  return std::any_of(known_labels().begin(), known_labels().end(),
                     [&](const Labels& labels) { return labels.resource == name; });
}

std::string as_text(const data::Value& value) {
  if (value.is_string()) return value.as_string();
  return value.is_null() ? "" : data::to_json(value);
}

std::string field_of(const data::Value& object, std::string_view path) {
  if (path == "source" && object["source"].is_map()) return object["source"]["component"].text();
  if (path == "status.successful") return as_text(object["status"]["succeeded"]);
  if (path == "status.podIPs") path = "status.podIP";
  const data::Value* value = &object;
  for (std::string_view step : base::split(path, '.')) value = &(*value)[step];
  if (value->is_null()) {
    if (path == "spec.unschedulable" || path == "spec.hostNetwork") return "false";
    if (path == "status.replicas") return "0";
  }
  return as_text(*value);
}

}  // namespace

void check_field_selector(const Resource& resource, const kube::FieldSelector& fields) {
  for (const kube::FieldSelector::Term& term : fields.terms()) {
    if (is_known(resource, term.path)) continue;
    if (has_own_labels(resource))
      throw kube::bad_request("field label not supported: " + term.path);
    throw kube::bad_request(
        fmt::format("{} is not a known field selector: only \"metadata.name\", "
                    "\"metadata.namespace\"",
                    data::go_quote(term.path)));
  }
}

bool matches_fields(const kube::FieldSelector& fields, const data::Value& object) {
  for (const kube::FieldSelector::Term& term : fields.terms()) {
    if ((field_of(object, term.path) == term.value) != term.equal) return false;
  }
  return true;
}

}  // namespace jibe::twin
