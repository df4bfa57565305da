#include "lifecycle/operator_spec.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/strings.h"
#include "data/path.h"

namespace jibe::lifecycle {

namespace {

void default_to(data::Value& spec, const std::string& path, data::Value value) {
  if (data::get_path(spec, path).is_null()) data::set_path(spec, path, std::move(value));
}

void default_env(data::Value& spec, const std::string& name, const std::string& value) {
  constexpr const char* kEnv = "components.pilot.k8s.env";
  data::Value env = data::get_path(spec, kEnv);
  if (!env.is_list()) env = data::Value::list();
  for (const auto& entry : env.items())
    if (entry["name"].text() == name) return;
  env.push_back(data::Value::map({{"name", name}, {"value", value}}));
  data::set_path(spec, kEnv, env);
}

void set_cluster_identity(data::Value& spec, const std::string& cluster) {
  default_to(spec, "values.global.multiCluster.clusterName", cluster);
  default_to(spec, "values.global.network", cluster);
  default_to(spec, "values.global.meshID", "mesh1");
}

data::Value map_or_empty(const data::Value& value) {
  return value.is_map() ? value : data::Value::map();
}

}  // namespace

data::Value control_plane_spec(const data::Value& user_spec, const base::Revision& revision,
                               const api::ClusterTarget& target) {
  data::Value spec = map_or_empty(user_spec);
  spec.set("revision", revision.str());
  default_to(spec, "namespace", "istio-system");
  const std::string& cluster = target.name.str();
  if (!target.trust_domain.empty())
    data::set_path(spec, "meshConfig.trustDomain", target.trust_domain);
  default_to(spec, "meshConfig.trustDomain", cluster);
  default_env(spec, "PILOT_SKIP_VALIDATE_TRUST_DOMAIN", "true");
  set_cluster_identity(spec, cluster);
  return spec;
}

data::Value gateway_spec(const data::Value& user_spec, const base::Revision& control_plane,
                         const api::ClusterTarget& target) {
  data::Value spec = map_or_empty(user_spec);
  spec.set("revision", control_plane.str());
  set_cluster_identity(spec, target.name.str());
  for (auto kind : {"istio-ingressgateway", "istio-egressgateway"})
    default_to(spec, fmt::format("values.gateways.{}.injectionTemplate", kind), "gateway");
  for (auto list : {"ingressGateways", "egressGateways"}) {
    if (!spec["components"][list].is_list()) continue;
    for (auto& gateway : spec.edit("components").edit(list).edit_items())
      if (gateway["namespace"].text().empty())
        gateway.set("namespace", std::string(api::kGatewayNamespace));
  }
  return spec;
}

base::Revision revision_of_version(const std::string& version) {
  auto parts = base::split(version, '.');
  if (parts.size() < 2) return base::Revision(base::replace_all(version, ".", "-"));
  return base::Revision(std::string(parts[0]) + "-" + std::string(parts[1]));
}

}  // namespace jibe::lifecycle
