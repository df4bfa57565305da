#include "istio/operator_overlay.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "base/strings.h"
#include "data/path.h"
#include "istio/operator_patch.h"
#include "istio/operator_path.h"
#include "istio/operator_ports.h"
#include "istio/operator_step.h"

namespace jibe::istio {

namespace {

struct Setting {
  const char* field;
  const char* path;            // "@…" is a field of the target's container
  const char* kind = nullptr;  // null: the workload
};

constexpr Setting kSettings[] = {
    {"affinity", "spec.template.spec.affinity"},
    {"env", "@env"},
    {"hpaSpec", "spec", "HorizontalPodAutoscaler"},
    {"imagePullPolicy", "@imagePullPolicy"},
    {"nodeSelector", "spec.template.spec.nodeSelector"},
    {"podDisruptionBudget", "spec", "PodDisruptionBudget"},
    {"podAnnotations", "spec.template.metadata.annotations"},
    {"priorityClassName", "spec.template.spec.priorityClassName"},
    {"readinessProbe", "@readinessProbe"},
    {"replicaCount", "spec.replicas"},
    {"resources", "@resources"},
    {"strategy", "spec.strategy"},
    {"tolerations", "spec.template.spec.tolerations"},
    {"serviceAnnotations", "metadata.annotations", "Service"},
    {"service", "spec", "Service"},
    {"securityContext", "spec.template.spec.securityContext"},
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

bool is_about(const data::Value& object, std::string_view kind, std::string_view name) {
  return object["kind"].text() == kind && object["metadata"]["name"].text() == name;
}

std::string kind_of(const Setting& setting, const OverlayTarget& target) {
  return setting.kind ? setting.kind : target.kind;
}

// The API refuses both fields together, and the charts set minAvailable. Istio leaves it as null.
void keep_one_budget(data::Value& object) {
  const auto& spec = object["spec"];
  if (spec.has("maxUnavailable") && spec.has("minAvailable"))
    object.edit("spec").set("minAvailable", nullptr);
}

// Whether a budget's number means "not set": 0, "0%", or nothing that is a number.
bool is_no_budget(const data::Value& value) {
  if (value.is_int()) return value.as_int() == 0;
  std::string_view text = value.text();
  if (!text.ends_with('%')) return true;
  return parse_integer(text.substr(0, text.size() - 1)).value_or(0) == 0;
}

void keep_one_legacy_budget(data::Value& object) {
  const auto& spec = object["spec"];
  if (!is_no_budget(spec["maxUnavailable"]) && !is_no_budget(spec["minAvailable"]))
    object.edit("spec").erase("minAvailable");
}

// What protobuf cannot tell from "not set".
bool is_unset(const data::Value& value) {
  return value.is_null() || (value.is_string() && value.text().empty()) ||
         (value.is_int() && value.as_int() == 0);
}

// Kinds that have no namespace, whatever the overlay says (operator/pkg/object Hash).
std::string object_key(const std::string& kind, const std::string& ns, const std::string& name) {
  bool cluster_wide = kind == "ClusterRole" || kind == "ClusterRoleBinding";
  return kind + ":" + (cluster_wide ? "" : ns) + ":" + name;
}

std::string key_of(const data::Value& object) {
  return object_key(object["kind"].text(), object["metadata"]["namespace"].text(),
                    object["metadata"]["name"].text());
}

std::string keys_of(const std::vector<data::Value>& objects) {
  std::vector<std::string> keys;
  for (const auto& object : objects) keys.push_back(key_of(object));
  return base::join(keys, "\n");
}

// Empty where all patches found their place.
std::vector<std::string> apply_patches(data::Value& object, const data::Value& patches) {
  std::vector<std::string> failures;
  for (const auto& patch : patches.items()) {
    const auto& path = patch["path"].text();
    if (base::trim(path).empty()) continue;
    try {
      write_operator_path(object, path, patch["value"], OperatorTree::kObject);
    } catch (const base::InvalidInput& error) {
      failures.emplace_back(error.what());
    }
  }
  return failures;
}

}  // namespace

void apply_k8s_settings(std::vector<data::Value>& objects, const data::Value& k8s,
                        const OverlayTarget& target) {
  for (const auto& setting : kSettings) {
    if (!k8s.has(setting.field)) continue;
    data::Value value = k8s[setting.field];
    bool service = std::string_view(setting.field) == "service";
    // A gateway's ports have become chart values: its pods need them, too.
    if (service && target.gateway && value.is_map()) value.set("ports", data::Value::list());
    auto patch = patch_of(setting, value, target);
    for (auto& object : objects) {
      if (!is_about(object, kind_of(setting, target), target.name)) continue;
      object = patch_object(object, patch);
      if (std::string_view(setting.field) == "podDisruptionBudget") keep_one_budget(object);
    }
  }
}

void apply_legacy_k8s_settings(std::vector<data::Value>& objects, const data::Value& k8s,
                               const OverlayTarget& target) {
  for (const auto& setting : kSettings) {
    const auto& value = k8s[setting.field];
    if (is_unset(value)) continue;
    std::string_view field = setting.field;
    if (target.kind.empty())
      throw base::InvalidInput("base component can only have k8s.overlays, not other K8s settings");
    auto about = [&](const data::Value& object) {
      return is_about(object, kind_of(setting, target), target.name);
    };
    // Of several objects with one name Istio remembers the last.
    auto found = std::find_if(objects.rbegin(), objects.rend(), about);
    if (found == objects.rend() || (field == "replicaCount" && target.autoscaled)) continue;
    data::Value before = *found;
    *found = patch_object(before, patch_of(setting, value, target));
    if (field == "podDisruptionBudget") keep_one_legacy_budget(*found);
    if (field == "service")
      found->edit("spec").set("ports",
                              merge_service_ports(before["spec"]["ports"], value["ports"]));
  }
}

void apply_overlays(std::vector<data::Value>& objects, const data::Value& overlays,
                    std::vector<std::string>& warnings) {
  for (const auto& overlay : overlays.items())
    for (auto& object : objects) {
      if (!is_about(object, overlay["kind"].text(), overlay["name"].text())) continue;
      for (const auto& failure : apply_patches(object, overlay["patches"]))
        warnings.push_back(fmt::format("a patch of the overlay for {} {} was not applied: {}",
                                       overlay["kind"].text(), overlay["name"].text(), failure));
    }
}

void apply_legacy_overlays(std::vector<data::Value>& objects, const data::Value& overlays,
                           const std::string& ns) {
  std::vector<std::string> failures;
  std::vector<int> matches(overlays.size(), 0);
  const std::string all_keys = keys_of(objects);
  for (auto& object : objects) {
    const data::Value rendered = object;
    for (size_t i = 0; i < overlays.size(); ++i) {
      const auto& kind = overlays[i]["kind"].text();
      const auto& name = overlays[i]["name"].text();
      auto key = key_of(rendered);
      if (key != object_key(kind, ns, name) && key != object_key(kind, "", name)) continue;
      ++matches[i];
      object = rendered;  // an earlier overlay of the same object is lost
      for (auto& failure : apply_patches(object, overlays[i]["patches"]))
        failures.push_back(std::move(failure));
    }
  }
  for (size_t i = 0; i < overlays.size(); ++i) {
    if (matches[i] == 1) continue;
    failures.push_back(fmt::format(
        "overlay for {}:{} {}:\n{}", overlays[i]["kind"].text(), overlays[i]["name"].text(),
        matches[i] == 0 ? "does not match any object in output manifest. "
                          "Available objects are"
                        : "matches multiple objects in output manifest",
        all_keys));
  }
  if (!failures.empty()) throw base::InvalidInput(base::join(failures, ", "));
}

}  // namespace jibe::istio
