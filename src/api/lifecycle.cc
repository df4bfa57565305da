#include "api/lifecycle.h"

#include <fmt/core.h>

#include <map>

#include "api/names.h"
#include "api/reader.h"
#include "base/strings.h"
#include "kube/time.h"

namespace jibe::api {
namespace {

using base::ClusterName;
using base::Revision;

void check(const Reader& reader, std::string_view key, const std::string& problem) {
  if (!problem.empty()) reader.problem(key, problem);
}

HelmGlobal read_helm_global(Reader reader, const std::string& default_ns) {
  HelmGlobal out;
  out.repo = reader.text("repo");
  out.repo_skip_tls_verify = reader.flag("repoSkipTlsVerify");
  bool known = out.repo.empty() || out.repo.starts_with("oci://") ||
               out.repo.starts_with("https://") || out.repo.starts_with("http://");
  if (!known) {
    reader.problem("repo", fmt::format("\"{}\" must begin with oci:// or https://", out.repo));
  }
  for (Reader& secret : reader.items("repoSecrets")) {
    kube::ObjectName name{secret.text("namespace", default_ns), secret.text("name")};
    if (name.name.empty()) secret.problem("name", "is missing");
    out.repo_secrets.push_back(std::move(name));
    for (const char* field : {"apiVersion", "kind", "uid", "resourceVersion", "fieldPath"}) {
      secret.any(field);
    }
    secret.finish();
  }
  reader.finish();
  return out;
}

IstioController read_controller(Reader reader) {
  IstioController out;
  std::string timeout = reader.text("waitForResourcesTimeout");
  if (!timeout.empty()) {
    out.wait_for_resources_timeout = kube::parse_duration(timeout);
    bool usable =
        out.wait_for_resources_timeout && *out.wait_for_resources_timeout > base::Duration::zero();
    if (!usable) {
      reader.problem("waitForResourcesTimeout",
                     fmt::format("\"{}\" is no duration such as 10m or 1h30m", timeout));
      out.wait_for_resources_timeout.reset();
    }
  }
  out.image_pull_secrets = reader.list("imagePullSecrets");
  out.resources = reader.map("resources");
  out.security_context = reader.map("securityContext");
  out.labels = reader.map("labels");
  out.annotations = reader.map("annotations");
  out.env_vars = reader.list("envVars");
  reader.finish();
  return out;
}

std::vector<ClusterTarget> read_clusters(Reader& installation, const char* active_key) {
  std::vector<ClusterTarget> out;
  std::set<std::string> seen;
  for (Reader& reader : installation.items("clusters")) {
    ClusterTarget target;
    std::string name = reader.text("name");
    check(reader, "name", cluster_name_problem(name));
    if (!name.empty() && !seen.insert(name).second) {
      reader.problem("name", fmt::format("the cluster \"{}\" is listed twice", name));
    }
    target.name = ClusterName(name);
    target.active = reader.flag(active_key);
    target.trust_domain = reader.text("trustDomain");
    if (!target.trust_domain.empty() && !base::is_dns_subdomain(target.trust_domain)) {
      reader.problem("trustDomain", fmt::format("\"{}\" is no DNS name", target.trust_domain));
    }
    reader.finish();
    out.push_back(std::move(target));
  }
  if (out.empty()) installation.problem("clusters", "names no cluster");
  return out;
}

// The operator spec itself is Istio's; what the lifecycle manager sets by itself must not
// contradict the installation.
data::Value read_operator_spec(Reader& installation, const std::string& revision) {
  data::Value spec = installation.map("istioOperatorSpec");
  if (spec.is_null()) spec = data::Value::map();
  const data::Value& own = spec["revision"];
  if (!own.is_null() && own.text() != revision) {
    installation.problem("istioOperatorSpec.revision",
                         fmt::format("\"{}\" contradicts the installation's revision \"{}\"; "
                                     "leave it out",
                                     own.text(), revision));
  }
  for (const char* key : {"profile", "hub", "tag", "namespace"}) {
    const data::Value& value = spec[key];
    if (value.is_null() || value.is_string()) continue;
    installation.problem(
        fmt::format("istioOperatorSpec.{}", key),
        fmt::format("must be a string (quote it), not {}", data::to_string(value.kind())));
  }
  return spec;
}

// The same revision twice in one cluster, or two active ones.
class ClusterUse {
 public:
  void add(const Reader& reader, const Revision& revision,
           const std::vector<ClusterTarget>& clusters, const char* active_key) {
    for (size_t i = 0; i < clusters.size(); ++i) {
      const ClusterTarget& target = clusters[i];
      if (target.name.empty()) continue;
      std::string at = fmt::format("clusters[{}]", i);
      auto [used, is_new] = used_.try_emplace({target.name, revision}, reader.path());
      if (!is_new && used->second != reader.path()) {
        reader.problem(at, fmt::format("revision \"{}\" is already installed in {} by {}",
                                       revision.str(), target.name.str(), used->second));
      }
      if (!target.active) continue;
      auto [active, first] = active_.try_emplace(target.name, reader.path());
      if (!first && active->second != reader.path()) {
        reader.problem(fmt::format("{}.{}", at, active_key),
                       fmt::format("{} already has it in {}; one revision per cluster can be "
                                   "active",
                                   target.name.str(), active->second));
      }
    }
  }

