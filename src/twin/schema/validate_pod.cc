#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/strings.h"
#include "data/json.h"
#include "kube/quantity.h"
#include "twin/schema/name_rules.h"
#include "twin/schema/validators.h"

namespace jibe::twin {
namespace {

using data::Value;

const std::vector<std::string> kProtocols = {"SCTP", "TCP", "UDP"};

// What a container is checked against.
struct PodContext {
  std::set<std::string> volumes;
  FieldErrors& errors;
};

void check_ports(const Value& ports, const std::string& path, FieldErrors& errors) {
  std::set<std::string> names;
  for (size_t i = 0; i < ports.size(); ++i) {
    const Value& port = ports[i];
    const std::string where = index_path(path, i);
    const std::string& name = port["name"].text();
    if (!name.empty()) {
      const Sentences bad = port_name_errors(name);
      errors.all(where + ".name", name, bad);
      if (bad.empty() && !names.insert(name).second) errors.duplicate(where + ".name", name);
    }
    const int64_t number = port["containerPort"].int_or(0);
    if (number == 0) {
      errors.required(where + ".containerPort");
    } else {
      errors.all(where + ".containerPort", number, port_number_errors(number));
    }
    if (const int64_t host = port["hostPort"].int_or(0); host != 0) {
      errors.all(where + ".hostPort", host, port_number_errors(host));
    }
    validate_enum(port["protocol"], where + ".protocol", kProtocols, errors);
  }
}

// The downward API (pkg/apis/core/pods/helpers.go ConvertDownwardAPIFieldLabel).
void check_field_ref(const Value& ref, const std::string& path, FieldErrors& errors) {
  static const std::set<std::string> kKnown = {"metadata.annotations", "metadata.labels",
                                               "spec.restartPolicy", "spec.schedulerName",
                                               "status.phase"};
  static const std::vector<std::string> kInEnv = {"metadata.name",
                                                  "metadata.namespace",
                                                  "metadata.uid",
                                                  "spec.nodeName",
                                                  "spec.serviceAccountName",
                                                  "status.hostIP",
                                                  "status.hostIPs",
                                                  "status.podIP",
                                                  "status.podIPs"};
  const std::string& field = ref["fieldPath"].text();
  if (field.empty()) return errors.required(path + ".fieldPath");
  if (field.starts_with("metadata.annotations['") || field.starts_with("metadata.labels['")) return;
  if (std::ranges::find(kInEnv, field) != kInEnv.end() || field == "spec.host") return;
  if (kKnown.contains(field)) return errors.not_supported(path + ".fieldPath", field, kInEnv);
  errors.invalid(path + ".fieldPath", field,
                 "error converting fieldPath: field label not supported: " + field);
}

void check_resource_ref(const Value& ref, const std::string& path, FieldErrors& errors) {
  static const std::vector<std::string> kSupported = {
      "limits.cpu",   "limits.ephemeral-storage",   "limits.memory",
      "requests.cpu", "requests.ephemeral-storage", "requests.memory"};
  const std::string& name = ref["resource"].text();
  if (name.empty()) return errors.required(path + ".resource");
  if (name.starts_with("limits.hugepages-") || name.starts_with("requests.hugepages-")) return;
  if (std::ranges::find(kSupported, name) != kSupported.end()) return;
  errors.not_supported(path + ".resource", name, kSupported);
}

void check_env_source(const Value& e, const std::string& path, FieldErrors& errors) {
  const Value& from = e["valueFrom"];
  if (!from.is_map()) return;
  if (from.has("fieldRef")) check_field_ref(from["fieldRef"], path + ".fieldRef", errors);
  if (from.has("resourceFieldRef")) {
    check_resource_ref(from["resourceFieldRef"], path + ".resourceFieldRef", errors);
  }
  for (const char* key : {"configMapKeyRef", "secretKeyRef"}) {
    if (!from[key].is_map()) continue;
    const std::string at = child_path(path, key);
    if (from[key]["name"].text().empty()) errors.required(at + ".name");
    if (from[key]["key"].text().empty()) errors.required(at + ".key");
  }
  if (from.empty()) {
    errors.invalid(path, "",
                   "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, "
                   "`secretKeyRef` or `fileKeyRef`");
  } else if (!e["value"].text().empty()) {
    errors.invalid(path, "", "may not be specified when `value` is not empty");
  } else if (from.size() > 1) {
    errors.invalid(path, "", "may not have more than one field specified at a time");
  }
}

void check_env(const Value& env, const std::string& path, FieldErrors& errors) {
  for (size_t i = 0; i < env.size(); ++i) {
    const Value& e = env[i];
    const std::string where = index_path(path, i);
    const std::string& name = e["name"].text();
    if (name.empty()) errors.required(where + ".name");
    for (const char c : name) {
      if (c >= ' ' && c <= '~' && c != '=') continue;
      errors.invalid(where + ".name", name,
                     "a valid environment variable name must consist only of printable ASCII "
                     "characters other than '='");
      break;
    }
    check_env_source(e, where + ".valueFrom", errors);
  }
}

void check_mounts(const PodContext& pod, const Value& mounts, const std::string& path) {
  std::set<std::string> paths;
  for (size_t i = 0; i < mounts.size(); ++i) {
    const Value& mount = mounts[i];
    const std::string where = index_path(path, i);
    const std::string& name = mount["name"].text();
    if (name.empty()) pod.errors.required(where + ".name");
    if (!pod.volumes.contains(name)) pod.errors.not_found(where + ".name", name);
    const std::string& at = mount["mountPath"].text();
    if (at.empty()) pod.errors.required(where + ".mountPath");
    if (!paths.insert(at).second) pod.errors.invalid(where + ".mountPath", at, "must be unique");
  }
}

void check_quantities(const Value& list, const std::string& path, FieldErrors& errors) {
  for (const data::Entry& e : list.entries()) {
    const auto quantity = kube::Quantity::of_value(e.value);
    if (quantity && *quantity < kube::Quantity::of(0)) {
      errors.invalid(key_path(path, e.key), e.value, "must be greater than or equal to 0");
    }
  }
}

void check_resources(const Value& resources, const std::string& path, FieldErrors& errors) {
  check_quantities(resources["limits"], path + ".limits", errors);
  check_quantities(resources["requests"], path + ".requests", errors);
  for (const data::Entry& e : resources["requests"].entries()) {
    const auto request = kube::Quantity::of_value(e.value);
    const auto limit = kube::Quantity::of_value(resources["limits"][e.key]);
    if (request && limit && *limit < *request) {
      errors.invalid(
          path + ".requests", e.value,
          fmt::format("must be less than or equal to {} limit of {}", e.key, limit->str()));
    }
  }
}

void check_probe(const Value& probe, const std::string& path, FieldErrors& errors) {
  if (!probe.is_map()) return;
  size_t handlers = 0;
  for (const char* key : {"exec", "httpGet", "tcpSocket", "grpc"}) {
    if (!probe.has(key)) continue;
    if (++handlers > 1) {
      errors.forbidden(child_path(path, key), "may not specify more than 1 handler type");
    }
  }
  if (handlers == 0) errors.required(path, "must specify a handler type");
  for (const char* key : {"httpGet", "tcpSocket"}) {
    const Value& port = probe[key]["port"];
    if (!port.is_null()) {
      errors.all(child_path(child_path(path, key), "port"), port, port_errors(port));
    }
  }
  for (const char* key : {"initialDelaySeconds", "timeoutSeconds", "periodSeconds",
                          "successThreshold", "failureThreshold"}) {
    errors.not_negative(child_path(path, key), probe[key]);
  }
}

void check_user_ids(const Value& context, const std::string& path, FieldErrors& errors) {
  for (const char* key : {"runAsUser", "runAsGroup", "fsGroup"}) {
    const Value& id = context[key];
    if (!id.is_int() || (id.as_int() >= 0 && id.as_int() <= INT32_MAX)) continue;
    errors.invalid(child_path(path, key), id, "must be between 0 and 2147483647, inclusive");
  }
}

void check_security(const Value& context, const std::string& path, FieldErrors& errors) {
  check_user_ids(context, path, errors);
  if (context["allowPrivilegeEscalation"].bool_or(true)) return;
  if (context["privileged"].bool_or(false)) {
    errors.invalid(path, context,
                   "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
  }
  for (const Value& added : context["capabilities"]["add"].items()) {
    if (added.text() != "CAP_SYS_ADMIN") continue;
    errors.invalid(path, context,
                   "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` "
                   "CAP_SYS_ADMIN");
  }
}

void check_container(const PodContext& pod, const Value& c, const std::string& path) {
  FieldErrors& errors = pod.errors;
  const std::string& name = c["name"].text();
  if (name.empty()) {
    errors.required(path + ".name");
  } else {
    errors.all(path + ".name", name, dns_label_errors(name));
  }
  if (c["image"].text().empty()) errors.required(path + ".image");
  validate_enum(c["terminationMessagePolicy"], path + ".terminationMessagePolicy",
                {"File", "FallbackToLogsOnError"}, errors);
  check_ports(c["ports"], path + ".ports", errors);
  check_env(c["env"], path + ".env", errors);
  check_mounts(pod, c["volumeMounts"], path + ".volumeMounts");
  validate_enum(c["imagePullPolicy"], path + ".imagePullPolicy",
                {"Always", "IfNotPresent", "Never"}, errors);
  check_resources(c["resources"], path + ".resources", errors);
  check_security(c["securityContext"], path + ".securityContext", errors);
}

void check_probes(const Value& c, const std::string& path, FieldErrors& errors) {
  for (const char* probe : {"livenessProbe", "readinessProbe", "startupProbe"}) {
    check_probe(c[probe], child_path(path, probe), errors);
  }
  for (const char* probe : {"livenessProbe", "startupProbe"}) {
    const Value& threshold = c[probe]["successThreshold"];
    if (c[probe].is_map() && threshold.int_or(1) != 1) {
      errors.invalid(child_path(child_path(path, probe), "successThreshold"), threshold,
                     "must be 1");
    }
  }
}

void check_regular_containers(const PodContext& pod, const Value& containers,
                              const std::string& path, std::set<std::string>& names) {
  if (containers.empty()) pod.errors.required(path);
  for (size_t i = 0; i < containers.size(); ++i) {
    const std::string where = index_path(path, i);
    check_container(pod, containers[i], where);
    const std::string& name = containers[i]["name"].text();
    if (!names.insert(name).second) pod.errors.duplicate(where + ".name", name);
    check_probes(containers[i], where, pod.errors);
  }
}

void check_init_containers(const PodContext& pod, const Value& containers, const std::string& path,
                           std::set<std::string>& names) {
  for (size_t i = 0; i < containers.size(); ++i) {
    const Value& c = containers[i];
    const std::string where = index_path(path, i);
    check_container(pod, c, where);
    const std::string& name = c["name"].text();
    if (!names.insert(name).second) pod.errors.duplicate(where + ".name", name);
    if (c["restartPolicy"].text() == "Always") {
      check_probes(c, where, pod.errors);
      continue;
    }
    for (const char* field : {"lifecycle", "livenessProbe", "readinessProbe", "startupProbe"}) {
      if (c.has(field)) {
        pod.errors.forbidden(child_path(where, field),
                             "may not be set for init containers without restartPolicy=Always");
      }
    }
  }
}

std::set<std::string> check_volumes(const Value& volumes, const std::string& path,
                                    FieldErrors& errors) {
  std::set<std::string> names;
  for (size_t i = 0; i < volumes.size(); ++i) {
    const Value& v = volumes[i];
    const std::string where = index_path(path, i);
    const std::string& name = v["name"].text();
    size_t sources = 0;
    for (const data::Entry& e : v.entries()) {
      if (e.key == "name") continue;
      if (++sources > 1) {
        errors.forbidden(child_path(where, e.key), "may not specify more than 1 volume type");
      }
    }
    if (sources == 0) errors.required(where, "must specify a volume type");
    if (name.empty()) {
      errors.required(where + ".name");
    } else {
      errors.all(where + ".name", name, dns_label_errors(name));
    }
    if (!names.insert(name).second) errors.duplicate(where + ".name", name);
    const Value& secret = v["secret"];
    if (secret.is_map() && secret["secretName"].text().empty()) {
      errors.required(where + ".secret.secretName");
    }
    const Value& map = v["configMap"];
    if (map.is_map() && map["name"].text().empty()) errors.required(where + ".configMap.name");
  }
  return names;
}

void check_tolerations(const Value& tolerations, const std::string& path, FieldErrors& errors) {
  for (size_t i = 0; i < tolerations.size(); ++i) {
    const Value& t = tolerations[i];
    const std::string where = index_path(path, i);
    const std::string& op = t["operator"].text();
    if (t["key"].text().empty() && op != "Exists") {
      errors.invalid(where + ".operator", op,
                     "operator must be Exists when `key` is empty, which means \"match all values "
                     "and all keys\"");
    }
    if (t.has("tolerationSeconds") && t["effect"].text() != "NoExecute") {
      errors.invalid(where + ".effect", t["effect"].text(),
                     "effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
    if (op == "Exists" && !t["value"].text().empty()) {
      errors.invalid(where + ".operator", t["value"],
                     "value must be empty when `operator` is 'Exists'");
    }
    if (op == "Lt" || op == "Gt") {
      errors.not_supported(where + ".operator", op, {"Equal", "Exists", "Lt", "Gt"});
    } else if (!op.empty() && op != "Exists" && op != "Equal") {
      errors.not_supported(where + ".operator", op, {"Equal", "Exists"});
    }
    if (!t["effect"].text().empty()) {
      validate_enum(t["effect"], where + ".effect", {"NoSchedule", "PreferNoSchedule", "NoExecute"},
                    errors);
    }
  }
}

// Everything that a pod update may change, as it was before.
Value with_changeable_parts_of(Value spec, const Value& old) {
  for (const char* key : {"containers", "initContainers"}) {
    for (size_t i = 0; i < spec[key].size(); ++i) {
      spec.edit(key).edit(i).set("image", old[key][i]["image"]);
    }
  }
  for (const char* key : {"activeDeadlineSeconds", "schedulingGates", "tolerations"}) {
    if (old.has(key)) {
      spec.set(key, old[key]);
    } else {
      spec.erase(key);
    }
  }
  return spec;
}

}  // namespace

void validate_enum(const Value& value, const std::string& path,
                   const std::vector<std::string>& supported, FieldErrors& errors) {
  if (value.text().empty()) return errors.required(path);
  for (const std::string& s : supported) {
    if (s == value.text()) return;
  }
  errors.not_supported(path, value, supported);
}

void validate_containers(const Value& spec, const std::string& path, FieldErrors& errors) {
  PodContext pod{check_volumes(spec["volumes"], path + ".volumes", errors), errors};
  std::set<std::string> names;
  check_regular_containers(pod, spec["containers"], path + ".containers", names);
  check_init_containers(pod, spec["initContainers"], path + ".initContainers", names);
}

void validate_pod_spec(const Value& spec, const std::string& path, FieldErrors& errors) {
  validate_containers(spec, path, errors);
  validate_enum(spec["restartPolicy"], path + ".restartPolicy", {"Always", "OnFailure", "Never"},
                errors);
  validate_enum(spec["dnsPolicy"], path + ".dnsPolicy",
                {"ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"}, errors);
  validate_labels(spec["nodeSelector"], path + ".nodeSelector", errors);
  for (const char* field : {"serviceAccountName", "nodeName", "priorityClassName"}) {
    const std::string& name = spec[field].text();
    if (!name.empty()) errors.all(child_path(path, field), name, dns_subdomain_errors(name));
  }
  for (const char* field : {"hostname", "subdomain"}) {
    const std::string& name = spec[field].text();
    if (!name.empty()) errors.all(child_path(path, field), name, dns_label_errors(name));
  }
  const Value& deadline = spec["activeDeadlineSeconds"];
  if (deadline.is_int() && deadline.as_int() < 1) {
    errors.invalid(path + ".activeDeadlineSeconds", deadline,
                   "must be between 1 and 2147483647, inclusive");
  }
  check_user_ids(spec["securityContext"], path + ".securityContext", errors);
  check_tolerations(spec["tolerations"], path + ".tolerations", errors);
}

void validate_pod(const Value& pod, FieldErrors& errors) {
  validate_pod_spec(pod["spec"], "spec", errors);
  for (const char* key : {"containers", "initContainers"}) {
    const Value& containers = pod["spec"][key];
    for (size_t i = 0; i < containers.size(); ++i) {
      const std::string& image = containers[i]["image"].text();
      if (base::trim(image).size() == image.size()) continue;
      errors.invalid(index_path(child_path("spec", key), i) + ".image", image,
                     "must not have leading or trailing whitespace");
    }
  }
}

void validate_pod_template(const Value& pod_template, const std::string& template_path,
                           FieldErrors& errors) {
  const Value& metadata = pod_template["metadata"];
  validate_labels(metadata["labels"], template_path + ".labels", errors);
  validate_annotations(metadata["annotations"], template_path + ".annotations", errors);
  validate_pod_spec(pod_template["spec"], template_path + ".spec", errors);
}

void validate_pod_update(const Value& pod, const Value& old, FieldErrors& errors) {
  const Value& now = pod["spec"];
  const Value& before = old["spec"];
  for (const char* key : {"containers", "initContainers"}) {
    if (now[key].size() != before[key].size()) {
      errors.forbidden(child_path("spec", key), "pod updates may not add or remove containers");
      return;
    }
  }
  if (with_changeable_parts_of(now, before) == before) return;
  errors.forbidden(
      "spec",
      "pod updates may not change fields other than `spec.containers[*].image`,"
      "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "
      "additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set "
      "to 1 if it was previously negative)");
}

}  // namespace jibe::twin
