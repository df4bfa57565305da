// Validation per kind (pkg/apis/*/validation of Kubernetes 1.36). Each adds to `errors`.
#pragma once
#include <string>
#include <string_view>

#include "data/value.h"
#include "twin/schema/field_errors.h"
#include "twin/schema/resource.h"

namespace jibe::twin {

// metadata: name (by the kind's rule), labels, annotations, finalizers, owner references.
void validate_metadata(const Resource& resource, const data::Value& object, FieldErrors& errors);
void validate_metadata_update(const data::Value& object, const data::Value& old,
                              FieldErrors& errors);
void validate_labels(const data::Value& labels, const std::string& path, FieldErrors& errors);
void validate_annotations(const data::Value& annotations, const std::string& path,
                          FieldErrors& errors);
void validate_label_selector(const data::Value& selector, const std::string& path,
                             FieldErrors& errors);

void validate_pod_spec(const data::Value& spec, const std::string& path, FieldErrors& errors);
// A pod of its own: what templates may have and pods may not, as well.
void validate_pod(const data::Value& pod, FieldErrors& errors);
void validate_containers(const data::Value& spec, const std::string& path, FieldErrors& errors);
// An object with metadata and spec; `template_path` is "spec.template".
void validate_pod_template(const data::Value& pod_template, const std::string& template_path,
                           FieldErrors& errors);
void validate_pod_update(const data::Value& pod, const data::Value& old, FieldErrors& errors);
// "25%" or a number that is not negative, at most 100 %.
void validate_int_or_percent(const data::Value& value, const std::string& path,
                             FieldErrors& errors);
bool is_zero_int_or_percent(const data::Value& value);
void validate_enum(const data::Value& value, const std::string& path,
                   const std::vector<std::string>& supported, FieldErrors& errors);

// `old` is null on create.
using KindValidator = void (*)(const data::Value& object, const data::Value& old,
                               FieldErrors& errors);
// "apps/Deployment"; nullptr where the kind has no rules of its own.
KindValidator workload_validator(std::string_view group_kind);
KindValidator core_validator(std::string_view group_kind);
KindValidator policy_validator(std::string_view group_kind);

}  // namespace jibe::twin
