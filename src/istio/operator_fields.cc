#include "istio/operator_fields.h"

#include <cstdlib>

#include "base/strings.h"

namespace jibe::istio {

namespace {

// A type's name at the start of a line, then its fields as name:kind. Kinds: a any, m map, s text,
// b bool, i 32-bit and l 64-bit number, t map of texts, n int-or-string, q quantity, r map of
// quantities, or the name of a type; []
// in front of a list, ? behind what is kept when it is the default, and then @ with the first minor
// version that has the field or @- with the last.
constexpr std::string_view kShared = R"(
NodeAffinity requiredDuringSchedulingIgnoredDuringExecution:NodeSelector
  preferredDuringSchedulingIgnoredDuringExecution:[]PreferredSchedulingTerm
NodeSelector nodeSelectorTerms:[]NodeSelectorTerm
NodeSelectorTerm matchExpressions:[]NodeSelectorRequirement
  matchFields:[]NodeSelectorRequirement
NodeSelectorRequirement key:s operator:s values:[]s
PreferredSchedulingTerm weight:i preference:NodeSelectorTerm
Affinity nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAffinity
PodAffinity requiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm
  preferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm
WeightedPodAffinityTerm weight:i podAffinityTerm:PodAffinityTerm
EnvVar name:s value:s valueFrom:EnvVarSource
ObjectFieldSelector apiVersion:s fieldPath:s
HPAScalingPolicy type:s value:i periodSeconds:i
CrossVersionObjectReference kind:s name:s apiVersion:s
MetricIdentifier name:s? selector:LabelSelector
PodDisruptionBudgetSpec minAvailable:n selector:LabelSelector maxUnavailable:n
RollingUpdateDeployment maxUnavailable:n maxSurge:n
DeploymentStrategy type:s rollingUpdate:RollingUpdateDeployment
ExecAction command:[]s
HTTPHeader name:s value:s
HTTPGetAction path:s port:n host:s scheme:s httpHeaders:[]HTTPHeader
TCPSocketAction port:n host:s
SessionAffinityConfig clientIP:ClientIPConfig
ClientIPConfig timeoutSeconds:i
SELinuxOptions user:s role:s type:s level:s
Sysctl name:s value:s
LabelSelector matchLabels:t matchExpressions:[]LabelSelectorRequirement
LabelSelectorRequirement key:s operator:s values:[]s
SeccompProfile type:s localhostProfile:s
)";

constexpr std::string_view kProtobuf = R"(
MetricTarget type:s value:n averageValue:n averageUtilization:i
IstioOperatorSpec profile:s installPackagePath:s hub:s tag:a namespace:s revision:s meshConfig:m
  components:IstioComponentSetSpec values:m
K8sObjectOverlay apiVersion:s kind:s name:s patches:[]PathValue
PathValue path:s value:a
IstioOperatorSpec resourceSuffix:s defaultRevision:b@-20 compatibilityVersion:s@21
  addonComponents:m
  unvalidatedValues:m
IstioComponentSetSpec base:BaseComponentSpec pilot:ComponentSpec cni:ComponentSpec
  istiodRemote:ComponentSpec ztunnel:ComponentSpec@18 ingressGateways:[]GatewaySpec
  egressGateways:[]GatewaySpec
BaseComponentSpec enabled:b? k8s:KubernetesResourcesSpec
ComponentSpec enabled:b? namespace:s hub:s tag:a spec:m k8s:KubernetesResourcesSpec
GatewaySpec enabled:b? namespace:s name:s label:t hub:s tag:a k8s:KubernetesResourcesSpec
KubernetesResourcesSpec affinity:Affinity env:[]EnvVar hpaSpec:HorizontalPodAutoscalerSpec
  imagePullPolicy:s nodeSelector:t podDisruptionBudget:PodDisruptionBudgetSpec podAnnotations:t
  priorityClassName:s readinessProbe:ReadinessProbe replicaCount:i resources:Resources
  service:ServiceSpec strategy:DeploymentStrategy tolerations:[]Toleration serviceAnnotations:t
  securityContext:PodSecurityContext volumes:[]Volume volumeMounts:[]VolumeMount
  overlays:[]K8sObjectOverlay
Volume name:s volumeSource:m
VolumeMount name:s readOnly:b mountPath:s subPath:s mountPropagation:s subPathExpr:s
PodAffinityTerm labelSelector:LabelSelector namespaces:[]s topologyKey:s
EnvVarSource fieldRef:ObjectFieldSelector resourceFieldRef:ResourceFieldSelector
  configMapKeyRef:KeySelector secretKeyRef:KeySelector
KeySelector localObjectReference:LocalObjectReference key:s optional:b
LocalObjectReference name:s
ResourceFieldSelector containerName:s resource:s divisor:n
HorizontalPodAutoscalerSpec scaleTargetRef:CrossVersionObjectReference minReplicas:i
  maxReplicas:i metrics:[]MetricSpec behavior:HorizontalPodAutoScalerBehavior
HorizontalPodAutoScalerBehavior scaleUp:HPAScalingRules scaleDown:HPAScalingRules
HPAScalingRules stabilizationWindowSeconds:i selectPolicy:s policies:[]HPAScalingPolicy
MetricSpec type:s object:ObjectMetricSource pods:PodsMetricSource resource:ResourceMetricSource
  containerResource:ContainerResourceMetricSource external:ExternalMetricSource
ObjectMetricSource metricName:s targetValue:n selector:LabelSelector averageValue:n target:a
  describedObject:CrossVersionObjectReference metric:MetricIdentifier
PodsMetricSource metricName:s targetAverageValue:n selector:LabelSelector
  metric:MetricIdentifier target:MetricTarget
ResourceMetricSource name:s targetAverageUtilization:i targetAverageValue:n target:MetricTarget
ContainerResourceMetricSource name:s target:MetricTarget container:s
ExternalMetricSource metricName:s metricSelector:LabelSelector targetValue:n
  targetAverageValue:n metric:MetricIdentifier target:MetricTarget
ReadinessProbe exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction
  initialDelaySeconds:i timeoutSeconds:i periodSeconds:i successThreshold:i failureThreshold:i
Resources limits:t requests:t
ServiceSpec ports:[]ServicePort selector:t clusterIP:s type:s externalIPs:[]s sessionAffinity:s
  loadBalancerIP:s loadBalancerSourceRanges:[]s externalName:s externalTrafficPolicy:s
  healthCheckNodePort:i publishNotReadyAddresses:b sessionAffinityConfig:SessionAffinityConfig
  loadBalancerClass:s@21
ServicePort name:s protocol:s port:i targetPort:n nodePort:i appProtocol:s@17
Toleration key:s operator:s value:s effect:s tolerationSeconds:l
PodSecurityContext seLinuxOptions:SELinuxOptions runAsUser:l runAsNonRoot:b
  supplementalGroups:[]l fsGroup:l runAsGroup:l sysctls:[]Sysctl
  windowsOptions:WindowsSecurityContextOptions fsGroupChangePolicy:s
  seccompProfile:SeccompProfile
WindowsSecurityContextOptions gmsaCredentialSpecName:s gmsaCredentialSpec:s runAsUserName:s
)";

