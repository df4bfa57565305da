#include "lifecycle/installer_objects.h"

#include <algorithm>

#include "base/strings.h"
#include "data/path.h"
#include "istio/names.h"
#include "kube/object.h"
#include "lifecycle/contract.h"

namespace jibe::lifecycle {

namespace {

// FNV-1a: names must be stable, not secret.
std::string short_hash(std::string_view text) {
  uint64_t hash = 1469598103934665603u;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  std::string bytes;
  for (int i = 0; i < 5; ++i) bytes += static_cast<char>(hash >> (8 * i));
  return base::hex_encode(bytes);
}

bool is_gateway(const data::Value& iop) {
  return kube::label_of(iop, kRoleLabel) == "gateway";
}

// The default validator moves with the default revision (src/istio/activation.h), not with an
// installation.
bool belongs_to_activation(const data::Value& object) {
  const auto& name = kube::name_of(object).name;
  return name == "istiod-default-validator" || name == "istio-revision-tag-default";
}

int rank_of(const data::Value& object) {
  static constexpr std::string_view kFirst[] = {"Namespace",      "CustomResourceDefinition",
                                                "ResourceQuota",  "NetworkPolicy",
                                                "ServiceAccount", "Secret",
                                                "ConfigMap",      "ClusterRole",
                                                "Role",           "ClusterRoleBinding",
                                                "RoleBinding",    "Service"};
  static constexpr std::string_view kLast[] = {"Deployment",
                                               "DaemonSet",
                                               "PodDisruptionBudget",
                                               "HorizontalPodAutoscaler",
                                               "ValidatingWebhookConfiguration",
                                               "MutatingWebhookConfiguration"};
  const auto& kind = object["kind"].text();
  int rank = 0;
  for (auto known : kFirst) {
    if (kind == known) return rank;
    ++rank;
  }
  int middle = rank++;
  for (auto known : kLast) {
    if (kind == known) return rank;
    ++rank;
  }
  return middle;
}

void add_label(data::Value& object, std::string_view key, const std::string& value) {
  object.edit("metadata").edit("labels").set(key, value);
}

void rename(data::Value& holder, const char* key, const std::string& from, const std::string& to) {
  if (holder[key].text() == from) holder.set(key, to);
}

void suffix_gateway(data::Value& gateway, const std::string& revision) {
  std::string from = gateway["name"].text();
  std::string to = from + "-" + revision;
  gateway.set("name", to);
  if (!gateway["k8s"].is_map()) return;
  auto& k8s = gateway.edit("k8s");
  if (k8s["hpaSpec"]["scaleTargetRef"].is_map())
    rename(k8s.edit("hpaSpec").edit("scaleTargetRef"), "name", from, to);
  if (!k8s["overlays"].is_list()) return;
  for (auto& overlay : k8s.edit("overlays").edit_items()) rename(overlay, "name", from, to);
}

void finish_gateway_object(data::Value& object, const std::string& revision) {
  const auto& kind = object["kind"].text();
  if (kind == "Service") object = with_unsuffixed_service(std::move(object), revision);
  if (kind == "Deployment")
    object.edit("spec")
        .edit("template")
        .edit("metadata")
        .edit("labels")
        .set(istio::kRevLabel, revision);
}

// spec.namespace places everything, in charts that look at values.global.istioNamespace, too; what
// istioctl makes of the field differs between versions.
void place_control_plane(data::Value& iop) {
  const std::string ns = iop["spec"]["namespace"].text();
  if (!ns.empty()) data::set_path(iop, "spec.values.global.istioNamespace", ns);
}

}  // namespace

std::string installation_label(const data::Value& iop) {
  auto name = kube::name_of(iop);
  std::string full = name.ns + "." + name.name;
  if (full.size() <= 63) return full;
  return full.substr(0, 40) + "-" + short_hash(full);
}

data::Value with_gateway_suffix(data::Value operator_spec, const std::string& revision) {
  if (!operator_spec["components"].is_map()) return operator_spec;
  for (auto list : {"ingressGateways", "egressGateways"}) {
    if (!operator_spec["components"][list].is_list()) continue;
    for (auto& gateway : operator_spec.edit("components").edit(list).edit_items())
      if (gateway["enabled"].bool_or(true)) suffix_gateway(gateway, revision);
  }
  return operator_spec;
}

data::Value with_unsuffixed_service(data::Value service, const std::string& revision) {
  std::string suffix = "-" + revision;
  std::string name = kube::name_of(service).name;
  if (name.size() > suffix.size() && name.ends_with(suffix))
    service.edit("metadata").set("name", name.substr(0, name.size() - suffix.size()));
  service.edit("spec").edit("selector").set(istio::kRevLabel, revision);
  return service;
}

InstallationObjects installation_objects(const data::Value& iop, const istio::Release& release,
                                         const std::string& kube_version, base::Random& random,
                                         base::Clock& clock) {
  bool gateway = is_gateway(iop);
  bool active = kube::annotation_of(iop, kActiveGatewayAnnotation) == "true";
  std::string revision = iop["spec"]["revision"].text();
  data::Value rendered = iop;
  if (gateway) rendered.set("spec", with_gateway_suffix(iop["spec"], revision));
  place_control_plane(rendered);
  istio::GenerateOptions options;
  options.kube_version = kube_version;
  options.random = &random;
  options.clock = &clock;
  InstallationObjects out;
  for (auto& component : istio::generate_manifests({rendered}, release, options)) {
    bool shared = component.component == "Base";
    for (auto& object : component.objects) {
      if (belongs_to_activation(object)) continue;
      if (gateway && object["kind"].text() == "Service" && !active) continue;
      if (gateway) finish_gateway_object(object, revision);
      if (!shared) add_label(object, kInstallationLabel, installation_label(iop));
      (shared ? out.shared : out.own).push_back(std::move(object));
    }
  }
  sort_for_apply(out.own);
  sort_for_apply(out.shared);
  return out;
}

void sort_for_apply(std::vector<data::Value>& objects) {
  std::stable_sort(objects.begin(), objects.end(), [](const data::Value& a, const data::Value& b) {
    return rank_of(a) < rank_of(b);
  });
}

}  // namespace jibe::lifecycle
