// pkg/apis/*/v1/defaults.go of Kubernetes 1.36: everything that is no workload.
#include <map>

#include "base/strings.h"
#include "twin/schema/default_table.h"

namespace jibe::twin {
namespace {

using data::Value;

bool is_zero_port(const Value& port) {
  return port.is_null() || port == Value(0) || port == Value("");
}

void session_affinity(Value& spec) {
  set_default_text(spec, "sessionAffinity", "None");
  if (spec["sessionAffinity"].text() == "None") spec.erase("sessionAffinityConfig");
  if (spec["sessionAffinity"].text() != "ClientIP") return;
  if (spec["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"].is_null()) {
    spec.set("sessionAffinityConfig",
             Value::map({{"clientIP", Value::map({{"timeoutSeconds", 10800}})}}));
  }
}

void service(Value& s) {
  Value& spec = s.edit("spec");
  session_affinity(spec);
  set_default_text(spec, "type", "ClusterIP");
  for (size_t i = 0; i < spec["ports"].size(); ++i) {
    Value& port = spec.edit("ports").edit(i);
    set_default_text(port, "protocol", "TCP");
    if (is_zero_port(port["targetPort"])) port.set("targetPort", port["port"]);
  }
  const std::string type = spec["type"].text();
  const bool balanced = type == "LoadBalancer";
  const bool outside =
      balanced || type == "NodePort" || (type == "ClusterIP" && !spec["externalIPs"].empty());
  if (outside) set_default_text(spec, "externalTrafficPolicy", "Cluster");
  if (type != "ExternalName") set_default(spec, "internalTrafficPolicy", "Cluster");
  if (!balanced) return;
  set_default(spec, "allocateLoadBalancerNodePorts", true);
  for (size_t i = 0; i < s["status"]["loadBalancer"]["ingress"].size(); ++i) {
    Value& entry = s.edit("status").edit("loadBalancer").edit("ingress").edit(i);
    if (!entry["ip"].text().empty()) set_default(entry, "ipMode", "VIP");
  }
}

// Decoding already dropped empty maps; data that comes as stringData counts.
void secret(Value& s) {
  set_default_text(s, "type", "Opaque");
}

void name_space(Value& ns) {
  const std::string name = ns["metadata"]["name"].text();
  if (!name.empty()) ns.edit("metadata").edit("labels").set("kubernetes.io/metadata.name", name);
}

void namespace_status(Value& status) {
  set_default_text(status, "phase", "Active");
}

void node_status(Value& status) {
  if (!status["capacity"].is_null()) {
    const Value capacity = status["capacity"];
    set_default(status, "allocatable", capacity);
  }
}

void protocol(Value& port) {
  set_default_text(port, "protocol", "TCP");
}

void slice_port(Value& port) {
  set_default(port, "name", "");
  set_default(port, "protocol", "TCP");
}

void limit_range_item(Value& item) {
  if (item["type"].text() != "Container") return;
  const Value maximum = item["max"];
  const Value minimum = item["min"];
  for (const data::Entry& e : maximum.entries()) set_default(item.edit("default"), e.key, e.value);
  const Value limits = item["default"];
  for (const data::Entry& e : limits.entries()) {
    set_default(item.edit("defaultRequest"), e.key, e.value);
  }
  for (const data::Entry& e : minimum.entries()) {
    set_default(item.edit("defaultRequest"), e.key, e.value);
  }
}

constexpr std::string_view kRbac = "rbac.authorization.k8s.io";

void binding(Value& b) {
  set_default_text(b.edit("roleRef"), "apiGroup", kRbac);
}

void subject(Value& s) {
  const std::string& kind = s["kind"].text();
  if (kind == "User" || kind == "Group") set_default_text(s, "apiGroup", kRbac);
}

void network_policy(Value& p) {
  Value& spec = p.edit("spec");
  if (!spec["policyTypes"].empty()) return;
  Value types = Value::list({"Ingress"});
  if (!spec["egress"].empty()) types.push_back("Egress");
  spec.set("policyTypes", std::move(types));
}

void ingress_class_parameters(Value& p) {
  set_default(p, "scope", "Cluster");
}

void match_resources(Value& m) {
  set_default(m, "matchPolicy", "Equivalent");
  set_default(m, "namespaceSelector", Value::map());
  set_default(m, "objectSelector", Value::map());
}

void webhook(Value& w) {
  match_resources(w);
  set_default(w, "failurePolicy", "Fail");
  set_default(w, "timeoutSeconds", 10);
}

void mutating_webhook(Value& w) {
  webhook(w);
  set_default(w, "reinvocationPolicy", "Never");
}

void rule(Value& r) {
  set_default(r, "scope", "*");
}
void service_reference(Value& r) {
  set_default(r, "port", 443);
}
void policy_spec(Value& spec) {
  set_default(spec, "failurePolicy", "Fail");
}

void storage_class(Value& c) {
  set_default(c, "reclaimPolicy", "Delete");
  set_default(c, "volumeBindingMode", "Immediate");
}

void csi_driver_spec(Value& spec) {
  set_default(spec, "attachRequired", true);
  set_default(spec, "podInfoOnMount", false);
  set_default(spec, "storageCapacity", false);
  set_default(spec, "fsGroupPolicy", "ReadWriteOnceWithFSType");
  if (spec["volumeLifecycleModes"].empty()) {
    spec.set("volumeLifecycleModes", Value::list({"Persistent"}));
  }
  set_default(spec, "requiresRepublish", false);
  set_default(spec, "seLinuxMount", false);
}

void priority_class(Value& c) {
  set_default(c, "preemptionPolicy", "PreemptLowerPriority");
}
void flow_schema_spec(Value& s) {
  set_default_number(s, "matchingPrecedence", 1000);
}

void limited_priority(Value& p) {
  set_default(p, "nominalConcurrencyShares", 30);
  set_default(p, "lendablePercent", 0);
}

void exempt_priority(Value& p) {
  set_default(p, "nominalConcurrencyShares", 0);
  set_default(p, "lendablePercent", 0);
}

void queuing(Value& q) {
  set_default_number(q, "handSize", 8);
  set_default_number(q, "queues", 64);
  set_default_number(q, "queueLengthLimit", 50);
}

void custom_resource_definition(Value& crd) {
  Value& spec = crd.edit("spec");
  Value& names = spec.edit("names");
  const std::string kind = names["kind"].text();
  set_default_text(names, "singular", base::lower(kind));
  if (!kind.empty()) set_default_text(names, "listKind", kind + "List");
  set_default(spec, "conversion", Value::map({{"strategy", "None"}}));
  if (!crd["status"]["storedVersions"].empty()) return;
  for (const Value& version : spec["versions"].items()) {
    if (!version["storage"].bool_or(false)) continue;
    crd.edit("status").set("storedVersions", Value::list({version["name"]}));
    break;
  }
}

using Table = std::map<std::string_view, DefaultFunction>;

const Table& core_table() {
  static const Table kTable = {
      {"io.k8s.api.core.v1.Service", service},
      {"io.k8s.api.core.v1.Secret", secret},
      {"io.k8s.api.core.v1.Namespace", name_space},
      {"io.k8s.api.core.v1.NamespaceStatus", namespace_status},
      {"io.k8s.api.core.v1.NodeStatus", node_status},
      {"io.k8s.api.core.v1.EndpointPort", protocol},
      {"io.k8s.api.core.v1.LimitRangeItem", limit_range_item},
      {"io.k8s.api.discovery.v1.EndpointPort", slice_port},
      {"io.k8s.api.rbac.v1.ClusterRoleBinding", binding},
      {"io.k8s.api.rbac.v1.RoleBinding", binding},
      {"io.k8s.api.rbac.v1.Subject", subject},
      {"io.k8s.api.networking.v1.NetworkPolicy", network_policy},
      {"io.k8s.api.networking.v1.NetworkPolicyPort", protocol},
      {"io.k8s.api.networking.v1.IngressClassParametersReference", ingress_class_parameters},
      {"io.k8s.api.storage.v1.StorageClass", storage_class},
      {"io.k8s.api.storage.v1.CSIDriverSpec", csi_driver_spec},
      {"io.k8s.api.scheduling.v1.PriorityClass", priority_class},
      {"io.k8s.api.flowcontrol.v1.FlowSchemaSpec", flow_schema_spec},
      {"io.k8s.api.flowcontrol.v1.LimitedPriorityLevelConfiguration", limited_priority},
      {"io.k8s.api.flowcontrol.v1.ExemptPriorityLevelConfiguration", exempt_priority},
      {"io.k8s.api.flowcontrol.v1.QueuingConfiguration", queuing},
  };
  return kTable;
}

const Table& extension_table() {
  static const Table kTable = {
      {"io.k8s.api.admissionregistration.v1.ValidatingWebhook", webhook},
      {"io.k8s.api.admissionregistration.v1.MutatingWebhook", mutating_webhook},
      {"io.k8s.api.admissionregistration.v1.RuleWithOperations", rule},
      {"io.k8s.api.admissionregistration.v1.NamedRuleWithOperations", rule},
      {"io.k8s.api.admissionregistration.v1.ServiceReference", service_reference},
      {"io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicySpec", policy_spec},
      {"io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicySpec", policy_spec},
      {"io.k8s.api.admissionregistration.v1.MatchResources", match_resources},
      {"io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.ServiceReference", service_reference},
      {"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ServiceReference",
       service_reference},
      {"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition",
       custom_resource_definition},
  };
  return kTable;
}

}  // namespace

DefaultFunction other_defaults_of(std::string_view definition) {
  for (const Table* table : {&core_table(), &extension_table()}) {
    const auto found = table->find(definition);
    if (found != table->end()) return found->second;
  }
  return nullptr;
}

}  // namespace jibe::twin
