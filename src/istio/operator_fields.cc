#include "istio/operator_fields.h"

#include "base/strings.h"

namespace jibe::istio {

namespace {

// A type's name at the start of a line, then its fields as name:kind. Kinds: a any, m map, s text,
// b bool, i 32-bit and l 64-bit number, t map of texts, n int-or-string, or the name of a type; []
// in front of a list, ? behind what is kept when it is the default.
constexpr std::string_view kShared = R"(
IstioOperatorSpec profile:s installPackagePath:s hub:s tag:a namespace:s revision:s meshConfig:m
  components:Components values:m
Overlay apiVersion:s kind:s name:s patches:[]Patch
Patch path:s value:a
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
MetricTarget type:s value:n averageValue:n averageUtilization:i
PodDisruptionBudget minAvailable:n selector:LabelSelector maxUnavailable:n
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
IstioOperatorSpec resourceSuffix:s defaultRevision:b compatibilityVersion:s addonComponents:m
  unvalidatedValues:m
Components base:Base pilot:Component cni:Component istiodRemote:Component ztunnel:Component
  ingressGateways:[]Gateway egressGateways:[]Gateway
Base enabled:b? k8s:K8s
Component enabled:b? namespace:s hub:s tag:a spec:m k8s:K8s
Gateway enabled:b? namespace:s name:s label:t hub:s tag:a k8s:K8s
K8s affinity:Affinity env:[]EnvVar hpaSpec:Hpa imagePullPolicy:s nodeSelector:t
  podDisruptionBudget:PodDisruptionBudget podAnnotations:t priorityClassName:s
  readinessProbe:Probe replicaCount:i resources:Resources service:Service
  strategy:DeploymentStrategy tolerations:[]Toleration serviceAnnotations:t
  securityContext:PodSecurityContext volumes:[]a volumeMounts:[]a overlays:[]Overlay
PodAffinityTerm labelSelector:LabelSelector namespaces:[]s topologyKey:s
EnvVarSource fieldRef:ObjectFieldSelector resourceFieldRef:ResourceFieldSelector
  configMapKeyRef:KeySelector secretKeyRef:KeySelector
KeySelector localObjectReference:LocalObjectReference key:s optional:b
LocalObjectReference name:s
ResourceFieldSelector containerName:s resource:s divisor:n
Hpa scaleTargetRef:CrossVersionObjectReference minReplicas:i maxReplicas:i metrics:[]Metric
  behavior:HpaBehavior
HpaBehavior scaleUp:HPAScalingRules scaleDown:HPAScalingRules
HPAScalingRules stabilizationWindowSeconds:i selectPolicy:s policies:[]HPAScalingPolicy
Metric type:s object:ObjectMetric pods:PodsMetric resource:ResourceMetric
  containerResource:ContainerResourceMetric external:ExternalMetric
ObjectMetric metricName:s targetValue:n selector:LabelSelector averageValue:n target:a
  describedObject:CrossVersionObjectReference metric:MetricIdentifier
PodsMetric metricName:s targetAverageValue:n selector:LabelSelector metric:MetricIdentifier
  target:MetricTarget
ResourceMetric name:s targetAverageUtilization:i targetAverageValue:n target:MetricTarget
ContainerResourceMetric name:s target:MetricTarget container:s
ExternalMetric metricName:s metricSelector:LabelSelector targetValue:n targetAverageValue:n
  metric:MetricIdentifier target:MetricTarget
Probe exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction initialDelaySeconds:i
  timeoutSeconds:i periodSeconds:i successThreshold:i failureThreshold:i
Resources limits:t requests:t
Service ports:[]ServicePort selector:t clusterIP:s type:s externalIPs:[]s sessionAffinity:s
  loadBalancerIP:s loadBalancerSourceRanges:[]s externalName:s externalTrafficPolicy:s
  healthCheckNodePort:i publishNotReadyAddresses:b sessionAffinityConfig:SessionAffinityConfig
  loadBalancerClass:s
ServicePort name:s protocol:s port:i targetPort:n nodePort:i appProtocol:s
Toleration key:s operator:s value:s effect:s tolerationSeconds:l
PodSecurityContext seLinuxOptions:SELinuxOptions runAsUser:l runAsNonRoot:b
  supplementalGroups:[]l fsGroup:l runAsGroup:l sysctls:[]Sysctl windowsOptions:WindowsOptions
  fsGroupChangePolicy:s seccompProfile:SeccompProfile
WindowsOptions gmsaCredentialSpecName:s gmsaCredentialSpec:s runAsUserName:s
)";

constexpr std::string_view kGo = R"(
IstioOperatorSpec compatibilityVersion:s unvalidatedValues:a
Components base:Base pilot:Component cni:Component ztunnel:Component istiodRemote:Component
  ingressGateways:[]Gateway egressGateways:[]Gateway
Base enabled:b k8s:K8s
Component enabled:b namespace:s hub:s tag:a k8s:K8s
Gateway enabled:b namespace:s hub:s tag:a k8s:K8s name:s label:t
K8s affinity:Affinity env:[]EnvVar hpaSpec:Hpa imagePullPolicy:s nodeSelector:t
  podDisruptionBudget:PodDisruptionBudget podAnnotations:t priorityClassName:s
  readinessProbe:Probe replicaCount:i resources:Resources service:Service
  strategy:DeploymentStrategy tolerations:[]Toleration serviceAnnotations:t
    securityContext:PodSecurityContext volumes:[]Volume volumeMounts:[]VolumeMount
  overlays:[]Overlay
PodAffinityTerm labelSelector:LabelSelector namespaces:[]s topologyKey:s
  namespaceSelector:LabelSelector
  matchLabelKeys:[]s mismatchLabelKeys:[]s
EnvVarSource fieldRef:ObjectFieldSelector resourceFieldRef:ResourceFieldSelector
  configMapKeyRef:KeySelector secretKeyRef:KeySelector fileKeyRef:m
KeySelector name:s key:s optional:b
ResourceFieldSelector containerName:s resource:s divisor:n
Hpa scaleTargetRef:CrossVersionObjectReference minReplicas:i maxReplicas:i metrics:[]Metric
  behavior:HpaBehavior
HpaBehavior scaleUp:HPAScalingRules scaleDown:HPAScalingRules
HPAScalingRules stabilizationWindowSeconds:i selectPolicy:s policies:[]HPAScalingPolicy
  tolerance:n
Metric type:s object:ObjectMetric pods:PodsMetric resource:ResourceMetric
  containerResource:ContainerResourceMetric external:PodsMetric
ObjectMetric describedObject:CrossVersionObjectReference target:MetricTarget
  metric:MetricIdentifier
PodsMetric metric:MetricIdentifier target:MetricTarget
ResourceMetric name:s target:MetricTarget
ContainerResourceMetric name:s target:MetricTarget container:s
PodDisruptionBudget unhealthyPodEvictionPolicy:s
Probe exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction grpc:m
  initialDelaySeconds:i timeoutSeconds:i periodSeconds:i successThreshold:i failureThreshold:i
  terminationGracePeriodSeconds:l
Resources limits:m requests:m claims:[]m
Service ports:[]ServicePort selector:t clusterIP:s clusterIPs:[]s type:s externalIPs:[]s
  sessionAffinity:s loadBalancerIP:s loadBalancerSourceRanges:[]s externalName:s
  externalTrafficPolicy:s healthCheckNodePort:i publishNotReadyAddresses:b
  sessionAffinityConfig:SessionAffinityConfig ipFamilies:[]s ipFamilyPolicy:s
  allocateLoadBalancerNodePorts:b loadBalancerClass:s internalTrafficPolicy:s
  trafficDistribution:s
ServicePort name:s protocol:s appProtocol:s port:i targetPort:n nodePort:i
Toleration key:s operator:s value:s effect:s tolerationSeconds:l
PodSecurityContext seLinuxOptions:SELinuxOptions windowsOptions:WindowsOptions runAsUser:l
  runAsGroup:l runAsNonRoot:b supplementalGroups:[]l supplementalGroupsPolicy:s fsGroup:l
  sysctls:[]Sysctl fsGroupChangePolicy:s seccompProfile:SeccompProfile
  appArmorProfile:SeccompProfile seLinuxChangePolicy:s
WindowsOptions gmsaCredentialSpecName:s gmsaCredentialSpec:s runAsUserName:s hostProcess:b
TopologySpreadConstraint maxSkew:i topologyKey:s whenUnsatisfiable:s labelSelector:LabelSelector
  minDomains:i nodeAffinityPolicy:s nodeTaintsPolicy:s matchLabelKeys:[]s
VolumeMount name:s readOnly:b recursiveReadOnly:s mountPath:s subPath:s mountPropagation:s
  subPathExpr:s
Volume name:s hostPath:m emptyDir:m gcePersistentDisk:m awsElasticBlockStore:m gitRepo:m
  secret:m
  nfs:m iscsi:m glusterfs:m persistentVolumeClaim:m rbd:m flexVolume:m cinder:m cephfs:m
  flocker:m downwardAPI:m fc:m azureFile:m configMap:m vsphereVolume:m quobyte:m azureDisk:m
  photonPersistentDisk:m projected:m portworxVolume:m scaleIO:m storageos:m csi:m ephemeral:m
  image:m
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
    default:
      return FieldKind::kAny;
  }
}

OperatorField read_field(std::string_view text) {
  auto [name, word, found] = base::cut(text, ":");
  OperatorField out;
  out.name = name;
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
