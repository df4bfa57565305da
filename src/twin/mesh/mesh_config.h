// MeshConfig and ProxyConfig (istio/api mesh/v1alpha1) as istiod and the proxy's agent put them
// together: built-in defaults of their release, the mesh's ConfigMap, a pod's annotation. Pure.
#pragma once
#include <string>

#include "data/value.h"
#include "istio/versions.h"

namespace jibe::twin {

// pkg/config/mesh DefaultProxyConfig and DefaultMeshConfig, as far as anything here reads them;
// `defaultConfig` of the latter is the former.
data::Value default_proxy_config(const istio::Version& version);
data::Value default_mesh_config(const istio::Version& version);

// `overlay` laid over `config`: fields replace each other, proxyMetadata merges
// (mesh.MergeProxyConfig). Null changes nothing.
data::Value overlay_proxy_config(data::Value config, const data::Value& overlay);
// The ConfigMap's `mesh` over the release's defaults. Throws base::InvalidInput.
data::Value read_mesh_config(const std::string& yaml, const istio::Version& version);

// What PROXY_CONFIG holds: without what equals the release's defaults, fields in the order of the
// API (pkg/kube/inject protoToJSON).
std::string proxy_config_json(const data::Value& config, const istio::Version& version);

}  // namespace jibe::twin
