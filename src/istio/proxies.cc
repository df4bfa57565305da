#include "istio/proxies.h"

#include <fmt/core.h>

#include "base/error.h"
#include "base/strings.h"
#include "data/json.h"
#include "istio/installation.h"
#include "istio/names.h"
#include "kube/object.h"

namespace jibe::istio {

namespace {

// A native sidecar (restartPolicy Always) stands among the init containers, since 1.27 by default.
const data::Value* proxy_container(const data::Value& pod) {
  for (auto list : {"containers", "initContainers"})
    for (const auto& container : pod["spec"][list].items())
      if (container["name"].text() == "istio-proxy") return &container;
  return nullptr;
}

bool is_router(const data::Value& container) {
  const auto& args = container["args"];
  return args[0].text() == "proxy" && args[1].text() == "router";
}

std::optional<std::string> injected_revision(const data::Value& pod) {
  const auto& text = kube::annotation_of(pod, kStatusAnnotation);
  if (text.empty()) return std::nullopt;
  try {
    return data::parse_json(text)["revision"].text();
  } catch (const base::Error&) {
    return std::nullopt;  // somebody wrote the annotation by hand; it records nothing
  }
}

bool is_ready(const data::Value& pod) {
  for (const auto& condition : pod["status"]["conditions"].items())
    if (condition["type"].text() == "Ready") return condition["status"].text() == "True";
  return false;
}

SyncState sync_state(const data::Value& entry, const char* sent_key, const char* acked_key) {
  const auto& sent = entry[sent_key].text();
  const auto& acked = entry[acked_key].text();
  if (sent.empty()) return SyncState::kNotSent;
  return sent == acked ? SyncState::kSynced : SyncState::kStale;
}

}  // namespace

std::optional<ProxyPod> proxy_of_pod(const data::Value& pod) {
  const auto* container = proxy_container(pod);
  const auto& phase = pod["status"]["phase"].text();
  if (!container || phase == "Succeeded" || phase == "Failed") return std::nullopt;
  ProxyPod out;
  auto name = kube::name_of(pod);
  out.ns = name.ns;
  out.pod = name.name;
  out.kind = is_router(*container) ? ProxyKind::kGateway : ProxyKind::kSidecar;
  auto injected = injected_revision(pod);
  out.revision = revision_from_label(injected ? *injected : kube::label_of(pod, kRevLabel));
  out.version = split_image((*container)["image"].text()).tag;
  out.ready = is_ready(pod);
  out.terminating = kube::is_terminating(pod);
  return out;
}

std::vector<ProxyPod> proxies_of(std::span<const data::Value> pods) {
  std::vector<ProxyPod> out;
  for (const auto& pod : pods)
    if (auto proxy = proxy_of_pod(pod)) out.push_back(std::move(*proxy));
  return out;
}

std::map<std::string, base::Revision> istiod_revisions(std::span<const data::Value> pods) {
  std::map<std::string, base::Revision> out;
  for (const auto& pod : pods)
    if (kube::label_of(pod, "app") == "istiod")
      out[kube::name_of(pod).name] = revision_from_label(kube::label_of(pod, kRevLabel));
  return out;
}

std::string_view to_string(SyncState state) {
  switch (state) {
    case SyncState::kSynced:
      return "SYNCED";
    case SyncState::kStale:
      return "STALE";
    case SyncState::kNotSent:
      return "NOT SENT";
    case SyncState::kIgnored:
      return "IGNORED";
  }
  return "UNKNOWN";
}

// istiod sends a gateway without routes no RDS and no EDS, which is no defect; CDS and LDS it
// always sends.
bool ProxyConnection::synced() const {
  for (auto state : {cds, lds})
    if (state != SyncState::kSynced) return false;
  for (auto state : {eds, rds, ecds})
    if (state == SyncState::kStale) return false;
  return true;
}

std::vector<ProxyConnection> connections_of(const data::Value& syncz, const std::string& istiod) {
  if (!syncz.is_list())
    throw base::Error(
        fmt::format("istiod {} answered /debug/syncz with a JSON {} where a list was expected; "
                    "is the debug interface disabled (ENABLE_DEBUG_ON_HTTP)?",
                    istiod, to_string(syncz.kind())));
  std::vector<ProxyConnection> out;
  for (const auto& entry : syncz.items()) {
    ProxyConnection c;
    c.proxy = entry["proxy"].text();
    c.cluster = entry["cluster_id"].text();
    c.istiod = istiod;
    c.version = entry["istio_version"].text();
    c.cds = sync_state(entry, "cluster_sent", "cluster_acked");
    c.lds = sync_state(entry, "listener_sent", "listener_acked");
    c.eds = sync_state(entry, "endpoint_sent", "endpoint_acked");
    c.rds = sync_state(entry, "route_sent", "route_acked");
    c.ecds = sync_state(entry, "extensionconfig_sent", "extensionconfig_acked");
    out.push_back(std::move(c));
  }
  return out;
}

}  // namespace jibe::istio
