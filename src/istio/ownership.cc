#include "istio/ownership.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/strings.h"
#include "istio/names.h"

namespace jibe::istio {

namespace {

constexpr std::string_view kManagedValue = "Reconcile";

bool is_before(const Version& version, int minor) {
  return version < Version{1, minor, 0, ""};
}

std::string revision_label_of(const data::Value& iop) {
  const auto& revision = iop["spec"]["revision"].text();
  return revision.empty() ? std::string(kDefaultRevision) : revision;
}

std::vector<std::pair<std::string_view, std::string>> labels_of(const Owner& owner) {
  std::vector<std::pair<std::string_view, std::string>> out = {
      {kManagedLabel, std::string(kManagedValue)},
      {kOperatorVersionLabel, owner.version},
      {kRevLabel, owner.revision}};
  if (!owner.resource.name.empty()) out.emplace_back(kOwningResourceLabel, owner.resource.name);
  if (!owner.resource.ns.empty())
    out.emplace_back(kOwningResourceNamespaceLabel, owner.resource.ns);
  return out;
}

int rank_of(const data::Value& object) {
  auto gvk = kube::gvk_of(object);
  if (gvk.kind == "Namespace") return -2000;
  if (gvk.kind == "CustomResourceDefinition") return -1000;
  if (gvk.kind == "ServiceAccount" || gvk.kind == "ClusterRole") return 1;
  if (gvk.kind == "ClusterRoleBinding") return 2;
  if (gvk.kind == "ValidatingWebhookConfiguration") return 3;
  if (gvk.group.ends_with(".istio.io")) return 4;
  if (gvk.kind == "ConfigMap") return 100;
  if (gvk.kind == "HorizontalPodAutoscaler") return 1001;
  if (gvk.kind == "Service") return 10000;
  return 1000;
}

}  // namespace

Owner operator_owner(const data::Value& iop, const Version& version) {
  return {kube::name_of(iop), version.str(), revision_label_of(iop)};
}

Owner istioctl_owner(const data::Value& iop, const Version& version) {
  auto out = operator_owner(iop, version);
  if (!is_before(version, 19) && is_before(version, 24)) out.resource.name = saved_state_name(iop);
  if (out.resource.ns.empty()) out.resource.ns = "istio-system";
  return out;
}

std::string saved_state_name(const data::Value& iop) {
  std::string out(kSavedStatePrefix);
  for (const auto& part : {kube::name_of(iop).name, iop["spec"]["revision"].text()})
    if (!part.empty()) out += "-" + part;
  return out;
}

bool istioctl_saves_state(const Version& version) {
  return is_before(version, 21);
}

data::Value with_owner_labels(data::Value object, const Owner& owner,
                              const std::string& component) {
  auto& labels = object.edit("metadata").edit("labels");
  for (const auto& [key, value] : labels_of(owner)) labels.set(key, value);
  labels.set(kComponentLabel, component);
  return object;
}

std::string owner_selector(const Owner& owner) {
  std::vector<std::string> terms;
  for (const auto& [key, value] : labels_of(owner))
    terms.push_back(fmt::format("{}={}", key, value));
  terms.emplace_back(kComponentLabel);
  return base::join(terms, ",");
}

std::string revision_selector(const Owner& owner, const std::string& component,
                              const Version& version) {
  auto out = fmt::format("{}={},{}={}", kRevLabel, owner.revision, kComponentLabel, component);
  if (is_before(version, 16)) return out;
  return out + fmt::format(",{}={},{}={}", kOwningResourceLabel, owner.resource.name,
                           kOwningResourceNamespaceLabel, owner.resource.ns);
}

std::vector<kube::Gvr> owned_resources(const Version& version) {
  std::vector<kube::Gvr> out = {
      {"apps", "v1", "deployments"},
      {"apps", "v1", "daemonsets"},
      {"", "v1", "services"},
      {"", "v1", "configmaps"},
      {"", "v1", "pods"},
      {"", "v1", "secrets"},
      {"", "v1", "serviceaccounts"},
      {"rbac.authorization.k8s.io", "v1", "rolebindings"},
      {"rbac.authorization.k8s.io", "v1", "roles"},
      {"policy", "v1", "poddisruptionbudgets"},
      {"autoscaling", "v2", "horizontalpodautoscalers"},
  };
  if (is_before(version, 20)) {
    for (auto plural : {"destinationrules", "envoyfilters", "gateways", "virtualservices"})
      out.push_back({"networking.istio.io", "v1alpha3", plural});
    out.push_back({"security.istio.io", "v1beta1", "peerauthentications"});
  }
  for (auto plural : {"mutatingwebhookconfigurations", "validatingwebhookconfigurations"})
    out.push_back({"admissionregistration.k8s.io", "v1", plural});
  for (auto plural : {"clusterroles", "clusterrolebindings"})
    out.push_back({"rbac.authorization.k8s.io", "v1", plural});
  return out;
}

bool wants_default_tag(const data::Value& spec, bool is_first, const Version& version) {
  if (!is_before(version, 15) && spec["values"]["global"]["operatorManageWebhooks"].bool_or(false))
    return false;
  bool revisionless = spec["revision"].text().empty();
  return is_first || (revisionless && spec["components"]["pilot"]["enabled"].bool_or(false));
}

void sort_as_operator(std::vector<data::Value>& objects) {
  std::stable_sort(objects.begin(), objects.end(), [](const data::Value& a, const data::Value& b) {
    return rank_of(a) < rank_of(b);
  });
}

}  // namespace jibe::istio
