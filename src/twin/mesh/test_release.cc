#include "twin/mesh/test_release.h"

#include "data/yaml.h"
#include "helm/test_charts.h"

namespace jibe::twin {

namespace {

constexpr const char* kDefaultProfile = R"(
spec:
  hub: example.com
  tag: "1"
  components:
    base: {enabled: true}
    pilot: {enabled: true}
    ingressGateways:
    - {name: istio-ingressgateway, enabled: false}
    egressGateways:
    - {name: istio-egressgateway, enabled: false}
  values:
    global: {istioNamespace: istio-system, network: ""}
    gateways:
      istio-ingressgateway: {name: istio-ingressgateway, labels: {}}
)";

constexpr const char* kEmptyProfile = R"(
spec:
  components:
    base: {enabled: false}
    pilot: {enabled: false}
)";

constexpr const char* kDefinition = R"(
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: istiooperators.install.istio.io
spec:
  group: install.istio.io
  names:
    kind: IstioOperator
    listKind: IstioOperatorList
    plural: istiooperators
    singular: istiooperator
  scope: Namespaced
  versions:
  - name: v1alpha1
    served: true
    storage: true
    subresources: {status: {}}
    schema:
      openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
)";

constexpr const char* kBase = R"(
apiVersion: v1
kind: ServiceAccount
metadata:
  name: istio-reader
  namespace: {{ .Values.global.istioNamespace }}
)";

constexpr const char* kDiscovery = R"(
{{- define "suffix" }}{{ if .Values.revision }}-{{ .Values.revision }}{{ end }}{{ end }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: istiod{{ include "suffix" . }}
  namespace: {{ .Release.Namespace }}
spec:
  selector: {matchLabels: {app: istiod}}
  template:
    metadata: {labels: {app: istiod}}
    spec:
      containers:
      - {name: discovery, image: "{{ .Values.global.hub }}/pilot:{{ .Values.global.tag }}"}
---
apiVersion: v1
kind: Service
metadata:
  name: istiod{{ include "suffix" . }}
  namespace: {{ .Release.Namespace }}
spec:
  selector: {app: istiod}
  ports:
  - {name: https-webhook, port: 443}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: istio-sidecar-injector{{ include "suffix" . }}
  labels:
    app: sidecar-injector
    istio.io/rev: {{ .Values.revision | default "default" }}
webhooks:
- name: namespace.sidecar-injector.istio.io
  clientConfig:
    service:
      name: istiod{{ include "suffix" . }}
      namespace: istio-system
      path: /inject
      port: 443
  namespaceSelector: {matchLabels: {istio-injection: enabled}}
  rules:
  - {operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}
  sideEffects: None
  admissionReviewVersions: [v1]
{{- if .Values.extra }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: extra
  namespace: {{ .Release.Namespace }}
{{- end }}
)";

constexpr const char* kTags = R"(
{{- range .Values.revisionTags }}
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: istio-revision-tag-{{ . }}
  labels:
    app: sidecar-injector
    istio.io/tag: {{ . }}
    istio.io/rev: {{ $.Values.revision | default "default" }}
webhooks:
- name: namespace.sidecar-injector.istio.io
  clientConfig:
    service: {name: istiod, namespace: istio-system, port: 443}
  namespaceSelector: {matchLabels: {istio-injection: enabled}}
  rules:
  - {operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}
  sideEffects: None
  admissionReviewVersions: [v1]
{{- end }}
)";

constexpr const char* kValidator = R"(
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: istiod-default-validator
  labels: {app: istiod}
webhooks:
- name: validation.istio.io
  clientConfig:
    service: {name: istiod, namespace: istio-system, path: /validate, port: 443}
  failurePolicy: Ignore
  rules:
  - {operations: [CREATE], apiGroups: [networking.istio.io], apiVersions: ["*"], resources: ["*"]}
  sideEffects: None
  admissionReviewVersions: [v1]
)";

constexpr const char* kGateway = R"(
{{- $gateway := index .Values "gateways" "istio-ingressgateway" }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $gateway.name }}
  namespace: {{ .Release.Namespace }}
spec:
  selector: {matchLabels: {app: {{ $gateway.name }}}}
  template:
    metadata: {labels: {app: {{ $gateway.name }}}}
    spec:
      containers:
      - {name: istio-proxy, image: "{{ .Values.global.hub }}/proxyv2:{{ .Values.global.tag }}"}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $gateway.name }}
  namespace: {{ .Release.Namespace }}
spec:
  selector: {app: {{ $gateway.name }}}
  ports:
  - {name: http2, port: 80}
)";

constexpr const char* kOperator = R"(
apiVersion: apps/v1
kind: Deployment
metadata:
  name: istio-operator
  namespace: {{ .Release.Namespace }}
spec:
  selector: {matchLabels: {name: istio-operator}}
  template:
    metadata: {labels: {name: istio-operator}}
    spec:
      serviceAccountName: istio-operator
      containers:
      - name: istio-operator
        image: {{ .Values.hub }}/operator:{{ .Values.tag }}
        env:
        - {name: WATCH_NAMESPACE, value: {{ .Values.watchedNamespaces | quote }}}
        - {name: REVISION, value: {{ .Values.revision | quote }}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: istio-operator, namespace: {{ .Release.Namespace }}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: istio-operator}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects:
- {kind: ServiceAccount, name: istio-operator, namespace: {{ .Release.Namespace }}}
)";

void add_chart(std::vector<helm::TarEntry>& files, const std::string& folder,
               const std::string& name, const std::string& text) {
  auto chart = helm::chart_yaml("chart");
  files.push_back({"istio/charts/" + folder + "/" + chart.name, chart.data});
  files.push_back({"istio/charts/" + folder + "/" + name, text});
}

}  // namespace

istio::ReleasePtr test_release(const std::string& version) {
  std::vector<helm::TarEntry> files = {{"istio/VERSION", version},
                                       {"istio/profiles/default.yaml", kDefaultProfile},
                                       {"istio/profiles/empty.yaml", kEmptyProfile}};
  add_chart(files, "base", "templates/base.yaml", kBase);
  files.push_back({"istio/charts/base/crds/crd.yaml", kDefinition});
  add_chart(files, "istio-control/istio-discovery", "templates/all.yaml", kDiscovery);
  files.push_back({"istio/charts/istio-control/istio-discovery/templates/tags.yaml", kTags});
  add_chart(files, "default", "templates/validator.yaml", kValidator);
  add_chart(files, "gateways/istio-ingress", "templates/gateway.yaml", kGateway);
  add_chart(files, "istio-operator", "templates/operator.yaml", kOperator);
  files.push_back({"istio/charts/istio-operator/crds/crd.yaml", kDefinition});
  return istio::Release::from_bundle(helm::make_tgz(files));
}

data::Value test_operator(const std::string& name, const std::string& spec) {
  return data::parse_yaml(
      "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: " + name +
      ", namespace: istio-system}\nspec: " + spec);
}

}  // namespace jibe::twin
