#include "istio/operator_patch.h"

#include <memory>

#include "data/patch.h"

namespace jibe::istio {

namespace {

enum class Type {
  kObject,
  kMeta,
  kWorkload,
  kTemplate,
  kPod,
  kContainer,
  kService,
  kBudget,
  kOther,
};

struct Field {
  Type owner;
  std::string_view name;
  Type type = Type::kOther;
  const char* strategy = "";
  const char* merge_key = "";
};

// Every list that is not here is atomic.
constexpr Field kFields[] = {
    {Type::kObject, "metadata", Type::kMeta},
    {Type::kMeta, "finalizers", Type::kOther, "merge"},
    {Type::kMeta, "ownerReferences", Type::kOther, "merge", "uid"},
    {Type::kWorkload, "strategy", Type::kOther, "retainKeys"},
    {Type::kWorkload, "template", Type::kTemplate},
    {Type::kTemplate, "metadata", Type::kMeta},
    {Type::kTemplate, "spec", Type::kPod},
    {Type::kPod, "containers", Type::kContainer, "merge", "name"},
    {Type::kPod, "initContainers", Type::kContainer, "merge", "name"},
    {Type::kPod, "ephemeralContainers", Type::kContainer, "merge", "name"},
    {Type::kPod, "volumes", Type::kOther, "merge,retainKeys", "name"},
    {Type::kPod, "resourceClaims", Type::kOther, "merge,retainKeys", "name"},
    {Type::kPod, "imagePullSecrets", Type::kOther, "merge", "name"},
    {Type::kPod, "hostAliases", Type::kOther, "merge", "ip"},
    {Type::kPod, "topologySpreadConstraints", Type::kOther, "merge", "topologyKey"},
    {Type::kPod, "schedulingGates", Type::kOther, "merge", "name"},
    {Type::kContainer, "env", Type::kOther, "merge", "name"},
    {Type::kContainer, "ports", Type::kOther, "merge", "containerPort"},
    {Type::kContainer, "volumeMounts", Type::kOther, "merge", "mountPath"},
    {Type::kContainer, "volumeDevices", Type::kOther, "merge", "devicePath"},
    {Type::kService, "ports", Type::kOther, "merge", "port"},
    {Type::kBudget, "selector", Type::kOther, "replace"},
};

Type spec_type(std::string_view kind) {
  if (kind == "Deployment" || kind == "DaemonSet" || kind == "StatefulSet") return Type::kWorkload;
  if (kind == "Service") return Type::kService;
  return kind == "PodDisruptionBudget" ? Type::kBudget : Type::kOther;
}

class Schema : public data::PatchSchema {
 public:
  Schema(Type type, Type spec) : type_(type), spec_(spec) {}

  data::PatchField field(std::string_view key) const override {
    if (type_ == Type::kObject && key == "spec") return {std::make_shared<Schema>(spec_, spec_)};
    for (const auto& field : kFields)
      if (field.owner == type_ && field.name == key)
        return {std::make_shared<Schema>(field.type, spec_), field.strategy, field.merge_key};
    return {std::make_shared<Schema>(Type::kOther, spec_)};
  }

 private:
  Type type_;
  Type spec_;
};

}  // namespace

data::Value patch_object(const data::Value& object, const data::Value& patch) {
  Schema schema(Type::kObject, spec_type(object["kind"].text()));
  return data::strategic_merge_patch(object, patch, &schema);
}

}  // namespace jibe::istio
