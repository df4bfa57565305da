#include "lifecycle/workload_objects.h"

#include "base/strings.h"
#include "data/yaml.h"
#include "istio/names.h"
#include "lifecycle/contract.h"

namespace jibe::lifecycle {

namespace {

// The installer creates whatever the charts hold, and the charts hold ClusterRoles with the rights
// of istiod: only who has those rights may grant them, hence bind and escalate.
constexpr std::string_view kInstaller = R"(
- apiVersion: v1
  kind: Namespace
  metadata:
    name: NAMESPACE
    labels: {jibe.dev/revision: "REVISION"}
- apiVersion: v1
  kind: ServiceAccount
  metadata: {name: NAME, namespace: NAMESPACE}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: NAME}
  rules:
  - apiGroups: [install.istio.io]
    resources: ["*"]
    verbs: ["*"]
  - apiGroups: [""]
    resources: [namespaces, services, configmaps, secrets, serviceaccounts, events, resourcequotas]
    verbs: ["*"]
  - apiGroups: [""]
    resources: [pods]
    verbs: [get, list]
  - apiGroups: [apps, autoscaling, policy, networking.k8s.io, admissionregistration.k8s.io,
      apiextensions.k8s.io, networking.istio.io, telemetry.istio.io, security.istio.io,
      extensions.istio.io, k8s.cni.cncf.io]
    resources: ["*"]
    verbs: ["*"]
  - apiGroups: [rbac.authorization.k8s.io]
    resources: [clusterroles, clusterrolebindings, roles, rolebindings]
    verbs: [get, list, watch, create, update, patch, delete, bind, escalate]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRoleBinding
  metadata: {name: NAME}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: NAME}
  subjects:
  - {kind: ServiceAccount, name: NAME, namespace: NAMESPACE}
- apiVersion: v1
  kind: Service
  metadata:
    name: NAME
    namespace: NAMESPACE
    labels: {name: istio-operator}
  spec:
    ports:
    - {name: http-metrics, port: 8383, targetPort: 8383, protocol: TCP}
    selector: {name: istio-operator, istio-operator-revision: "REVISION"}
- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: NAME
    namespace: NAMESPACE
    labels: {name: istio-operator}
  spec:
    replicas: 1
    selector:
      matchLabels: {name: istio-operator, istio-operator-revision: "REVISION"}
    template:
      metadata:
        labels: {name: istio-operator, istio-operator-revision: "REVISION"}
      spec:
        serviceAccountName: NAME
        containers:
        - name: istio-operator
          image: IMAGE
          args: [installer]
          env:
          - {name: REVISION, value: "REVISION"}
          - name: POD_NAMESPACE
            valueFrom: {fieldRef: {apiVersion: v1, fieldPath: metadata.namespace}}
          ports:
          - {name: http-metrics, containerPort: 8383, protocol: TCP}
          readinessProbe:
            httpGet: {path: /readyz, port: 8383, scheme: HTTP}
          resources:
            requests: {cpu: 10m, memory: 32Mi}
          securityContext:
            allowPrivilegeEscalation: false
            capabilities: {drop: [ALL]}
            readOnlyRootFilesystem: true
            runAsNonRoot: true
)";

void add_entries(data::Value& metadata, const char* field, const data::Value& more) {
  for (const auto& entry : more.entries()) metadata.edit(field).set(entry.key, entry.value);
}

// The selector's own labels stay what they are.
void apply_settings(data::Value& deployment, const api::IstioController& controller) {
  auto& pod = deployment.edit("spec").edit("template");
  auto selected = deployment["spec"]["selector"]["matchLabels"];
  for (auto* metadata : {&deployment.edit("metadata"), &pod.edit("metadata")}) {
    add_entries(*metadata, "labels", controller.labels);
    add_entries(*metadata, "annotations", controller.annotations);
    add_entries(*metadata, "labels", selected);
  }
  auto& spec = pod.edit("spec");
  if (controller.image_pull_secrets.is_list())
    spec.set("imagePullSecrets", controller.image_pull_secrets);
  auto& container = spec.edit("containers").edit(size_t{0});
  if (controller.resources.is_map()) container.set("resources", controller.resources);
  if (controller.security_context.is_map())
    container.set("securityContext", controller.security_context);
  for (const auto& variable : controller.env_vars.items())
    container.edit("env").push_back(variable);
}

}  // namespace

std::vector<data::Value> installer_manifests(const base::Revision& revision,
                                             const std::string& image,
                                             const api::IstioController& controller) {
  std::string text(kInstaller);
  text = base::replace_all(text, "NAMESPACE", installer_namespace(revision));
  text = base::replace_all(text, "POD_" + installer_namespace(revision), "POD_NAMESPACE");
  text = base::replace_all(text, "name: NAME", "name: " + installer_name(revision));
  text = base::replace_all(text, "serviceAccountName: NAME",
                           "serviceAccountName: " + installer_name(revision));
  text = base::replace_all(text, "\"REVISION\"", "\"" + revision.str() + "\"");
  text = base::replace_all(text, "image: IMAGE", "image: " + image);
  auto list = data::parse_yaml(text);
  for (auto& object : list.edit_items())
    if (object["kind"].text() == "Deployment") apply_settings(object, controller);
  return {list.items().begin(), list.items().end()};
}

data::Value charts_secret_object(const base::Revision& revision, const istio::Release& release) {
  auto version = release.version().str();
  auto metadata = data::Value::map(
      {{"name", charts_secret(version)}, {"namespace", installer_namespace(revision)}});
  auto content = data::Value::map({{"bundle.tgz", base::base64_encode(release.bundle())}});
  return data::Value::map({{"apiVersion", "v1"},
                           {"kind", "Secret"},
                           {"metadata", metadata},
                           {"type", "jibe.dev/charts"},
                           {"data", content}});
}

data::Value operator_object(const OperatorMeta& meta, data::Value spec) {
  auto labels =
      data::Value::map({{kRoleLabel, meta.role}, {istio::kRevLabel, meta.revision.str()}});
  auto annotations = data::Value::map(
      {{kChartVersionAnnotation, meta.chart_version}, {kManagerAnnotation, meta.manager.str()}});
  if (meta.role == "gateway")
    annotations.set(kActiveGatewayAnnotation, meta.active_gateway ? "true" : "false");
  auto metadata = data::Value::map({{"name", meta.name},
                                    {"namespace", installer_namespace(meta.revision)},
                                    {"labels", labels},
                                    {"annotations", annotations}});
  return data::Value::map({{"apiVersion", "install.istio.io/v1alpha1"},
                           {"kind", "IstioOperator"},
                           {"metadata", metadata},
                           {"spec", std::move(spec)}});
}

}  // namespace jibe::lifecycle
