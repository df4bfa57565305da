// RBAC, webhooks, autoscalers, disruption budgets, ingresses and network policies.
#include <algorithm>
#include <map>
#include <set>

#include "base/strings.h"
#include "twin/schema/autoscaler.h"
#include "twin/schema/name_rules.h"
#include "twin/schema/validators.h"

namespace jibe::twin {
namespace {

using data::Value;

constexpr const char* kRbac = "rbac.authorization.k8s.io";

void check_rules(const Value& rules, bool namespaced, FieldErrors& errors) {
  for (size_t i = 0; i < rules.size(); ++i) {
    const Value& rule = rules[i];
    const std::string path = index_path("rules", i);
    if (rule["verbs"].empty()) {
      errors.required(path + ".verbs", "verbs must contain at least one value");
    }
    const Value& urls = rule["nonResourceURLs"];
    if (!urls.empty()) {
      if (namespaced) {
        errors.invalid(path + ".nonResourceURLs", urls,
                       "namespaced rules cannot apply to non-resource URLs");
      }
      if (!rule["apiGroups"].empty() || !rule["resources"].empty() ||
          !rule["resourceNames"].empty()) {
        errors.invalid(path + ".nonResourceURLs", urls,
                       "rules cannot apply to both regular resources and non-resource URLs");
      }
      continue;
    }
    if (rule["apiGroups"].empty()) {
      errors.required(path + ".apiGroups", "resource rules must supply at least one api group");
    }
    if (rule["resources"].empty()) {
      errors.required(path + ".resources", "resource rules must supply at least one resource");
    }
  }
}

void role(const Value& object, const Value&, FieldErrors& errors) {
  check_rules(object["rules"], true, errors);
}

void cluster_role(const Value& object, const Value&, FieldErrors& errors) {
  check_rules(object["rules"], false, errors);
}

void check_subject(const Value& s, bool namespaced, const std::string& path, FieldErrors& errors) {
  const std::string& kind = s["kind"].text();
  const std::string& name = s["name"].text();
  if (name.empty()) errors.required(path + ".name");
  if (kind == "ServiceAccount") {
    if (!name.empty()) errors.all(path + ".name", name, dns_subdomain_errors(name));
    if (!s["apiGroup"].text().empty()) {
      errors.not_supported(path + ".apiGroup", s["apiGroup"], {""});
    }
    if (!namespaced && s["namespace"].text().empty()) errors.required(path + ".namespace");
  } else if (kind == "User" || kind == "Group") {
    if (s["apiGroup"].text() != kRbac) {
      errors.not_supported(path + ".apiGroup", s["apiGroup"].text(), {kRbac});
    }
  } else {
    errors.not_supported(path + ".kind", kind, {"ServiceAccount", "User", "Group"});
  }
}

void check_binding(const Value& object, const Value& old, bool namespaced, FieldErrors& errors) {
  const Value& ref = object["roleRef"];
  const std::string& kind = ref["kind"].text();
  if (ref["apiGroup"].text() != kRbac) {
    errors.not_supported("roleRef.apiGroup", ref["apiGroup"].text(), {kRbac});
  }
  std::vector<std::string> kinds = {"ClusterRole"};
  if (namespaced) kinds.insert(kinds.begin(), "Role");
  if (std::ranges::find(kinds, kind) == kinds.end()) {
    errors.not_supported("roleRef.kind", kind, kinds);
  }
  const std::string& name = ref["name"].text();
  if (name.empty()) {
    errors.required("roleRef.name");
  } else {
    errors.all("roleRef.name", name, path_segment_errors(name));
  }
  for (size_t i = 0; i < object["subjects"].size(); ++i) {
    check_subject(object["subjects"][i], namespaced, index_path("subjects", i), errors);
  }
  if (!old.is_null() && !(old["roleRef"] == ref)) {
    errors.invalid("roleRef", ref, "cannot change roleRef");
  }
}

void role_binding(const Value& object, const Value& old, FieldErrors& errors) {
  check_binding(object, old, true, errors);
}

void cluster_role_binding(const Value& object, const Value& old, FieldErrors& errors) {
  check_binding(object, old, false, errors);
}

void check_star(const Value& list, const std::string& path, std::string_view what,
                FieldErrors& errors) {
  const bool star =
      std::ranges::any_of(list.items(), [](const Value& v) { return v.text() == "*"; });
  if (list.size() > 1 && star) {
    errors.invalid(path, list, "if '*' is present, must not specify other " + std::string(what));
  }
}

void check_webhook_rule(const Value& rule, const std::string& path, FieldErrors& errors) {
  const Value& operations = rule["operations"];
  if (operations.empty()) errors.required(path + ".operations");
  check_star(operations, path + ".operations", "operations", errors);
  for (size_t i = 0; i < operations.size(); ++i) {
    validate_enum(operations[i], index_path(path + ".operations", i),
                  {"*", "CONNECT", "CREATE", "DELETE", "UPDATE"}, errors);
  }
  if (rule["apiGroups"].empty()) errors.required(path + ".apiGroups");
  check_star(rule["apiGroups"], path + ".apiGroups", "API groups", errors);
  if (rule["apiVersions"].empty()) errors.required(path + ".apiVersions");
  check_star(rule["apiVersions"], path + ".apiVersions", "API versions", errors);
  for (const char* key : {"apiVersions", "resources"}) {
    for (size_t i = 0; i < rule[key].size(); ++i) {
      if (rule[key][i].text().empty()) errors.required(index_path(child_path(path, key), i));
    }
  }
  if (rule["resources"].empty()) errors.required(path + ".resources");
  validate_enum(rule["scope"], path + ".scope", {"*", "Cluster", "Namespaced"}, errors);
}

void check_client_config(const Value& config, const std::string& path, FieldErrors& errors) {
  const Value& service = config["service"];
  const Value& url = config["url"];
  if (url.is_null() == service.is_null()) {
    errors.required(path, "exactly one of url or service is required");
  } else if (url.is_string()) {
    if (!url.text().starts_with("https://")) {
      const base::Cut cut = base::cut(url.text(), "://");
      errors.invalid(path + ".url", cut.found ? std::string(cut.before) : "",
                     "'https' is the only allowed URL scheme; desired format: https://host[/path]");
    }
  } else {
    for (const char* key : {"name", "namespace"}) {
      if (service[key].text().empty()) errors.required(child_path(path + ".service", key));
    }
    const Sentences bad = port_number_errors(service["port"].int_or(443));
    if (!bad.empty()) {
      errors.invalid(path + ".service.port", service["port"], "port is not valid: " + bad[0]);
    }
    const std::string& at = service["path"].text();
    if (!at.empty() && !at.starts_with('/')) {
      errors.invalid(path + ".service.path", at, "must start with a '/'");
    }
  }
}

void check_webhook_name(const std::string& name, const std::string& path, FieldErrors& errors) {
  if (name.empty()) return errors.required(path);
  const Sentences bad = dns_subdomain_errors(name);
  if (!bad.empty()) return errors.invalid(path, name, base::join(bad, ","));
  if (std::ranges::count(name, '.') < 2) {
    errors.invalid(path, name, "should be a domain with at least three segments separated by dots");
  }
}

void check_review_versions(const Value& versions, const std::string& path, FieldErrors& errors) {
  if (versions.empty()) return errors.required(path, "must specify one of v1, v1beta1");
  const bool known = std::ranges::any_of(
      versions.items(), [](const Value& v) { return v.text() == "v1" || v.text() == "v1beta1"; });
  if (!known) errors.invalid(path, versions, "must include at least one of v1, v1beta1");
}

void check_webhook(const Value& hook, const std::string& path, FieldErrors& errors) {
  check_webhook_name(hook["name"].text(), path + ".name", errors);
  for (size_t i = 0; i < hook["rules"].size(); ++i) {
    check_webhook_rule(hook["rules"][i], index_path(path + ".rules", i), errors);
  }
  validate_enum(hook["failurePolicy"], path + ".failurePolicy", {"Fail", "Ignore"}, errors);
  validate_enum(hook["matchPolicy"], path + ".matchPolicy", {"Equivalent", "Exact"}, errors);
  if (hook["sideEffects"].is_null()) {
    errors.required(path + ".sideEffects", "must specify one of None, NoneOnDryRun");
  } else {
    validate_enum(hook["sideEffects"], path + ".sideEffects", {"None", "NoneOnDryRun"}, errors);
  }
  const int64_t timeout = hook["timeoutSeconds"].int_or(10);
  if (timeout < 1 || timeout > 30) {
    errors.invalid(path + ".timeoutSeconds", timeout,
                   "the timeout value must be between 1 and 30 seconds");
  }
  for (const char* key : {"namespaceSelector", "objectSelector"}) {
    validate_label_selector(hook[key], child_path(path, key), errors);
  }
  if (hook.has("reinvocationPolicy")) {
    validate_enum(hook["reinvocationPolicy"], path + ".reinvocationPolicy", {"IfNeeded", "Never"},
                  errors);
  }
  check_client_config(hook["clientConfig"], path + ".clientConfig", errors);
  check_review_versions(hook["admissionReviewVersions"], path + ".admissionReviewVersions", errors);
}

void webhook_configuration(const Value& object, const Value&, FieldErrors& errors) {
  std::set<std::string> names;
  for (size_t i = 0; i < object["webhooks"].size(); ++i) {
    const Value& hook = object["webhooks"][i];
    const std::string path = index_path("webhooks", i);
    check_webhook(hook, path, errors);
    const std::string& name = hook["name"].text();
    if (!name.empty() && !names.insert(name).second) errors.duplicate(path + ".name", name);
  }
}

void autoscaler(const Value& given, const Value&, FieldErrors& errors) {
  const Value object = autoscaler_as_v2(given);
  const Value& spec = object["spec"];
  const int64_t most = spec["maxReplicas"].int_or(0);
  const int64_t least = spec["minReplicas"].int_or(1);
  if (least < 1) {
    errors.invalid("spec.minReplicas", least, "must be greater than or equal to 1");
  }
  if (most == 0) {
    errors.required("spec.maxReplicas", "must be set and greater than 0");
  } else if (most < 0) {
    errors.invalid("spec.maxReplicas", most, "must be greater than or equal to 1");
  }
  if (most < least) {
    errors.invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`");
  }
  for (const char* key : {"kind", "name"}) {
    const std::string& text = spec["scaleTargetRef"][key].text();
    const std::string path = child_path("spec.scaleTargetRef", key);
    if (text.empty()) {
      errors.required(path);
    } else {
      errors.all(path, text, path_segment_errors(text));
    }
  }
}

void disruption_budget(const Value& object, const Value&, FieldErrors& errors) {
  const Value& spec = object["spec"];
  if (!spec["minAvailable"].is_null() && !spec["maxUnavailable"].is_null()) {
    errors.invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set");
  }
  validate_int_or_percent(spec["minAvailable"], "spec.minAvailable", errors);
  validate_int_or_percent(spec["maxUnavailable"], "spec.maxUnavailable", errors);
  validate_label_selector(spec["selector"], "spec.selector", errors);
}

void network_policy(const Value& object, const Value&, FieldErrors& errors) {
  const Value& spec = object["spec"];
  validate_label_selector(spec["podSelector"], "spec.podSelector", errors);
  for (size_t i = 0; i < spec["policyTypes"].size(); ++i) {
    validate_enum(spec["policyTypes"][i], index_path("spec.policyTypes", i), {"Egress", "Ingress"},
                  errors);
  }
}

void ingress(const Value& object, const Value&, FieldErrors& errors) {
  const Value& spec = object["spec"];
  if (spec["rules"].empty() && !spec["defaultBackend"].is_map()) {
    errors.invalid("spec", spec, "either `defaultBackend` or `rules` must be specified");
  }
  for (size_t i = 0; i < spec["rules"].size(); ++i) {
    const Value& paths = spec["rules"][i]["http"]["paths"];
    const std::string where = index_path("spec.rules", i) + ".http.paths";
    if (spec["rules"][i]["http"].is_map() && paths.empty()) errors.required(where);
    for (size_t j = 0; j < paths.size(); ++j) {
      const std::string at = index_path(where, j);
      const std::string& type = paths[j]["pathType"].text();
      const std::string& text = paths[j]["path"].text();
      if ((type == "Exact" || type == "Prefix") && !text.starts_with('/')) {
        errors.invalid(at + ".path", text, "must be an absolute path");
      }
      if (paths[j]["pathType"].is_null()) {
        errors.required(at + ".pathType", "pathType must be specified");
      } else {
        validate_enum(paths[j]["pathType"], at + ".pathType",
                      {"Exact", "ImplementationSpecific", "Prefix"}, errors);
      }
    }
  }
}

void priority_class(const Value& object, const Value& old, FieldErrors& errors) {
  const std::string& name = object["metadata"]["name"].text();
  const int64_t value = object["value"].int_or(0);
  constexpr int64_t kHighestOfUsers = 1'000'000'000;
  if (!name.starts_with("system-") && value > kHighestOfUsers) {
    errors.forbidden("value", "maximum allowed value of a user defined priority is " +
                                  std::to_string(kHighestOfUsers));
  }
  if (name.starts_with("system-") && name != "system-node-critical" &&
      name != "system-cluster-critical") {
    errors.forbidden("metadata.name",
                     "priority class names with 'system-' prefix are reserved for system use only. "
                     "error: " +
                         name + " is not a known system priority class");
  }
  if (old.is_null()) return;
  if (value != old["value"].int_or(0)) {
    errors.forbidden("value", "may not be changed in an update.");
  }
  errors.immutable("preemptionPolicy", object["preemptionPolicy"], old["preemptionPolicy"]);
}

void lease(const Value& object, const Value&, FieldErrors& errors) {
  const Value& seconds = object["spec"]["leaseDurationSeconds"];
  if (seconds.is_int() && seconds.as_int() <= 0) {
    errors.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0");
  }
  const Value& transitions = object["spec"]["leaseTransitions"];
  errors.not_negative("spec.leaseTransitions", transitions);
}

}  // namespace

KindValidator policy_validator(std::string_view group_kind) {
  static const std::map<std::string_view, KindValidator> kTable = {
      {"rbac.authorization.k8s.io/Role", role},
      {"rbac.authorization.k8s.io/ClusterRole", cluster_role},
      {"rbac.authorization.k8s.io/RoleBinding", role_binding},
      {"rbac.authorization.k8s.io/ClusterRoleBinding", cluster_role_binding},
      {"admissionregistration.k8s.io/MutatingWebhookConfiguration", webhook_configuration},
      {"admissionregistration.k8s.io/ValidatingWebhookConfiguration", webhook_configuration},
      {"autoscaling/HorizontalPodAutoscaler", autoscaler},
      {"policy/PodDisruptionBudget", disruption_budget},
      {"networking.k8s.io/NetworkPolicy", network_policy},
      {"networking.k8s.io/Ingress", ingress},
      {"coordination.k8s.io/Lease", lease},
      {"scheduling.k8s.io/PriorityClass", priority_class},
  };
  const auto found = kTable.find(group_kind);
  return found == kTable.end() ? nullptr : found->second;
}

}  // namespace jibe::twin
