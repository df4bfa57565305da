#include "twin/mesh/inject_merge.h"

#include <algorithm>

#include "data/json.h"
#include "data/patch.h"
#include "istio/names.h"
#include "kube/object.h"
#include "twin/mesh/inject_finish.h"
#include "twin/mesh/ordered_json.h"
#include "twin/schema/builtin.h"
#include "twin/schema/decode.h"
#include "twin/schema/patch_schema.h"

namespace jibe::twin {

using data::Value;

namespace {

constexpr const char* kLists[] = {"containers", "initContainers"};

const Resource& pod_resource() {
  static const ResourcePtr kPod = [] {
    for (const ResourcePtr& resource : builtin_resources())
      if (resource->gvr == kube::Gvr{"", "v1", "pods"}) return resource;
    return ResourcePtr();
  }();
  return *kPod;
}

// An annotation's JSON; null where somebody wrote something else there.
Value parse_annotation(const Value& pod, std::string_view name) {
  const std::string& text = kube::annotation_of(pod, name);
  if (text.empty()) return nullptr;
  try {
    return data::parse_json(text);
  } catch (const base::InvalidInput&) {
    return nullptr;
  }
}

bool lists_name(const Value& names, std::string_view name) {
  return std::any_of(names.items().begin(), names.items().end(),
                     [&](const Value& item) { return item.text() == name; });
}

const Value* find_in(const Value& containers, std::string_view name) {
  const size_t at = find_container(containers, name);
  return at == std::string::npos ? nullptr : &containers.items()[at];
}

// The user's own word on a container that the template brings; nullptr where there is none. A
// native sidecar's may stand among the containers.
const Value* override_of(const Value& original, const Value& earlier, const char* list,
                         std::string_view name) {
  if (const Value* found = find_in(earlier[list], name)) return found;
  if (const Value* found = find_in(original["spec"]["containers"], name)) return found;
  const bool init = std::string_view(list) == "initContainers";
  return init ? find_in(original["spec"]["initContainers"], name) : nullptr;
}

// {"containers":[{"name":…}]} with the fields of a container in the order of Go's struct.
std::string overrides_text(const std::vector<Value> (&overrides)[2]) {
  static const FieldOrder kContainer = {
      "name",          "image",        "command",       "args",          "workingDir",
      "ports",         "envFrom",      "env",           "resources",     "resizePolicy",
      "restartPolicy", "volumeMounts", "volumeDevices", "livenessProbe", "readinessProbe",
      "startupProbe",  "lifecycle"};
  std::string out;
  for (size_t i = 0; i < 2; ++i) {
    if (overrides[i].empty()) continue;
    out += (out.empty() ? "{\"" : ",\"") + std::string(kLists[i]) + "\":[";
    for (size_t k = 0; k < overrides[i].size(); ++k)
      out += (k > 0 ? "," : "") + ordered_json(overrides[i][k], kContainer);
    out += "]";
  }
  return out + "}";
}

bool is_tproxy(const Value& pod, const Value& proxy_config) {
  return proxy_config["interceptionMode"].text() == "TPROXY" ||
         kube::annotation_of(pod, "sidecar.istio.io/interceptionMode") == "TPROXY";
}

}  // namespace

Value merge_pod(const Value& pod, const Value& overlay) {
  static const data::PatchSchemaPtr kSchema = patch_schema(pod_resource().schema);
  Value out = data::strategic_merge_patch(pod, overlay, kSchema.get());
  decode_object(pod_resource(), out);
  return out;
}

size_t find_container(const Value& containers, std::string_view name) {
  const auto items = containers.items();
  const auto it = std::find_if(items.begin(), items.end(),
                               [&](const Value& item) { return item["name"].text() == name; });
  return it == items.end() ? std::string::npos : static_cast<size_t>(it - items.begin());
}

Value* edit_container(Value& pod, std::string_view name) {
  for (const char* list : kLists) {
    const size_t at = find_container(pod["spec"][list], name);
    if (at != std::string::npos) return &pod.edit("spec").edit(list).edit(at);
  }
  return nullptr;
}

void move_container(Value& pod, const char* list, std::string_view name, Place place) {
  const size_t at = find_container(pod["spec"][list], name);
  if (at == std::string::npos) return;
  auto& items = pod.edit("spec").edit(list).edit_items();
  Value moved = items[at];
  items.erase(items.begin() + static_cast<std::ptrdiff_t>(at));
  if (place == Place::kFirst)
    items.insert(items.begin(), std::move(moved));
  else if (place == Place::kLast)
    items.push_back(std::move(moved));
}

Value strip_pod(const Value& original, const std::string& status_port) {
  Value pod = original;
  if (const Value status = parse_annotation(pod, istio::kStatusAnnotation); status.is_map()) {
    for (const char* list : kLists)
      for (const Value& name : status[list].items())
        move_container(pod, list, name.text(), Place::kGone);
    const Value* port = find_prometheus_annotation(pod, "prometheus_io_port");
    if (port != nullptr && port->text() == status_port) clear_prometheus_annotations(pod);
    pod.edit("metadata").edit("annotations").erase(istio::kStatusAnnotation);
  }
  const Value earlier = parse_annotation(pod, kOverridesAnnotation);
  for (const char* list : kLists)
    for (const Value& container : earlier[list].items())
      if (find_in(pod["spec"][list], container["name"].text()) == nullptr)
        pod.edit("spec").edit(list).push_back(container);
  return pod;
}

Value reapply_overrides(Value merged, const Value& original, const Value& rendered) {
  const Value earlier = parse_annotation(original, kOverridesAnnotation);
  const Value status = parse_annotation(original, istio::kStatusAnnotation);
  std::vector<Value> overrides[2];
  for (size_t i = 0; i < 2; ++i) {
    const char* list = kLists[i];
    for (const Value& container : rendered["spec"][list].items()) {
      const std::string& name = container["name"].text();
      if (lists_name(status[list], name)) continue;
      const Value* found = override_of(original, earlier, list, name);
      if (found == nullptr) continue;
      Value overlay = *found;
      if (overlay["image"].text() == "auto") overlay.erase("image");
      merged =
          merge_pod(merged, Value::map({{"spec", Value::map({{list, Value::list({overlay})}})}}));
      overrides[i].push_back(std::move(overlay));
    }
  }
  const bool injected_before = original["metadata"]["annotations"].has(istio::kStatusAnnotation);
  if (!injected_before && !(overrides[0].empty() && overrides[1].empty()))
    merged.edit("metadata")
        .edit("annotations")
        .set(kOverridesAnnotation, overrides_text(overrides));
  return merged;
}

void follow_proxy_user(Value& merged, const Value& original, const Value& proxy_config) {
  const Value* own = find_in(original["spec"]["containers"], kProxyContainer);
  if (own == nullptr) own = find_in(original["spec"]["initContainers"], kProxyContainer);
  if (own == nullptr) return;
  const Value& user = (*own)["securityContext"]["runAsUser"];
  const Value& group = (*own)["securityContext"]["runAsGroup"];
  if (user.is_null() && group.is_null()) return;
  const bool tproxy = is_tproxy(merged, proxy_config);
  if (tproxy && !user.is_null())
    edit_container(merged, kProxyContainer)->edit("securityContext").set("runAsUser", 0);
  Value* init = edit_container(merged, kInitContainer);
  Value* validation = edit_container(merged, kValidationContainer);
  if (validation != nullptr && init == nullptr && !tproxy) {
    if (!user.is_null()) validation->edit("securityContext").set("runAsUser", user);
    if (!group.is_null()) validation->edit("securityContext").set("runAsGroup", group);
  }
  Value* prepares = init != nullptr ? init : validation;
  if (prepares == nullptr || user.int_or(0) == 0) return;
  const Value args = (*prepares)["args"];
  for (size_t i = 0; i + 1 < args.size(); ++i) {
    if (args[i].text() != "-u") continue;
    prepares->edit("args").edit(i + 1) = std::to_string(user.as_int());
    return;
  }
}

}  // namespace jibe::twin
