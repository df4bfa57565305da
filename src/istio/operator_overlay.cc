#include "istio/operator_overlay.h"

#include <memory>

#include "data/patch.h"
#include "data/path.h"
#include "data/yaml.h"
#include "istio/operator_path.h"

namespace jibe::istio {

namespace {

// The patch strategies of the kinds that operators patch (k8s.io/api struct tags, v0.36): lists
// that merge by key. Every other list is atomic.
class WorkloadPatchSchema : public data::PatchSchema,
                            public std::enable_shared_from_this<WorkloadPatchSchema> {
 public:
  data::PatchField field(std::string_view key) const override {
    static constexpr std::pair<std::string_view, std::string_view> kMergeKeys[] = {
        {"containers", "name"},
        {"initContainers", "name"},
        {"env", "name"},
        {"volumeMounts", "mountPath"},
        {"volumes", "name"},
        {"imagePullSecrets", "name"},
        {"hostAliases", "ip"},
        {"ports", "containerPort"},
        {"volumeDevices", "devicePath"},
        {"topologySpreadConstraints", "topologyKey"}};
    data::PatchField out;
    out.schema = shared_from_this();
    for (const auto& [list, merge_key] : kMergeKeys) {
      if (key != list) continue;
      out.strategy = "merge";
      out.merge_key = merge_key;
    }
    // An empty update strategy type keeps what belongs to the other type out.
    if (key == "strategy") out.strategy = "retainKeys";
    return out;
  }
};

struct Setting {
  const char* field;
  const char* path;  // "" for the target's container
};

// Settings of the workload itself; those with "@" go into the target's container.
constexpr Setting kWorkloadSettings[] = {
    {"affinity", "spec.template.spec.affinity"},
    {"env", "@env"},
    {"imagePullPolicy", "@imagePullPolicy"},
    {"nodeSelector", "spec.template.spec.nodeSelector"},
    {"podAnnotations", "spec.template.metadata.annotations"},
    {"priorityClassName", "spec.template.spec.priorityClassName"},
    {"readinessProbe", "@readinessProbe"},
    {"replicaCount", "spec.replicas"},
    {"resources", "@resources"},
    {"strategy", "spec.strategy"},
    {"tolerations", "spec.template.spec.tolerations"},
    {"securityContext", "spec.template.spec.securityContext"},
    {"volumes", "spec.template.spec.volumes"},
    {"volumeMounts", "@volumeMounts"},
    {"imagePullSecrets", "spec.template.spec.imagePullSecrets"},
};

data::Value patch_of(const Setting& setting, const data::Value& value,
                     const OverlayTarget& target) {
  data::Value patch = data::Value::map();
  if (setting.path[0] != '@') {
    data::set_path(patch, setting.path, value);
    return patch;
  }
  auto container = data::Value::map({{"name", target.container}, {setting.path + 1, value}});
  data::set_path(patch, "spec.template.spec.containers", data::Value::list({container}));
  return patch;
}

void patch_objects(std::vector<data::Value>& objects, const std::string& kind,
                   const std::string& name, const data::Value& patch) {
  auto schema = std::make_shared<WorkloadPatchSchema>();
  for (auto& object : objects)
    if (object["kind"].text() == kind && object["metadata"]["name"].text() == name)
      object = data::strategic_merge_patch(object, patch, schema.get());
}

// The API refuses both fields together, and the charts set minAvailable.
void drop_min_available(std::vector<data::Value>& objects, const std::string& name) {
  for (auto& object : objects)
    if (object["kind"].text() == "PodDisruptionBudget" &&
        object["metadata"]["name"].text() == name && object["spec"].has("maxUnavailable"))
      object.edit("spec").set("minAvailable", nullptr);
}

// A block of text that is itself a YAML map is meant as that map.
data::Value unquoted_tree(const data::Value& value) {
  if (!value.is_string() || value.text().find('\n') == std::string::npos) return value;
  try {
    auto tree = data::parse_yaml(value.text());
    return tree.is_map() ? tree : value;
  } catch (const base::InvalidInput&) {
    return value;
  }
}

void apply_overlay(std::vector<data::Value>& objects, const data::Value& overlay) {
  for (auto& object : objects) {
    if (!(object["kind"] == overlay["kind"]) || !(object["metadata"]["name"] == overlay["name"]))
      continue;
    for (const auto& patch : overlay["patches"].items())
      write_operator_path(object, patch["path"].text(), unquoted_tree(patch["value"]));
  }
}

}  // namespace

void apply_k8s_settings(std::vector<data::Value>& objects, const data::Value& k8s,
                        const OverlayTarget& target) {
  for (const auto& setting : kWorkloadSettings)
    if (k8s.has(setting.field))
      patch_objects(objects, target.kind, target.name,
                    patch_of(setting, k8s[setting.field], target));
  if (k8s.has("hpaSpec"))
    patch_objects(objects, "HorizontalPodAutoscaler", target.name,
                  data::Value::map({{"spec", k8s["hpaSpec"]}}));
  if (k8s.has("podDisruptionBudget")) {
    patch_objects(objects, "PodDisruptionBudget", target.name,
                  data::Value::map({{"spec", k8s["podDisruptionBudget"]}}));
    drop_min_available(objects, target.name);
  }
  if (k8s.has("serviceAnnotations")) {
    data::Value patch = data::Value::map();
    data::set_path(patch, "metadata.annotations", k8s["serviceAnnotations"]);
    patch_objects(objects, "Service", target.name, patch);
  }
  if (k8s["service"].is_map()) {
    data::Value service = k8s["service"];
    // A gateway's ports have become chart values: its pods need them, too.
    if (target.gateway) service.erase("ports");
    patch_objects(objects, "Service", target.name, data::Value::map({{"spec", service}}));
  }
  for (const auto& overlay : k8s["overlays"].items()) apply_overlay(objects, overlay);
}

}  // namespace jibe::istio
