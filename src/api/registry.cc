#include "api/registry.h"

#include <fmt/core.h>

#include "api/names.h"
#include "api/reader.h"
#include "base/strings.h"

namespace jibe::api {
namespace {

CertOptions read_options(Reader reader) {
  CertOptions out;
  out.ttl_days = reader.integer("ttlDays");
  out.rsa_key_size_bytes = reader.integer("rsaKeySizeBytes");
  out.org_name = reader.text("orgName");
  out.secret_rotation_grace_period_ratio = reader.number("secretRotationGracePeriodRatio");
  if (out.ttl_days < 0) reader.problem("ttlDays", "must not be negative");
  bool key_fits = out.rsa_key_size_bytes == 0 ||
                  (out.rsa_key_size_bytes >= 2048 && out.rsa_key_size_bytes <= 8192);
  if (!key_fits) reader.problem("rsaKeySizeBytes", "must be from 2048 to 8192");
  bool ratio_fits =
      out.secret_rotation_grace_period_ratio >= 0 && out.secret_rotation_grace_period_ratio <= 1;
  if (!ratio_fits) reader.problem("secretRotationGracePeriodRatio", "must be from 0 to 1");
  reader.finish();
  return out;
}

RootAuthority read_authority(Reader reader, const std::string& default_ns) {
  RootAuthority out;
  bool has_secret = reader.has("secretRef");
  bool has_generated = reader.has("generated");
  if (has_secret && has_generated) {
    reader.problem("", "has generated and secretRef; keep one");
  }
  out.generated = !has_secret;
  out.options = read_options(reader.child("generated"));
  Reader secret = reader.child("secretRef");
  if (has_secret) {
    out.secret = {secret.text("namespace", default_ns), secret.text("name")};
    if (out.secret.name.empty()) secret.problem("name", "is missing");
  }
  secret.finish();
  reader.finish();
  return out;
}

MeshSelector read_mesh(Reader& reader) {
  MeshSelector out;
  Reader istio = reader.child("istio");
  out.revision = base::Revision(istio.text("revision"));
  out.ns = istio.text("namespace");
  out.cluster_labels = istio.map("clusterSelector");
  out.labels = istio.map("selector");
  istio.finish();
  reader.finish();
  return out;
}

}  // namespace

Decoded<KubernetesCluster> decode_kubernetes_cluster(const data::Value& object) {
  Decoded<KubernetesCluster> out;
  out.value.head = read_head(object);
  out.value.cluster = base::ClusterName(out.value.head.name.name);
  std::string problem = cluster_name_problem(out.value.cluster.str());
  if (!problem.empty()) out.problems.push_back({"metadata.name", problem});
  Reader spec(object["spec"], "spec", out.problems);
  std::string domain = spec.text("clusterDomain");
  if (!domain.empty()) out.value.cluster_domain = domain;
  if (!base::is_dns_subdomain(out.value.cluster_domain)) {
    spec.problem("clusterDomain", fmt::format("\"{}\" is no DNS name", domain));
  }
  out.value.skip_warming = spec.flag("skipWarming");
  spec.finish();
  return out;
}

Decoded<RootTrustPolicy> decode_root_trust_policy(const data::Value& object) {
  Decoded<RootTrustPolicy> out;
  RootTrustPolicy& policy = out.value;
  policy.head = read_head(object);
  const std::string& ns = policy.head.name.ns;
  Reader spec(object["spec"], "spec", out.problems);
  for (Reader& mesh : spec.items("applyToMeshes"))
    policy.apply_to_meshes.push_back(read_mesh(mesh));
  Reader config = spec.child("config");
  if (config.has("mgmtServerCa") && config.has("agentCa")) {
    config.problem("", "has mgmtServerCa and agentCa; keep one");
  }
  policy.root = read_authority(config.child("mgmtServerCa"), ns);
  policy.agent_ca = config.map("agentCa");
  policy.intermediate = read_options(config.child("intermediateCertOptions"));
  policy.auto_restart_pods = config.flag("autoRestartPods");
  for (Reader& root : config.items("passiveCertificateAuthorities")) {
    policy.passive_roots.push_back(read_authority(root, ns));
  }
  config.finish();
  spec.finish();
  return out;
}

}  // namespace jibe::api