constexpr std::string_view kGo = R"(
MetricTarget type:s value:q averageValue:q averageUtilization:i
IstioOperatorSpec profile:s installPackagePath:s hub:s tag:a namespace:s revision:s meshConfig:m
  components:IstioComponentSpec values:m
KubernetesOverlay apiVersion:s kind:s name:s patches:[]Patch
Patch path:s value:a
IstioOperatorSpec compatibilityVersion:s unvalidatedValues:a
IstioComponentSpec base:BaseComponentSpec pilot:ComponentSpec cni:ComponentSpec
  ztunnel:ComponentSpec istiodRemote:ComponentSpec ingressGateways:[]GatewayComponentSpec
  egressGateways:[]GatewayComponentSpec
BaseComponentSpec enabled:b k8s:KubernetesResources
ComponentSpec enabled:b namespace:s hub:s tag:a k8s:KubernetesResources
GatewayComponentSpec enabled:b namespace:s hub:s tag:a k8s:KubernetesResources name:s label:t
KubernetesResources affinity:Affinity env:[]EnvVar hpaSpec:HorizontalPodAutoscalerSpec
  imagePullPolicy:s nodeSelector:t podDisruptionBudget:PodDisruptionBudgetSpec podAnnotations:t
  priorityClassName:s readinessProbe:Probe replicaCount:i resources:ResourceRequirements
  service:ServiceSpec strategy:DeploymentStrategy tolerations:[]Toleration serviceAnnotations:t
  securityContext:PodSecurityContext volumes:[]Volume volumeMounts:[]VolumeMount
  overlays:[]KubernetesOverlay
PodAffinityTerm labelSelector:LabelSelector namespaces:[]s topologyKey:s
  namespaceSelector:LabelSelector matchLabelKeys:[]s mismatchLabelKeys:[]s
EnvVarSource fieldRef:ObjectFieldSelector resourceFieldRef:ResourceFieldSelector
  configMapKeyRef:KeySelector secretKeyRef:KeySelector fileKeyRef:m
KeySelector name:s key:s optional:b
ResourceFieldSelector containerName:s resource:s divisor:q
HorizontalPodAutoscalerSpec scaleTargetRef:CrossVersionObjectReference minReplicas:i
  maxReplicas:i metrics:[]MetricSpec behavior:HorizontalPodAutoscalerBehavior
HorizontalPodAutoscalerBehavior scaleUp:HPAScalingRules scaleDown:HPAScalingRules
HPAScalingRules stabilizationWindowSeconds:i selectPolicy:s policies:[]HPAScalingPolicy
  tolerance:q
MetricSpec type:s object:ObjectMetricSource pods:PodsMetricSource resource:ResourceMetricSource
  containerResource:ContainerResourceMetricSource external:PodsMetricSource
ObjectMetricSource describedObject:CrossVersionObjectReference target:MetricTarget
  metric:MetricIdentifier
