// Typed views of KubernetesCluster and RootTrustPolicy.
#pragma once
#include <string>
#include <vector>

#include "api/lifecycle.h"

namespace jibe::api {

struct KubernetesCluster {
  ObjectHead head;
  base::ClusterName cluster;  // metadata.name
  std::string cluster_domain = "cluster.local";
  bool skip_warming = false;
};
Decoded<KubernetesCluster> decode_kubernetes_cluster(const data::Value& object);

struct CertOptions {
  int64_t ttl_days = 0;  // 0 = default
  int64_t rsa_key_size_bytes = 0;
  std::string org_name;
  double secret_rotation_grace_period_ratio = 0;
};
// spec.config.mgmtServerCa and each of passiveCertificateAuthorities.
struct RootAuthority {
  bool generated = false;
  CertOptions options;
  kube::ObjectName secret;  // empty where generated
};
struct MeshSelector {
  base::Revision revision;
  std::string ns;
  data::Value cluster_labels;
  data::Value labels;
};
struct RootTrustPolicy {
  ObjectHead head;
  std::vector<MeshSelector> apply_to_meshes;  // empty = every mesh
  RootAuthority root;                         // default: generated
  data::Value agent_ca;                       // null where the management server signs
  CertOptions intermediate;
  bool auto_restart_pods = false;
  std::vector<RootAuthority> passive_roots;
};
Decoded<RootTrustPolicy> decode_root_trust_policy(const data::Value& object);

}  // namespace jibe::api
