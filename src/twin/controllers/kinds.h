// The resources that the controllers of a cluster read and write, in the version they use.
#pragma once
#include "kube/object.h"

namespace jibe::twin {

inline const kube::Gvr kPods{"", "v1", "pods"};
inline const kube::Gvr kServices{"", "v1", "services"};
inline const kube::Gvr kEndpoints{"", "v1", "endpoints"};
inline const kube::Gvr kEvents{"", "v1", "events"};
inline const kube::Gvr kNodes{"", "v1", "nodes"};
inline const kube::Gvr kNamespaces{"", "v1", "namespaces"};
inline const kube::Gvr kConfigMaps{"", "v1", "configmaps"};
inline const kube::Gvr kSecrets{"", "v1", "secrets"};
inline const kube::Gvr kServiceAccounts{"", "v1", "serviceaccounts"};
inline const kube::Gvr kReplicationControllers{"", "v1", "replicationcontrollers"};
inline const kube::Gvr kResourceQuotas{"", "v1", "resourcequotas"};
inline const kube::Gvr kPersistentVolumeClaims{"", "v1", "persistentvolumeclaims"};
inline const kube::Gvr kPersistentVolumes{"", "v1", "persistentvolumes"};
inline const kube::Gvr kDeployments{"apps", "v1", "deployments"};
inline const kube::Gvr kReplicaSets{"apps", "v1", "replicasets"};
inline const kube::Gvr kStatefulSets{"apps", "v1", "statefulsets"};
inline const kube::Gvr kDaemonSets{"apps", "v1", "daemonsets"};
inline const kube::Gvr kControllerRevisions{"apps", "v1", "controllerrevisions"};
inline const kube::Gvr kJobs{"batch", "v1", "jobs"};
inline const kube::Gvr kCronJobs{"batch", "v1", "cronjobs"};
inline const kube::Gvr kEndpointSlices{"discovery.k8s.io", "v1", "endpointslices"};
inline const kube::Gvr kHpas{"autoscaling", "v2", "horizontalpodautoscalers"};
inline const kube::Gvr kPdbs{"policy", "v1", "poddisruptionbudgets"};
inline const kube::Gvr kClusterRoles{"rbac.authorization.k8s.io", "v1", "clusterroles"};
inline const kube::Gvr kClusterRoleBindings{"rbac.authorization.k8s.io", "v1",
                                            "clusterrolebindings"};
inline const kube::Gvr kPriorityClasses{"scheduling.k8s.io", "v1", "priorityclasses"};
inline const kube::Gvr kLeases{"coordination.k8s.io", "v1", "leases"};
inline const kube::Gvr kCrds{"apiextensions.k8s.io", "v1", "customresourcedefinitions"};

}  // namespace jibe::twin
