// Services, ConfigMaps, Secrets and claims.
#include <map>
#include <set>

#include "base/error.h"
#include "base/strings.h"
#include "data/json.h"
#include "twin/schema/formats.h"
#include "twin/schema/name_rules.h"
#include "twin/schema/validators.h"

namespace jibe::twin {
namespace {

using data::Value;

bool is_headless(const Value& service) {
  return service["spec"]["clusterIPs"].size() == 1 &&
         service["spec"]["clusterIPs"][0].text() == "None";
}

void check_service_port(const Value& port, bool needs_name, const std::string& path,
                        std::set<std::string>& names, FieldErrors& errors) {
  const std::string& name = port["name"].text();
  if (name.empty()) {
    if (needs_name) errors.required(path + ".name");
  } else {
    errors.all(path + ".name", name, dns_label_errors(name));
    if (!names.insert(name).second) errors.duplicate(path + ".name", name);
  }
  errors.all(path + ".port", port["port"].int_or(0), port_number_errors(port["port"].int_or(0)));
  validate_enum(port["protocol"], path + ".protocol", {"SCTP", "TCP", "UDP"}, errors);
  const Value& target = port["targetPort"];
  if (!target.is_null()) errors.all(path + ".targetPort", target, port_errors(target));
}

void check_service_ports(const Value& spec, FieldErrors& errors) {
  const Value& ports = spec["ports"];
  std::set<std::string> names;
  std::set<std::string> node_ports;
  std::set<std::string> seen;
  const bool inside = spec["type"].text() == "ClusterIP";
  for (size_t i = 0; i < ports.size(); ++i) {
    const std::string path = index_path("spec.ports", i);
    check_service_port(ports[i], ports.size() > 1, path, names, errors);
  }
  for (size_t i = 0; i < ports.size(); ++i) {
    const std::string path = index_path("spec.ports", i);
    const std::string& protocol = ports[i]["protocol"].text();
    const int64_t node_port = ports[i]["nodePort"].int_or(0);
    if (node_port != 0 && inside) {
      errors.forbidden(path + ".nodePort", "may not be used when `type` is 'ClusterIP'");
    }
    if (node_port != 0 && !node_ports.insert(protocol + std::to_string(node_port)).second) {
      errors.duplicate(path + ".nodePort", node_port);
    }
    if (!seen.insert(protocol + std::to_string(ports[i]["port"].int_or(0))).second) {
      errors.duplicate(path, Value::map({{"port", ports[i]["port"]}, {"protocol", protocol}}));
    }
  }
}

void check_cluster_ips(const Value& service, FieldErrors& errors) {
  const Value& ips = service["spec"]["clusterIPs"];
  for (size_t i = 0; i < ips.size(); ++i) {
    const std::string& ip = ips[i].text();
    if (ip == "None" || ip.empty() || has_format("ipv4", ip) || has_format("ipv6", ip)) continue;
    errors.invalid(index_path("spec.clusterIPs", i), ip,
                   "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
  }
}

void check_service_type(const Value& service, FieldErrors& errors) {
  const Value& spec = service["spec"];
  const std::string& type = spec["type"].text();
  if ((type == "LoadBalancer" || type == "NodePort") && is_headless(service)) {
    errors.invalid("spec.clusterIPs[0]", spec["clusterIPs"][0],
                   "may not be set to 'None' for " + type + " services");
  }
  if (type != "ExternalName") return;
  if (!spec["clusterIPs"].empty()) {
    errors.forbidden("spec.clusterIPs", "may not be set for ExternalName services");
  }
  std::string name = spec["externalName"].text();
  if (name.ends_with('.')) name.pop_back();
  if (name.empty()) {
    errors.required("spec.externalName");
  } else {
    errors.all("spec.externalName", name, dns_subdomain_errors(name));
  }
}

void check_traffic_policy(const Value& spec, FieldErrors& errors) {
  const std::string& type = spec["type"].text();
  const std::string path = "spec.externalTrafficPolicy";
  const Value& policy = spec["externalTrafficPolicy"];
  const bool outside = type == "LoadBalancer" || type == "NodePort" ||
                       (type == "ClusterIP" && !spec["externalIPs"].empty());
  if (outside) return validate_enum(policy, path, {"Cluster", "Local"}, errors);
  if (policy.text().empty()) return;
  errors.invalid(path, policy, "may only be set for externally-accessible services");
}

void check_service_update(const Value& service, const Value& old, FieldErrors& errors) {
  const auto external = [](const Value& s) { return s["spec"]["type"].text() == "ExternalName"; };
  if (external(service) || external(old)) return;
  const Value& now = service["spec"]["clusterIPs"];
  const Value& before = old["spec"]["clusterIPs"];
  if (before.empty() || (is_headless(service) && is_headless(old))) return;
  if (now.empty()) {
    errors.invalid("spec.clusterIPs[0]", now, "primary clusterIP can not be unset");
  } else if (!(now[0] == before[0])) {
    errors.invalid("spec.clusterIPs[0]", now, "may not change once set");
  }
}

void service(const Value& object, const Value& old, FieldErrors& errors) {
  const Value& spec = object["spec"];
  const std::string& type = spec["type"].text();
  if (!old.is_null()) check_service_update(object, old, errors);
  if (spec["ports"].empty() && !is_headless(object) && type != "ExternalName") {
    errors.required("spec.ports");
  }
  check_service_type(object, errors);
  check_service_ports(spec, errors);
  validate_labels(spec["selector"], "spec.selector", errors);
  validate_enum(spec["sessionAffinity"], "spec.sessionAffinity", {"ClientIP", "None"}, errors);
  check_cluster_ips(object, errors);
  validate_enum(spec["type"], "spec.type",
                {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"}, errors);
  check_traffic_policy(spec, errors);
  if (type != "LoadBalancer" && !spec["loadBalancerSourceRanges"].empty()) {
    errors.forbidden("spec.LoadBalancerSourceRanges",
                     "may only be used when `type` is 'LoadBalancer'");
  }
  if (type != "LoadBalancer" && !spec["allocateLoadBalancerNodePorts"].is_null()) {
    errors.forbidden("spec.allocateLoadBalancerNodePorts",
                     "may only be used when `type` is 'LoadBalancer'");
  }
}

void check_keys(const Value& data, const std::string& path, FieldErrors& errors) {
  for (const data::Entry& e : data.entries()) {
    errors.all(key_path(path, e.key), e.key, config_key_errors(e.key));
  }
}

void check_immutable_data(const Value& object, const Value& old, FieldErrors& errors) {
  constexpr const char* kWhy = "field is immutable when `immutable` is set";
  if (!old["immutable"].bool_or(false)) return;
  if (!object["immutable"].bool_or(false)) errors.forbidden("immutable", kWhy);
  for (const char* key : {"data", "binaryData"}) {
    if (!(object[key] == old[key])) errors.forbidden(key, kWhy);
  }
}

constexpr int64_t kMaxSize = 1024 * 1024;

int64_t size_of(const Value& data) {
  int64_t size = 0;
  for (const data::Entry& e : data.entries()) size += static_cast<int64_t>(e.value.text().size());
  return size;
}

void config_map(const Value& object, const Value& old, FieldErrors& errors) {
  check_immutable_data(object, old, errors);
  check_keys(object["data"], "data", errors);
  check_keys(object["binaryData"], "binaryData", errors);
  for (const data::Entry& e : object["data"].entries()) {
    if (object["binaryData"].has(e.key)) {
      errors.invalid(key_path("data", e.key), e.key, "duplicate of key present in binaryData");
    }
  }
  // binaryData is base64 here and counts as what it stands for.
  if (size_of(object["data"]) + size_of(object["binaryData"]) * 3 / 4 > kMaxSize) {
    errors.too_long("", kMaxSize);
  }
}

void require_keys(const Value& secret, std::initializer_list<const char*> keys,
                  FieldErrors& errors) {
  for (const char* key : keys) {
    if (!secret["data"].has(key)) errors.required(key_path("data", key));
  }
}

void check_docker_config(const Value& secret, const char* key, FieldErrors& errors) {
  require_keys(secret, {key}, errors);
  if (!secret["data"].has(key)) return;
  try {
    data::parse_json(base::base64_decode(secret["data"][key].text()));
  } catch (const base::Error& e) {
    errors.invalid(key_path("data", key), "<secret contents redacted>", e.what());
  }
}

void check_secret_type(const Value& object, FieldErrors& errors) {
  const std::string& type = object["type"].text();
  const Value& data = object["data"];
  if (type == "kubernetes.io/tls") {
    require_keys(object, {"tls.crt", "tls.key"}, errors);
  } else if (type == "kubernetes.io/dockercfg") {
    check_docker_config(object, ".dockercfg", errors);
  } else if (type == "kubernetes.io/dockerconfigjson") {
    check_docker_config(object, ".dockerconfigjson", errors);
  } else if (type == "kubernetes.io/basic-auth") {
    if (!data.has("username") && !data.has("password")) {
      require_keys(object, {"username", "password"}, errors);
    }
  } else if (type == "kubernetes.io/ssh-auth") {
    require_keys(object, {"ssh-privatekey"}, errors);
  } else if (type == "kubernetes.io/service-account-token") {
    constexpr const char* kAccount = "kubernetes.io/service-account.name";
    if (object["metadata"]["annotations"][kAccount].text().empty()) {
      errors.required(key_path("metadata.annotations", kAccount));
    }
  }
}

void secret(const Value& object, const Value& old, FieldErrors& errors) {
  if (!old.is_null()) {
    errors.immutable("type", object["type"], old["type"]);
    check_immutable_data(object, old, errors);
  }
  check_keys(object["data"], "data", errors);
  if (size_of(object["data"]) * 3 / 4 > kMaxSize) errors.too_long("data", kMaxSize);
  check_secret_type(object, errors);
}

void claim(const Value& object, const Value& old, FieldErrors& errors) {
  const Value& spec = object["spec"];
  if (spec["accessModes"].empty()) {
    errors.required("spec.accessModes", "at least 1 access mode is required");
  }
  if (!spec["resources"]["requests"].has("storage")) {
    errors.required("spec.resources[storage]");
  }
  if (old.is_null()) return;
  Value rest = spec;
  rest.set("resources", old["spec"]["resources"]);
  for (const char* key : {"volumeName", "storageClassName", "volumeAttributesClassName"}) {
    if (old["spec"][key].text().empty()) rest.erase(key);
  }
  Value before = old["spec"];
  before.set("resources", old["spec"]["resources"]);
  if (!(rest == before)) {
    errors.forbidden("spec",
                     "spec is immutable after creation except resources.requests and "
                     "volumeAttributesClassName for bound claims");
  }
}

void endpoint_slice(const Value& object, const Value& old, FieldErrors& errors) {
  validate_enum(object["addressType"], "addressType", {"FQDN", "IPv4", "IPv6"}, errors);
  if (!old.is_null()) errors.immutable("addressType", object["addressType"], old["addressType"]);
  for (size_t i = 0; i < object["endpoints"].size(); ++i) {
    if (object["endpoints"][i]["addresses"].empty()) {
      errors.required(index_path("endpoints", i) + ".addresses", "must contain at least 1 address");
    }
  }
}

}  // namespace

KindValidator core_validator(std::string_view group_kind) {
  static const std::map<std::string_view, KindValidator> kTable = {
      {"/Service", service},
      {"/ConfigMap", config_map},
      {"/Secret", secret},
      {"/PersistentVolumeClaim", claim},
      {"discovery.k8s.io/EndpointSlice", endpoint_slice},
  };
  const auto found = kTable.find(group_kind);
  return found == kTable.end() ? nullptr : found->second;
}

}  // namespace jibe::twin
