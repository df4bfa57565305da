#include "twin/mesh/inject_data.h"

#include <re2/re2.h>

#include "base/strings.h"
#include "kube/object.h"
#include "tmpl/collections.h"
#include "tmpl/function.h"
#include "twin/controllers/objects.h"
#include "twin/schema/builtin.h"

namespace jibe::twin {

using data::Value;
using tmpl::Any;

namespace {

constexpr tmpl::Type kStruct{tmpl::Kind::kStruct, "struct", nullptr, true};
constexpr tmpl::Type kPointer{tmpl::Kind::kPointer, "*struct", nullptr, true};
constexpr tmpl::Type kEnum{tmpl::Kind::kInt, "mesh.enum", nullptr, true};

using Entries = std::vector<std::pair<std::string, Any>>;

Any host(tmpl::Host* made) {
  return Any(tmpl::Ref<tmpl::Host>(made));
}

const tmpl::Signature& no_parameters() {
  static const tmpl::Signature kNone("");
  return kNone;
}

// Go's field names are those of JSON but for their capitals: HostIP, DNSPolicy.
std::string capitalized(std::string name) {
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] -= 'a' - 'A';
  return name;
}

class StructHost : public tmpl::Host {
 public:
  StructHost(Value value, const SchemaNode& node) : value_(std::move(value)), node_(node) {}
  const tmpl::Type& type() const override { return kStruct; }
  Entries entries() const override {
    Entries out;
    for (const SchemaProperty& property : node_.properties)
      out.emplace_back(capitalized(property.name), as_go(value_[property.name], *property.node));
    return out;
  }
  std::optional<Any> field(std::string_view name) const override {
    for (const SchemaProperty& property : node_.properties)
      if (base::equal_ignoring_case(property.name, name))
        return as_go(value_[property.name], *property.node);
    return std::nullopt;
  }
  Value to_value() const override { return value_; }

 private:
  Value value_;
  const SchemaNode& node_;
};

// A struct whose fields are given.
class RecordHost : public tmpl::Host {
 public:
  explicit RecordHost(Entries entries) : entries_(std::move(entries)) {}
  const tmpl::Type& type() const override { return kStruct; }
  Entries entries() const override { return entries_; }

 private:
  Entries entries_;
};

class EnumHost : public tmpl::Host {
 public:
  explicit EnumHost(std::string name) : name_(std::move(name)) {}
  const tmpl::Type& type() const override { return kEnum; }
  const tmpl::Signature* method(std::string_view name) const override {
    return name == "String" ? &no_parameters() : nullptr;
  }
  Any call(tmpl::CallContext&, std::string_view, std::span<Any>) override { return Any(name_); }
  std::optional<std::string> text() const override { return name_; }
  Value to_value() const override { return name_; }

 private:
  std::string name_;
};

// wrapperspb.BoolValue and its like.
class WrapperHost : public tmpl::Host {
 public:
  explicit WrapperHost(Value value) : value_(std::move(value)) {}
  const tmpl::Type& type() const override { return kPointer; }
  Entries entries() const override { return {{"Value", Any::from(value_)}}; }
  const tmpl::Signature* method(std::string_view name) const override {
    return name == "GetValue" ? &no_parameters() : nullptr;
  }
  Any call(tmpl::CallContext&, std::string_view, std::span<Any>) override {
    return Any::from(value_);
  }
  Value to_value() const override { return value_; }

 private:
  Value value_;
};

bool is_wrapper(std::string_view field) {
  return field == "holdApplicationUntilProxyStarts" || field == "concurrency" ||
         field == "enablePrometheusMerge" || field == "enableAutoMtls";
}

class MessageHost : public tmpl::Host {
 public:
  explicit MessageHost(Value value) : value_(std::move(value)) {}
  const tmpl::Type& type() const override { return kPointer; }
  Entries entries() const override {
    Entries out;
    for (const data::Entry& entry : value_.entries())
      out.emplace_back(capitalized(entry.key), *field(capitalized(entry.key)));
    return out;
  }
  std::optional<Any> field(std::string_view name) const override {
    std::string key(name);
    if (!key.empty() && key[0] >= 'A' && key[0] <= 'Z') key[0] += 'a' - 'A';
    const Value& value = value_[key];
    if (key == "interceptionMode")
      return host(new EnumHost(value.is_null() ? "REDIRECT" : value.text()));
    if (key == "proxyMetadata" || key == "runtimeValues")
      return tmpl::Map::of(value, tmpl::kStringMap);
    if (value.is_null()) return Any();
    if (is_wrapper(key)) return host(new WrapperHost(value));
    return value.is_map() ? as_message(value) : Any::from(value);
  }
  const tmpl::Signature* method(std::string_view name) const override {
    return name.starts_with("Get") ? &no_parameters() : nullptr;
  }
  Any call(tmpl::CallContext&, std::string_view method, std::span<Any>) override {
    return *field(method.substr(3));
  }
  Value to_value() const override { return value_; }

