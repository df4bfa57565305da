// The data that an injection template sees: pkg/kube/inject SidecarTemplateData, Go's structs as
// template hosts. It has the fields of every release from 1.14 to 1.31.
#pragma once
#include <string>

#include "data/value.h"
#include "tmpl/any.h"
#include "twin/schema/schema.h"

namespace jibe::twin {

// Who stands behind a pod, as far as its owner references tell (pkg/kube GetDeployMetaFromPod).
struct WorkloadMeta {
  std::string name;
  std::string ns;
  std::string api_version;
  std::string kind;
};
WorkloadMeta workload_of(const data::Value& pod);

struct TemplateData {
  data::Value pod;
  WorkloadMeta workload;
  data::Value proxy_config;
  data::Value mesh_config;
  data::Value values;
  std::string revision;
  bool native_sidecars = false;
  std::string proxy_image;
  std::string proxy_init_image;
  int64_t estimated_concurrency = 0;  // up to 1.17
  std::string compliance_policy;
};
tmpl::Any template_data(const TemplateData& data);

// A value of a built-in type as Go's templates see it: structs with their fields (also those that
// are absent, as zero values), typed lists and maps.
tmpl::Any as_go(const data::Value& value, const SchemaNode& node);
// A protobuf message of the mesh's configuration: fields, GetX(), enums with String(), wrappers
// with GetValue(). What is absent is silent, as Go's getters are.
tmpl::Any as_message(const data::Value& value);

}  // namespace jibe::twin