PodsMetricSource metric:MetricIdentifier target:MetricTarget
ResourceMetricSource name:s target:MetricTarget
ContainerResourceMetricSource name:s target:MetricTarget container:s
PodDisruptionBudgetSpec unhealthyPodEvictionPolicy:s
Probe exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction grpc:m
  initialDelaySeconds:i timeoutSeconds:i periodSeconds:i successThreshold:i failureThreshold:i
  terminationGracePeriodSeconds:l
ResourceRequirements limits:r requests:r claims:[]m
ServiceSpec ports:[]ServicePort selector:t clusterIP:s clusterIPs:[]s type:s externalIPs:[]s
  sessionAffinity:s loadBalancerIP:s loadBalancerSourceRanges:[]s externalName:s
  externalTrafficPolicy:s healthCheckNodePort:i publishNotReadyAddresses:b
  sessionAffinityConfig:SessionAffinityConfig ipFamilies:[]s ipFamilyPolicy:s
  allocateLoadBalancerNodePorts:b loadBalancerClass:s internalTrafficPolicy:s
  trafficDistribution:s
ServicePort name:s protocol:s appProtocol:s port:i targetPort:n nodePort:i
Toleration key:s operator:s value:s effect:s tolerationSeconds:l
PodSecurityContext seLinuxOptions:SELinuxOptions windowsOptions:WindowsSecurityContextOptions
  runAsUser:l runAsGroup:l runAsNonRoot:b supplementalGroups:[]l supplementalGroupsPolicy:s
  fsGroup:l sysctls:[]Sysctl fsGroupChangePolicy:s seccompProfile:SeccompProfile
  appArmorProfile:SeccompProfile seLinuxChangePolicy:s
WindowsSecurityContextOptions gmsaCredentialSpecName:s gmsaCredentialSpec:s runAsUserName:s
  hostProcess:b
TopologySpreadConstraint maxSkew:i topologyKey:s whenUnsatisfiable:s labelSelector:LabelSelector
  minDomains:i nodeAffinityPolicy:s nodeTaintsPolicy:s matchLabelKeys:[]s
VolumeMount name:s readOnly:b recursiveReadOnly:s mountPath:s subPath:s mountPropagation:s
  subPathExpr:s
Volume name:s hostPath:m emptyDir:m gcePersistentDisk:m awsElasticBlockStore:m gitRepo:m
  secret:m nfs:m iscsi:m glusterfs:m persistentVolumeClaim:m rbd:m flexVolume:m cinder:m
  cephfs:m flocker:m downwardAPI:m fc:m azureFile:m configMap:m vsphereVolume:m quobyte:m
  azureDisk:m photonPersistentDisk:m projected:m portworxVolume:m scaleIO:m storageos:m csi:m
  ephemeral:m image:m
Lifecycle postStart:m preStop:m stopSignal:s
)";

FieldKind kind_of(std::string_view word) {
  if (word.size() != 1) return FieldKind::kMessage;
  switch (word[0]) {
    case 'm':
      return FieldKind::kMap;
    case 's':
      return FieldKind::kText;
    case 'b':
      return FieldKind::kBool;
    case 'i':
      return FieldKind::kInt;
    case 'l':
      return FieldKind::kLong;
    case 't':
      return FieldKind::kTextMap;
    case 'n':
      return FieldKind::kIntOrText;
    case 'q':
      return FieldKind::kQuantity;
    case 'r':
      return FieldKind::kQuantityMap;
    default:
      return FieldKind::kAny;
  }
}

OperatorField read_field(std::string_view text) {
  auto [name, word, found] = base::cut(text, ":");
  OperatorField out;
  out.name = name;
  auto versions = base::cut(word, "@");
  if (versions.found) {
    int minor = std::atoi(std::string(versions.after).c_str());
    (minor < 0 ? out.last : out.first) = std::abs(minor);
    word = versions.before;
  }
  out.optional = word.ends_with('?');
  if (out.optional) word.remove_suffix(1);
  out.list = word.starts_with("[]");
  if (out.list) word.remove_prefix(2);
  out.kind = kind_of(word);
  if (out.kind == FieldKind::kMessage) out.message = word;
  return out;
}

void read_types(std::string_view table, OperatorTypes& out) {
  std::string type;
  for (auto line : base::split(table, '\n')) {
    auto words = base::split(base::trim(line), ' ');
    if (!line.starts_with(' ')) type = words[0];
    for (auto word : words)
      if (base::contains(word, ":")) out[type].push_back(read_field(word));
  }
}

OperatorTypes types_of(std::string_view own) {
  OperatorTypes out;
  read_types(kShared, out);
  read_types(own, out);
  return out;
}

}  // namespace

const OperatorTypes& protobuf_operator_types() {
  static const OperatorTypes kTypes = types_of(kProtobuf);
  return kTypes;
}

const OperatorTypes& go_operator_types() {
  static const OperatorTypes kTypes = types_of(kGo);
  return kTypes;
}

}  // namespace jibe::istio