 private:
  Value value_;
};

Any list_as_go(const Value& value, const SchemaNode& node) {
  const bool strings = node.items != nullptr && node.items->type == SchemaType::kString;
  const tmpl::Type& type = strings ? tmpl::kStringList : tmpl::kAnyList;
  if (value.empty()) return tmpl::List::nil(type);
  std::vector<Any> items;
  for (const Value& item : value.items())
    items.push_back(node.items != nullptr ? as_go(item, *node.items) : Any::from(item));
  return tmpl::List::of(std::move(items), type);
}

Any object_as_go(const Value& value, const SchemaNode& node) {
  if (node.additional != nullptr) {
    const bool strings = node.additional->type == SchemaType::kString;
    const tmpl::Type& type = strings ? tmpl::kStringMap : tmpl::kAnyMap;
    return value.is_null() ? tmpl::Map::nil(type) : tmpl::Map::of(value, type);
  }
  if (value.is_null()) return Any();
  if (node.properties.empty()) return Any::from(value);
  return host(new StructHost(value, node));
}

}  // namespace

Any as_go(const Value& value, const SchemaNode& node) {
  switch (node.type) {
    case SchemaType::kArray:
      return list_as_go(value, node);
    case SchemaType::kObject:
      return object_as_go(value, node);
    case SchemaType::kString:
      return value.is_null() ? Any("") : Any::from(value);
    case SchemaType::kInteger:
      return Any::int64(value.int_or(0));
    case SchemaType::kBoolean:
      return Any(value.bool_or(false));
    default:
      return Any::from(value);
  }
}

Any as_message(const Value& value) {
  return host(new MessageHost(value));
}

WorkloadMeta workload_of(const Value& pod) {
  const Value& metadata = pod["metadata"];
  WorkloadMeta out{object_name(pod), object_namespace(pod), "v1", "Pod"};
  const Value& owner = kube::controller_of(pod);
  if (metadata["generateName"].text().empty() || owner.is_null()) return out;
  out.api_version = owner["apiVersion"].text();
  out.kind = owner["kind"].text();
  out.name = owner["name"].text();
  static const re2::RE2 kCronJobRun("(.+)-\\d{8,10}");
  const auto cut_hash = [&](const char* label) {
    const std::string& hash = kube::label_of(pod, label);
    if (hash.empty() || out.kind != "ReplicaSet" || !out.name.ends_with(hash)) return false;
    if (out.name.ends_with("-" + hash)) out.name.resize(out.name.size() - hash.size() - 1);
    return true;
  };
  std::string job;
  if (cut_hash("pod-template-hash")) {
    out.kind = "Deployment";
  } else if (cut_hash("rollouts-pod-template-hash")) {
    out.kind = "Rollout";
    out.api_version = "v1alpha1";
  } else if (out.kind == "ReplicationController" &&
             !kube::label_of(pod, "deploymentconfig").empty()) {
    out.name = kube::label_of(pod, "deploymentconfig");
    out.kind = "DeploymentConfig";
  } else if (out.kind == "Job" && re2::RE2::FullMatch(out.name, kCronJobRun, &job)) {
    out.name = job;
    out.kind = "CronJob";
    out.api_version = "batch/v1";
  }
  return out;
}

Any template_data(const TemplateData& data) {
  static const SchemaNode& kPodSpec = *builtin_definition("io.k8s.api.core.v1.PodSpec");
  const WorkloadMeta& workload = data.workload;
  const bool localhost = data.mesh_config["inboundTrafficPolicy"]["mode"].text() == "LOCALHOST";
  const auto spec = data.pod["spec"].is_null() ? Value::map() : data.pod["spec"];
  return host(new RecordHost({
      {"TypeMeta",
       host(new RecordHost({{"Kind", workload.kind}, {"APIVersion", workload.api_version}}))},
      {"DeploymentMeta",
       host(new RecordHost({{"Namespace", workload.ns}, {"Name", workload.name}}))},
      {"ObjectMeta", as_go(data.pod["metadata"], object_meta_schema())},
      {"Spec", as_go(spec, kPodSpec)},
      {"ProxyConfig", as_message(data.proxy_config)},
      {"MeshConfig", as_message(data.mesh_config)},
      {"Values", Any::from(data.values)},
      {"Revision", data.revision},
      {"NativeSidecars", data.native_sidecars},
      {"ProxyImage", data.proxy_image},
      {"ProxyInitImage", data.proxy_init_image},
      {"ProxyUID", Any::int64(1337)},
      {"ProxyGID", Any::int64(1337)},
      {"EstimatedConcurrency", Any::integer(data.estimated_concurrency)},
      {"InboundTrafficPolicyMode", localhost ? "localhost" : "passthrough"},
      {"CompliancePolicy", data.compliance_policy},
  }));
}

}  // namespace jibe::twin
