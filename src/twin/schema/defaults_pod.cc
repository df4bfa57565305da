// pkg/apis/core/v1/defaults.go of Kubernetes 1.36: what pods are made of.
#include <map>
#include <string>

#include "twin/schema/default_table.h"

namespace jibe::twin {
namespace {

using data::Value;

// The tag of an image reference, "latest" where it has neither tag nor digest.
std::string tag_of(std::string_view image) {
  const size_t digest = image.find('@');
  const std::string_view name = image.substr(0, digest);
  const size_t slash = name.rfind('/');
  const size_t colon = name.rfind(':');
  const bool tagged =
      colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
  if (tagged) return std::string(name.substr(colon + 1));
  return digest == std::string_view::npos && !name.empty() ? "latest" : "";
}

void container(Value& c) {
  const bool always = tag_of(c["image"].text()) == "latest";
  set_default_text(c, "imagePullPolicy", always ? "Always" : "IfNotPresent");
  set_default_text(c, "terminationMessagePath", "/dev/termination-log");
  set_default_text(c, "terminationMessagePolicy", "File");
  set_default(c, "resources", Value::map());
}

void volume(Value& v) {
  if (v.size() <= (v.has("name") ? 1U : 0U)) v.set("emptyDir", Value::map());
  if (v["image"].is_map()) {
    const bool always = tag_of(v["image"]["reference"].text()) == "latest";
    set_default_text(v.edit("image"), "pullPolicy", always ? "Always" : "IfNotPresent");
  }
}

void requests_from_limits(Value& containers) {
  for (size_t i = 0; i < containers.size(); ++i) {
    const Value limits = containers[i]["resources"]["limits"];
    if (limits.empty()) continue;
    Value& requests = containers.edit(i).edit("resources").edit("requests");
    for (const data::Entry& e : limits.entries()) set_default(requests, e.key, e.value);
  }
}

void host_ports(Value& containers) {
  for (size_t i = 0; i < containers.size(); ++i) {
    for (size_t j = 0; j < containers[i]["ports"].size(); ++j) {
      Value& port = containers.edit(i).edit("ports").edit(j);
      set_default_number(port, "hostPort", port["containerPort"].int_or(0));
    }
  }
}

void pod(Value& p) {
  Value& spec = p.edit("spec");
  set_default(spec, "enableServiceLinks", true);
  for (const char* key : {"containers", "initContainers"}) {
    if (!spec[key].is_list()) continue;
    requests_from_limits(spec.edit(key));
    if (spec["hostNetwork"].bool_or(false)) host_ports(spec.edit(key));
  }
  const Value& limits = spec["resources"]["limits"];
  if (limits.empty()) return;
  const Value copy = limits;
  Value& requests = spec.edit("resources").edit("requests");
  for (const data::Entry& e : copy.entries()) set_default(requests, e.key, e.value);
}

void pod_spec(Value& spec) {
  set_default_text(spec, "dnsPolicy", "ClusterFirst");
  set_default_text(spec, "restartPolicy", "Always");
  set_default(spec, "securityContext", Value::map());
  set_default(spec, "terminationGracePeriodSeconds", 30);
  set_default_text(spec, "schedulerName", "default-scheduler");
  // The deprecated twin of serviceAccountName (core/v1 conversion.go).
  const std::string account = spec["serviceAccountName"].text().empty()
                                  ? spec["serviceAccount"].text()
                                  : spec["serviceAccountName"].text();
  if (!account.empty()) {
    spec.set("serviceAccountName", account);
    spec.set("serviceAccount", account);
  }
}

void probe(Value& p) {
  set_default_number(p, "timeoutSeconds", 1);
  set_default_number(p, "periodSeconds", 10);
  set_default_number(p, "successThreshold", 1);
  set_default_number(p, "failureThreshold", 3);
}

void http_get(Value& action) {
  set_default_text(action, "path", "/");
  set_default_text(action, "scheme", "HTTP");
}

void grpc(Value& action) {
  set_default(action, "service", "");
}
void default_mode(Value& source) {
  set_default(source, "defaultMode", 0644);
}
void token_projection(Value& source) {
  set_default(source, "expirationSeconds", 3600);
}
void field_selector(Value& ref) {
  set_default_text(ref, "apiVersion", "v1");
}
void host_path(Value& source) {
  set_default(source, "type", "");
}
void claim_spec(Value& spec) {
  set_default(spec, "volumeMode", "Filesystem");
}

void claim(Value& claim) {
  set_default_text(claim.edit("status"), "phase", "Pending");
}

void volume_resource(Value& pv) {
  Value& spec = pv.edit("spec");
  set_default_text(spec, "persistentVolumeReclaimPolicy", "Retain");
  set_default(spec, "volumeMode", "Filesystem");
  set_default_text(pv.edit("status"), "phase", "Pending");
}

}  // namespace

DefaultFunction pod_defaults_of(std::string_view definition) {
  constexpr std::string_view kPrefix = "io.k8s.api.core.v1.";
  if (!definition.starts_with(kPrefix)) return nullptr;
  static const std::map<std::string_view, DefaultFunction> kTable = {
      {"Container", container},
      {"EphemeralContainer", container},
      {"Volume", volume},
      {"Pod", pod},
      {"PodSpec", pod_spec},
      {"Probe", probe},
      {"HTTPGetAction", http_get},
      {"GRPCAction", grpc},
      {"SecretVolumeSource", default_mode},
      {"ConfigMapVolumeSource", default_mode},
      {"DownwardAPIVolumeSource", default_mode},
      {"ProjectedVolumeSource", default_mode},
      {"ServiceAccountTokenProjection", token_projection},
      {"ObjectFieldSelector", field_selector},
      {"HostPathVolumeSource", host_path},
      {"PersistentVolumeClaimSpec", claim_spec},
      {"PersistentVolumeClaim", claim},
      {"PersistentVolume", volume_resource},
  };
  const auto found = kTable.find(definition.substr(kPrefix.size()));
  return found == kTable.end() ? nullptr : found->second;
}

}  // namespace jibe::twin