 private:
  std::map<std::pair<ClusterName, Revision>, std::string> used_;
  std::map<ClusterName, std::string> active_;
};

void append_gateways(const data::Value& list, bool egress, std::vector<GatewayComponent>& out) {
  for (const data::Value& item : list.items()) {
    if (!item["enabled"].bool_or(false)) continue;
    const std::string& ns = item["namespace"].text();
    out.push_back(
        {egress, item["name"].text(), ns.empty() ? std::string(kGatewayNamespace) : ns, item});
  }
}

void check_gateways(const Reader& reader, const GatewayInstallation& installation) {
  std::vector<GatewayComponent> gateways = enabled_gateways(installation.operator_spec);
  constexpr const char* kAt = "istioOperatorSpec.components";
  if (gateways.empty()) {
    reader.problem(kAt,
                   "enables no gateway; add an item with enabled: true to ingressGateways or "
                   "egressGateways");
  }
  std::set<std::pair<std::string, std::string>> seen;
  for (const GatewayComponent& gateway : gateways) {
    std::string at =
        fmt::format("{}.{}", kAt, gateway.egress ? "egressGateways" : "ingressGateways");
    check(reader, at, gateway_name_problem(gateway.name, installation.gateway_revision.str()));
    if (!seen.insert({gateway.ns, gateway.name}).second) {
      reader.problem(at, fmt::format("the gateway \"{}\" in namespace {} is listed twice",
                                     gateway.name, gateway.ns));
    }
  }
  // "One type of gateway per revision in a cluster": the API's own rule.
  bool mixed = !gateways.empty() && std::any_of(gateways.begin(), gateways.end(), [&](auto& g) {
    return g.egress != gateways.front().egress;
  });
  if (mixed) {
    reader.problem(kAt,
                   "enables ingress and egress gateways together; write one installation for each");
  }
}

IstioInstallation read_installation(Reader& reader) {
  IstioInstallation out;
  out.revision = Revision(reader.text("revision"));
  check(reader, "revision", revision_problem(out.revision.str()));
  out.clusters = read_clusters(reader, "defaultRevision");
  out.operator_spec = read_operator_spec(reader, out.revision.str());
  out.controller = read_controller(reader.child("istioController"));
  out.skip_upgrade_validation = reader.flag("skipUpgradeValidation");
  reader.finish();
  return out;
}

GatewayInstallation read_gateway_installation(Reader& reader) {
  GatewayInstallation out;
  out.gateway_revision = Revision(reader.text("gatewayRevision"));
  check(reader, "gatewayRevision", revision_problem(out.gateway_revision.str()));
  std::string control_plane = reader.text("controlPlaneRevision");
  if (control_plane.empty()) control_plane = out.gateway_revision.str();
  if (control_plane != out.gateway_revision.str()) {
    check(reader, "controlPlaneRevision", revision_problem(control_plane));
  }
  out.control_plane_revision = Revision(control_plane);
  out.clusters = read_clusters(reader, "activeGateway");
  out.operator_spec = read_operator_spec(reader, control_plane);
  out.skip_upgrade_validation = reader.flag("skipUpgradeValidation");
  check_gateways(reader, out);
  reader.finish();
  return out;
}

}  // namespace

std::vector<GatewayComponent> enabled_gateways(const data::Value& operator_spec) {
  std::vector<GatewayComponent> out;
  append_gateways(operator_spec["components"]["ingressGateways"], false, out);
  append_gateways(operator_spec["components"]["egressGateways"], true, out);
  return out;
}

Decoded<IstioLifecycleManager> decode_istio_lifecycle_manager(const data::Value& object) {
  Decoded<IstioLifecycleManager> out;
  out.value.head = read_head(object);
  Reader spec(object["spec"], "spec", out.problems);
  out.value.helm_global = read_helm_global(spec.child("helmGlobal"), out.value.head.name.ns);
  ClusterUse use;
  for (Reader& reader : spec.items("installations")) {
    IstioInstallation installation = read_installation(reader);
    use.add(reader, installation.revision, installation.clusters, "defaultRevision");
    out.value.installations.push_back(std::move(installation));
  }
  spec.finish();
  return out;
}

Decoded<GatewayLifecycleManager> decode_gateway_lifecycle_manager(const data::Value& object) {
  Decoded<GatewayLifecycleManager> out;
  out.value.head = read_head(object);
  Reader spec(object["spec"], "spec", out.problems);
  out.value.helm_global = read_helm_global(spec.child("helmGlobal"), out.value.head.name.ns);
  ClusterUse use;
  for (Reader& reader : spec.items("installations")) {
    GatewayInstallation installation = read_gateway_installation(reader);
    use.add(reader, installation.gateway_revision, installation.clusters, "activeGateway");
    out.value.installations.push_back(std::move(installation));
  }
  spec.finish();
  return out;
}

}  // namespace jibe::api
