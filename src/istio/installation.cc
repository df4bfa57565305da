#include "istio/installation.h"

#include <algorithm>

#include "base/strings.h"
#include "istio/injection.h"
#include "istio/names.h"
#include "istio/ownership.h"
#include "kube/selector.h"

namespace jibe::istio {

namespace {

const data::Value& template_of(const data::Value& deployment) {
  return deployment["spec"]["template"];
}

const data::Value* container_with_image(const data::Value& deployment, std::string_view name) {
  for (const auto& container : template_of(deployment)["spec"]["containers"].items())
    if (split_image(container["image"].text()).name == name) return &container;
  return nullptr;
}

const data::Value* container_named(const data::Value& deployment, std::string_view name) {
  for (const auto& container : template_of(deployment)["spec"]["containers"].items())
    if (container["name"].text() == name) return &container;
  return nullptr;
}

bool is_control_plane(const data::Value& deployment) {
  const auto& labels = template_of(deployment)["metadata"]["labels"];
  return labels["app"].text() == "istiod" && container_named(deployment, "discovery");
}

// A gateway either runs the proxy as a router, or is injected from the template "gateway".
bool is_gateway(const data::Value& deployment) {
  const auto& metadata = template_of(deployment)["metadata"];
  for (auto part : base::split(metadata["annotations"]["inject.istio.io/templates"].text(), ','))
    if (base::trim(part) == "gateway") return true;
  const auto* proxy = container_named(deployment, "istio-proxy");
  if (!proxy) return false;
  const auto& args = (*proxy)["args"];
  return args[0].text() == "proxy" && args[1].text() == "router";
}

bool runs_operator(const data::Value& deployment) {
  return container_with_image(deployment, "operator") != nullptr;
}

struct Provenance {
  InstallMethod method = InstallMethod::kUnknown;
  kube::ObjectName owner;
};

// Who put an object there, by what each way of installing leaves behind: Helm 3/4 the annotations
// meta.helm.sh/* (charts write the label managed-by=Helm whoever renders them), istioctl and the
// operator the labels of ownership.h; charts say owning-resource "unknown" where nobody said
// better.
Provenance provenance_of(const data::Value& object, const Discovery& found,
                         const MeshObjects& objects) {
  if (kube::label_of(object, "jibe.dev/installation") != "") return {InstallMethod::kJibe, {}};
  const auto& release = kube::annotation_of(object, "meta.helm.sh/release-name");
  if (!release.empty())
    return {InstallMethod::kHelm,
            {kube::annotation_of(object, "meta.helm.sh/release-namespace"), release}};
  kube::ObjectName owner{kube::label_of(object, kOwningResourceNamespaceLabel),
                         kube::label_of(object, kOwningResourceLabel)};
  bool known = !owner.name.empty() && owner.name != "unknown";
  if (!known && kube::label_of(object, kManagedLabel).empty()) return {};
  if (!known) return {InstallMethod::kIstioctl, {}};
  // What istioctl saved is no resource that an operator acts on.
  bool exists = std::any_of(objects.istio_operators.begin(), objects.istio_operators.end(),
                            [&](const data::Value& o) {
                              return kube::name_of(o) == owner &&
                                     kube::annotation_of(o, kIgnoreReconcileAnnotation) != "true";
                            });
  if (exists && !found.operators.empty()) return {InstallMethod::kOperator, owner};
  return {InstallMethod::kIstioctl, owner};
}

ControlPlane control_plane_of(const data::Value& deployment, const Discovery& found,
                              const MeshObjects& objects) {
  ControlPlane out;
  auto name = kube::name_of(deployment);
  out.ns = name.ns;
  out.deployment = name.name;
  const auto& label = kube::label_of(deployment, kRevLabel);
  out.revision = revision_from_label(
      label.empty() ? template_of(deployment)["metadata"]["labels"][kRevLabel].text() : label);
  auto image = split_image((*container_named(deployment, "discovery"))["image"].text());
  out.hub = image.hub;
  out.tag = image.tag;
  auto provenance = provenance_of(deployment, found, objects);
  out.method = provenance.method;
  out.owner = provenance.owner;
  out.replicas = deployment["spec"]["replicas"].int_or(1);
  out.ready_replicas = deployment["status"]["readyReplicas"].int_or(0);
  return out;
}

// The injector, the tags and the default follow from who the webhooks call.
void add_injection_facts(ControlPlane& plane, const MeshObjects& objects) {
  for (const auto& configuration : objects.mutating_webhooks) {
    const auto& webhooks = configuration["webhooks"];
    if (!is_sidecar_injector(webhooks[0])) continue;
    const auto& service = webhooks[0]["clientConfig"]["service"];
    bool mine =
        service["name"].text() == plane.deployment && service["namespace"].text() == plane.ns;
    // Injectors reached by URL (external control planes) are told by their revision label alone.
    if (service.is_null())
      mine = revision_from_label(kube::label_of(configuration, kRevLabel)) == plane.revision;
    if (!mine) continue;
    const auto& tag = kube::label_of(configuration, kTagLabel);
    if (tag.empty())
      plane.injector = kube::name_of(configuration).name;
    else
      plane.tags.push_back(tag);
  }
  std::sort(plane.tags.begin(), plane.tags.end());
  auto matches = injectors_of(objects.mutating_webhooks,
                              data::Value::map({{kInjectionLabel, "enabled"}}), data::Value());
  plane.is_default = std::any_of(matches.begin(), matches.end(), [&](const InjectorMatch& m) {
    return m.service == plane.deployment && m.service_namespace == plane.ns;
  });
}

std::vector<std::string> services_selecting(const data::Value& labels, const std::string& ns,
                                            const MeshObjects& objects) {
  std::vector<std::string> out;
  for (const auto& service : objects.services) {
    const auto& selector = service["spec"]["selector"];
    if (kube::name_of(service).ns == ns && !selector.empty() &&
        kube::LabelSelector::from_map(selector).matches(labels))
      out.push_back(kube::name_of(service).name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

Gateway gateway_of(const data::Value& deployment, const Discovery& found,
                   const MeshObjects& objects) {
  Gateway out;
  auto name = kube::name_of(deployment);
  out.ns = name.ns;
  out.deployment = name.name;
  out.labels = template_of(deployment)["metadata"]["labels"];
  const auto& label = out.labels[kRevLabel].text();
  out.revision = revision_from_label(label.empty() ? kube::label_of(deployment, kRevLabel) : label);
  if (const auto* proxy = container_named(deployment, "istio-proxy"))
    out.tag = split_image((*proxy)["image"].text()).tag;
  auto provenance = provenance_of(deployment, found, objects);
  out.method = provenance.method;
  out.owner = provenance.owner;
  out.services = services_selecting(out.labels, out.ns, objects);
  return out;
}

bool by_place(const data::Value* a, const data::Value* b) {
  return kube::name_of(*a) < kube::name_of(*b);
}

}  // namespace

std::string_view to_string(InstallMethod method) {
  switch (method) {
    case InstallMethod::kJibe:
      return "jibe";
    case InstallMethod::kOperator:
      return "operator";
    case InstallMethod::kIstioctl:
      return "istioctl";
    case InstallMethod::kHelm:
      return "helm";
    case InstallMethod::kUnknown:
      return "unknown";
  }
  return "unknown";
}

const ControlPlane* Discovery::find(const base::Revision& revision) const {
  for (const auto& plane : control_planes)
    if (plane.revision == revision) return &plane;
  return nullptr;
}

const ControlPlane* Discovery::default_control_plane() const {
  for (const auto& plane : control_planes)
    if (plane.is_default) return &plane;
  return nullptr;
}

Discovery discover(const MeshObjects& objects) {
  std::vector<const data::Value*> deployments;
  for (const auto& deployment : objects.deployments) deployments.push_back(&deployment);
  std::sort(deployments.begin(), deployments.end(), by_place);
  Discovery out;
  for (const auto* deployment : deployments)
    if (runs_operator(*deployment)) out.operators.push_back(kube::name_of(*deployment));
  for (const auto* deployment : deployments) {
    if (is_control_plane(*deployment)) {
      out.control_planes.push_back(control_plane_of(*deployment, out, objects));
      add_injection_facts(out.control_planes.back(), objects);
    } else if (is_gateway(*deployment)) {
      out.gateways.push_back(gateway_of(*deployment, out, objects));
    }
  }
  return out;
}

ImageParts split_image(std::string_view image) {
  image = base::cut(image, "@").before;
  ImageParts out;
  size_t slash = image.rfind('/');
  std::string_view last = slash == std::string_view::npos ? image : image.substr(slash + 1);
  if (slash != std::string_view::npos) out.hub = image.substr(0, slash);
  auto parts = base::cut(last, ":");
  out.name = parts.before;
  out.tag = parts.after;
  return out;
}

}  // namespace jibe::istio
