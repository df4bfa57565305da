#include "twin/mesh/mesh_config.h"

#include "data/json.h"
#include "data/yaml.h"
#include "twin/mesh/ordered_json.h"

namespace jibe::twin {

using data::Value;

namespace {

bool older(const istio::Version& version, int major, int minor) {
  return version < istio::Version{major, minor, 0, ""};
}

}  // namespace

Value default_proxy_config(const istio::Version& version) {
  Value config = Value::map({{"configPath", "./etc/istio/proxy"},
                             {"binaryPath", "/usr/local/bin/envoy"},
                             {"serviceCluster", "istio-proxy"},
                             {"drainDuration", "45s"},
                             {"terminationDrainDuration", "5s"},
                             {"proxyAdminPort", 15000},
                             {"controlPlaneAuthPolicy", "MUTUAL_TLS"},
                             {"discoveryAddress", "istiod.istio-system.svc:15012"},
                             {"statNameLength", 189},
                             {"statusPort", 15020}});
  if (older(version, 1, 17)) config.set("parentShutdownDuration", "60s");
  if (older(version, 1, 18)) config.set("concurrency", 2);
  if (older(version, 1, 22))
    config.set("tracing",
               Value::map({{"zipkin", Value::map({{"address", "zipkin.istio-system:9411"}})}}));
  return config;
}

Value default_mesh_config(const istio::Version& version) {
  return Value::map({{"defaultConfig", default_proxy_config(version)},
                     {"enablePrometheusMerge", true},
                     {"proxyListenPort", 15001},
                     {"proxyInboundListenPort", 15006},
                     {"rootNamespace", "istio-system"},
                     {"trustDomain", "cluster.local"}});
}

Value overlay_proxy_config(Value config, const Value& overlay) {
  for (const data::Entry& entry : overlay.entries()) {
    if (entry.value.is_null()) continue;
    if (entry.key != "proxyMetadata") {
      config.set(entry.key, entry.value);
      continue;
    }
    for (const data::Entry& variable : entry.value.entries())
      config.edit("proxyMetadata").set(variable.key, variable.value);
  }
  return config;
}

Value read_mesh_config(const std::string& yaml, const istio::Version& version) {
  Value mesh = default_mesh_config(version);
  const Value own = data::parse_yaml(yaml, "mesh");
  for (const data::Entry& entry : own.entries()) {
    if (entry.value.is_null()) continue;
    mesh.set(entry.key, entry.key == "defaultConfig"
                            ? overlay_proxy_config(mesh["defaultConfig"], entry.value)
                            : entry.value);
  }
  return mesh;
}

std::string proxy_config_json(const Value& config, const istio::Version& version) {
  static const FieldOrder kOrder = {"configPath",
                                    "binaryPath",
                                    "serviceCluster",
                                    "tracingServiceName",
                                    "drainDuration",
                                    "parentShutdownDuration",
                                    "discoveryAddress",
                                    "zipkinAddress",
                                    "statsdUdpAddress",
                                    "envoyMetricsServiceAddress",
                                    "proxyAdminPort",
                                    "controlPlaneAuthPolicy",
                                    "customConfigFile",
                                    "statNameLength",
                                    "concurrency",
                                    "proxyBootstrapTemplatePath",
                                    "interceptionMode",
                                    "tracing",
                                    "envoyAccessLogService",
                                    "envoyMetricsService",
                                    "proxyMetadata",
                                    "runtimeValues",
                                    "statusPort",
                                    "extraStatTags",
                                    "gatewayTopology",
                                    "terminationDrainDuration",
                                    "meshId",
                                    "readinessProbe",
                                    "proxyStatsMatcher",
                                    "holdApplicationUntilProxyStarts",
                                    "caCertificatesPem",
                                    "image",
                                    "privateKeyProvider"};
  const Value defaults = default_proxy_config(version);
  Value own = Value::map();
  for (const data::Entry& entry : config.entries()) {
    const Value* usual = defaults.find(entry.key);
    const bool empty = entry.value.is_map() && entry.value.empty() && entry.key != "tracing";
    if (!empty && (usual == nullptr || !(*usual == entry.value))) own.set(entry.key, entry.value);
  }
  return ordered_json(own, kOrder);
}

}  // namespace jibe::twin
