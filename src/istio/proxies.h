// Proxies: which pods carry one, who injected it, and which istiod each is connected to.
#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "data/value.h"

namespace jibe::istio {

enum class ProxyKind { kSidecar, kGateway };

// A pod with an Istio proxy, as its spec tells.
struct ProxyPod {
  std::string ns;
  std::string pod;
  ProxyKind kind = ProxyKind::kSidecar;
  // Who injected it: `revision` of the annotation sidecar.istio.io/status, which is the only honest
  // record (labels may have changed since; from 1.16 on pods carry no revision label at all). For
  // a gateway that was never injected: its istio.io/rev label.
  base::Revision revision;
  std::string version;  // the proxy image's tag
  bool ready = false;
  bool terminating = false;
  // "pod.namespace": the proxy's id as istiod prints it.
  std::string id() const { return pod + "." + ns; }
};

// nullopt for a pod without a proxy, and for one that has ended (Succeeded, Failed).
std::optional<ProxyPod> proxy_of_pod(const data::Value& pod);
std::vector<ProxyPod> proxies_of(std::span<const data::Value> pods);

// The revision of every istiod pod, by the pod's name: what a connection's `istiod` stands for.
std::map<std::string, base::Revision> istiod_revisions(std::span<const data::Value> pods);

// One line of proxy-status: a proxy's connection, as the istiod that holds it reports
// (GET /debug/syncz; pilot/pkg/xds SyncStatus, the same fields from 1.14 to 1.31).
enum class SyncState { kSynced, kStale, kNotSent, kIgnored };
std::string_view to_string(SyncState state);  // "SYNCED", "STALE", "NOT SENT", "IGNORED"

struct ProxyConnection {
  std::string proxy;    // "pod.namespace"
  std::string cluster;  // CLUSTER_ID of the proxy
  std::string istiod;   // the pod that reports
  std::string version;  // Istio version of the proxy
  SyncState cds = SyncState::kNotSent;
  SyncState lds = SyncState::kNotSent;
  SyncState eds = SyncState::kNotSent;
  SyncState rds = SyncState::kNotSent;
  SyncState ecds = SyncState::kNotSent;
  // Every type that the proxy asked for is acknowledged: STALE and NOT SENT of CDS or LDS are not.
  bool synced() const;
};

// `syncz` is the parsed answer of the istiod pod `istiod`. Throws base::Error where it is no list.
std::vector<ProxyConnection> connections_of(const data::Value& syncz, const std::string& istiod);

}  // namespace jibe::istio
