#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/strings.h"
#include "kube/label_syntax.h"
#include "twin/schema/name_rules.h"
#include "twin/schema/validators.h"

namespace jibe::twin {
namespace {

using data::Value;

Sentences name_errors(const Resource& resource, std::string_view name) {
  const std::string& group = resource.gvr.group;
  const std::string& kind = resource.kind;
  if (group == "rbac.authorization.k8s.io") return path_segment_errors(name);
  const bool label = (group.empty() && (kind == "Namespace" || kind == "Service")) ||
                     (group == "apps" && kind == "StatefulSet");
  if (label) return dns_label_errors(name);
  const bool cluster_certificate = group == "certificates.k8s.io";
  if (cluster_certificate) return path_segment_errors(name);
  Sentences out = dns_subdomain_errors(name);
  if (group == "batch" && kind == "CronJob" && name.size() > 52) {
    out.emplace_back("must be no more than 52 characters");
  }
  return out;
}

// A prefix may end in the dash that separates the generated part.
std::string prefix_as_name(const std::string& prefix) {
  if (prefix.size() < 2 || !prefix.ends_with('-')) return prefix;
  return prefix.substr(0, prefix.size() - 2) + "a";
}

void validate_owner_references(const Value& references, FieldErrors& errors) {
  const std::string path = "metadata.ownerReferences";
  std::string controller;
  for (const Value& ref : references.items()) {
    if (ref["apiVersion"].text().empty()) {
      errors.invalid(path + ".apiVersion", "", "version must not be empty");
    }
    for (const char* field : {"kind", "name", "uid"}) {
      if (ref[field].text().empty())
        errors.invalid(child_path(path, field), "", "must not be empty");
    }
    if (!ref["controller"].bool_or(false)) continue;
    const std::string name = ref["kind"].text() + "/" + ref["name"].text();
    if (!controller.empty()) {
      errors.invalid(path, references,
                     fmt::format("Only one reference can have Controller set to true. Found "
                                 "\"true\" in references for {} and {}",
                                 controller, name));
    } else {
      controller = name;
    }
  }
}

void validate_common(const Value& metadata, FieldErrors& errors) {
  validate_labels(metadata["labels"], "metadata.labels", errors);
  validate_annotations(metadata["annotations"], "metadata.annotations", errors);
  validate_owner_references(metadata["ownerReferences"], errors);
}

}  // namespace

void validate_labels(const Value& labels, const std::string& path, FieldErrors& errors) {
  for (const data::Entry& e : labels.entries()) {
    errors.all(path, e.key, kube::label_key_errors(e.key));
    errors.all(path, e.value, kube::label_value_errors(e.value.text()));
  }
}

void validate_annotations(const Value& annotations, const std::string& path, FieldErrors& errors) {
  constexpr int64_t kLimit = 256 * 1024;
  int64_t size = 0;
  for (const data::Entry& e : annotations.entries()) {
    errors.all(path, e.key, kube::label_key_errors(base::lower(e.key)));
    size += static_cast<int64_t>(e.key.size() + e.value.text().size());
  }
  if (size > kLimit) errors.too_long(path, kLimit);
}

void validate_label_selector(const Value& selector, const std::string& path, FieldErrors& errors) {
  validate_labels(selector["matchLabels"], child_path(path, "matchLabels"), errors);
  const Value& expressions = selector["matchExpressions"];
  for (size_t i = 0; i < expressions.size(); ++i) {
    const Value& e = expressions[i];
    const std::string where = index_path(child_path(path, "matchExpressions"), i);
    const std::string& op = e["operator"].text();
    if (op == "In" || op == "NotIn") {
      if (e["values"].empty()) {
        errors.required(where + ".values", "must be specified when `operator` is 'In' or 'NotIn'");
      }
    } else if (op == "Exists" || op == "DoesNotExist") {
      if (!e["values"].empty()) {
        errors.forbidden(where + ".values",
                         "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
      }
    } else {
      errors.invalid(where + ".operator", op, "not a valid selector operator");
    }
    errors.all(where + ".key", e["key"].text(), kube::label_key_errors(e["key"].text()));
    for (size_t j = 0; j < e["values"].size(); ++j) {
      const Value& v = e["values"][j];
      errors.all(index_path(where + ".values", j), v, kube::label_value_errors(v.text()));
    }
  }
}

void validate_metadata(const Resource& resource, const Value& object, FieldErrors& errors) {
  const Value& metadata = object["metadata"];
  const std::string& prefix = metadata["generateName"].text();
  const std::string& name = metadata["name"].text();
  if (!prefix.empty()) {
    errors.all("metadata.generateName", prefix, name_errors(resource, prefix_as_name(prefix)));
  }
  if (name.empty()) {
    errors.required("metadata.name", "name or generateName is required");
  } else {
    errors.all("metadata.name", name, name_errors(resource, name));
  }
  if (resource.namespaced && metadata["namespace"].text().empty()) {
    errors.required("metadata.namespace");
  } else if (resource.namespaced) {
    errors.all("metadata.namespace", metadata["namespace"],
               dns_label_errors(metadata["namespace"].text()));
  } else if (!metadata["namespace"].text().empty()) {
    errors.forbidden("metadata.namespace", "not allowed on this type");
  }
  for (size_t i = 0; i < metadata["finalizers"].size(); ++i) {
    const Value& f = metadata["finalizers"][i];
    errors.all("metadata.finalizers", f, kube::label_key_errors(f.text()));
  }
  validate_common(metadata, errors);
}

void validate_metadata_update(const Value& object, const Value& old, FieldErrors& errors) {
  const Value& now = object["metadata"];
  const Value& before = old["metadata"];
  if (before.has("deletionTimestamp")) {
    std::set<std::string> known;
    for (const Value& f : before["finalizers"].items()) known.insert(f.text());
    std::string added;
    for (const Value& f : now["finalizers"].items()) {
      if (!known.contains(f.text())) added += (added.empty() ? "\"" : ", \"") + f.text() + "\"";
    }
    if (!added.empty()) {
      errors.forbidden("metadata.finalizers",
                       "no new finalizers can be added if the object is being deleted, found new "
                       "finalizers []string{" +
                           added + "}");
    }
  }
  for (const char* field : {"name", "namespace", "uid"}) {
    errors.immutable(child_path("metadata", field), now[field], before[field]);
  }
  validate_common(now, errors);
}

}  // namespace jibe::twin
