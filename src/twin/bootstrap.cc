#include "twin/bootstrap.h"

#include <fmt/core.h>

#include "base/coroutine.h"
#include "twin/controllers/client.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"

namespace jibe::twin {

namespace {

using data::Value;

Value meta(const std::string& name, const std::string& ns = "") {
  Value metadata = Value::map({{"name", name}});
  if (!ns.empty()) metadata.set("namespace", ns);
  return metadata;
}

Value strings(const std::vector<std::string>& texts) {
  Value list = Value::list();
  for (const std::string& text : texts) list.push_back(text);
  return list;
}

Value rule(const std::vector<std::string>& groups, const std::vector<std::string>& resources,
           const std::vector<std::string>& verbs) {
  return Value::map({{"apiGroups", strings(groups)},
                     {"resources", strings(resources)},
                     {"verbs", strings(verbs)}});
}

Value cluster_role(const std::string& name, Value rules) {
  Value metadata = meta(name);
  metadata.set("labels", Value::map({{"kubernetes.io/bootstrapping", "rbac-defaults"}}));
  metadata.set("annotations",
               Value::map({{"rbac.authorization.kubernetes.io/autoupdate", "true"}}));
  return Value::map({{"apiVersion", "rbac.authorization.k8s.io/v1"},
                     {"kind", "ClusterRole"},
                     {"metadata", metadata},
                     {"rules", std::move(rules)}});
}

const std::vector<std::string> kWorkloads = {"daemonsets", "deployments", "replicasets",
                                             "statefulsets"};
const std::vector<std::string> kCore = {"configmaps", "endpoints", "persistentvolumeclaims",
                                        "pods",       "pods/log",  "serviceaccounts",
                                        "services"};
const std::vector<std::string> kRead = {"get", "list", "watch"};
const std::vector<std::string> kWrite = {"create", "delete", "deletecollection", "get",
                                         "list",   "patch",  "update",           "watch"};

Value workload_rules(const std::vector<std::string>& verbs, bool secrets) {
  std::vector<std::string> core = kCore;
  if (secrets) core.emplace_back("secrets");
  return Value::list({rule({""}, core, verbs), rule({"apps"}, kWorkloads, verbs),
                      rule({"batch"}, {"cronjobs", "jobs"}, verbs),
                      rule({"autoscaling"}, {"horizontalpodautoscalers"}, verbs),
                      rule({"policy"}, {"poddisruptionbudgets"}, verbs),
                      rule({"networking.k8s.io"}, {"ingresses", "networkpolicies"}, verbs)});
}

Value admin_rules() {
  Value rules = workload_rules(kWrite, true);
  rules.push_back(rule({"rbac.authorization.k8s.io"}, {"roles", "rolebindings"}, kWrite));
  return rules;
}

Value everything_rules() {
  return Value::list({rule({"*"}, {"*"}, {"*"}), Value::map({{"nonResourceURLs", strings({"*"})},
                                                             {"verbs", strings({"*"})}})});
}

Value urls_rule(const std::vector<std::string>& urls) {
  return Value::map({{"nonResourceURLs", strings(urls)}, {"verbs", strings({"get"})}});
}

// What everybody who is known may do.
Value discovery_rules() {
  return Value::list({urls_rule({"/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez",
                                 "/openapi", "/openapi/*", "/readyz", "/version", "/version/"})});
}

Value basic_user_rules() {
  return Value::list({rule({"authorization.k8s.io"},
                           {"selfsubjectaccessreviews", "selfsubjectrulesreviews"}, {"create"}),
                      rule({"authentication.k8s.io"}, {"selfsubjectreviews"}, {"create"})});
}

// Of the ClusterRole of the same name.
Value group_binding(const std::string& name, const std::string& group) {
  return Value::map(
      {{"apiVersion", "rbac.authorization.k8s.io/v1"},
       {"kind", "ClusterRoleBinding"},
       {"metadata", meta(name)},
       {"roleRef",
        Value::map(
            {{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "ClusterRole"}, {"name", name}})},
       {"subjects",
        Value::list({Value::map(
            {{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "Group"}, {"name", group}})})}});
}

Value priority_class(const std::string& name, int64_t value, const std::string& description) {
  return Value::map({{"apiVersion", "scheduling.k8s.io/v1"},
                     {"kind", "PriorityClass"},
                     {"metadata", meta(name)},
                     {"value", value},
                     {"description", description}});
}

Value make_node(const std::string& name) {
  Value metadata = meta(name);
  metadata.set("labels", Value::map({{"kubernetes.io/hostname", name},
                                     {"kubernetes.io/os", "linux"},
                                     {"kubernetes.io/arch", "amd64"},
                                     {"beta.kubernetes.io/os", "linux"},
                                     {"beta.kubernetes.io/arch", "amd64"},
                                     {"topology.kubernetes.io/region", "local"},
                                     {"topology.kubernetes.io/zone", "local-a"}}));
  return Value::map(
      {{"apiVersion", "v1"}, {"kind", "Node"}, {"metadata", metadata}, {"spec", Value::map({})}});
}

Value node_condition(const char* type, const char* status, const char* reason, const char* message,
                     const std::string& now) {
  Value condition = make_condition(type, status, reason, message, now);
  condition.set("lastHeartbeatTime", now);
  return condition;
}

Value node_status(const BootstrapOptions& options, const std::string& node,
                  const std::string& now) {
  const Value room = Value::map(
      {{"cpu", "32"}, {"memory", "128Gi"}, {"pods", "1000"}, {"ephemeral-storage", "500Gi"}});
  const Value addresses =
      Value::list({Value::map({{"type", "InternalIP"}, {"address", options.node_ip}}),
                   Value::map({{"type", "Hostname"}, {"address", node}})});
  return Value::map(
      {{"addresses", addresses},
       {"capacity", room},
       {"allocatable", room},
       {"conditions",
        Value::list({node_condition("MemoryPressure", "False", "KubeletHasSufficientMemory",
                                    "kubelet has sufficient memory available", now),
                     node_condition("DiskPressure", "False", "KubeletHasNoDiskPressure",
                                    "kubelet has no disk pressure", now),
                     node_condition("PIDPressure", "False", "KubeletHasSufficientPID",
                                    "kubelet has sufficient PID available", now),
                     node_condition("Ready", "True", "KubeletReady",
                                    "kubelet is posting ready status", now)})},
       {"nodeInfo", Value::map({{"kubeletVersion", options.kubernetes_version},
                                {"kubeProxyVersion", options.kubernetes_version},
                                {"operatingSystem", "linux"},
                                {"architecture", "amd64"},
                                {"osImage", "jibe twin"},
                                {"kernelVersion", "6.1.0"},
                                {"containerRuntimeVersion", "containerd://2.1.0"},
                                {"machineID", ""},
                                {"systemUUID", ""},
                                {"bootID", ""}})}});
}

Value api_service(const BootstrapOptions& options) {
  Value metadata = meta("kubernetes", "default");
  metadata.set("labels", Value::map({{"component", "apiserver"}, {"provider", "kubernetes"}}));
  return Value::map(
      {{"apiVersion", "v1"},
       {"kind", "Service"},
       {"metadata", metadata},
       {"spec",
        Value::map({{"type", "ClusterIP"},
                    {"clusterIP", options.service_network + ".0.1"},
                    {"ports", Value::list({Value::map({{"name", "https"},
                                                       {"port", 443},
                                                       {"protocol", "TCP"},
                                                       {"targetPort", options.api_port}})})}})}});
}

Value api_endpoints(const BootstrapOptions& options) {
  const Value port =
      Value::map({{"name", "https"}, {"port", options.api_port}, {"protocol", "TCP"}});
  Value metadata = meta("kubernetes", "default");
  metadata.set("labels", Value::map({{"endpointslice.kubernetes.io/skip-mirror", "true"}}));
  const Value address = Value::map({{"ip", options.node_ip}});
  return Value::map({{"apiVersion", "v1"},
                     {"kind", "Endpoints"},
                     {"metadata", metadata},
                     {"subsets", Value::list({Value::map({{"addresses", Value::list({address})},
                                                          {"ports", Value::list({port})}})})}});
}

Value api_slice(const BootstrapOptions& options) {
  const Value port =
      Value::map({{"name", "https"}, {"port", options.api_port}, {"protocol", "TCP"}});
  Value metadata = meta("kubernetes", "default");
  metadata.set("labels", Value::map({{"kubernetes.io/service-name", "kubernetes"}}));
  const Value endpoint = Value::map(
      {{"addresses", strings({options.node_ip})}, {"conditions", Value::map({{"ready", true}})}});
  return Value::map({{"apiVersion", "discovery.k8s.io/v1"},
                     {"kind", "EndpointSlice"},
                     {"metadata", metadata},
                     {"addressType", "IPv4"},
                     {"endpoints", Value::list({endpoint})},
                     {"ports", Value::list({port})}});
}

Value make_namespace(const std::string& name) {
  return Value::map({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", meta(name)}});
}

// True where it was not there before.
Task<bool> ensure(Client client, kube::Gvr gvr, Value object) {
  const Outcome outcome = co_await client.try_create(gvr, object);
  if (!outcome.ok() && !outcome.error->is_already_exists()) throw *outcome.error;
  co_return outcome.ok();
}

Value node_lease(const Value& node, const std::string& now) {
  const Value& name = node["metadata"]["name"];
  Value metadata = meta(name.text());
  metadata.set("namespace", "kube-node-lease");
  metadata.set("ownerReferences", Value::list({Value::map({{"apiVersion", "v1"},
                                                           {"kind", "Node"},
                                                           {"name", name},
                                                           {"uid", node["metadata"]["uid"]}})}));
  return Value::map(
      {{"apiVersion", "coordination.k8s.io/v1"},
       {"kind", "Lease"},
       {"metadata", metadata},
       {"spec",
        Value::map({{"holderIdentity", name}, {"leaseDurationSeconds", 40}, {"renewTime", now}})}});
}

Task<void> ensure_node(Client client, BootstrapOptions options, std::string now) {
  if (!client.items(kNodes).empty()) co_return;
  const std::string name = options.cluster_name + "-node-1";
  Value node = co_await client.create(kNodes, make_node(name));
  node.set("status", node_status(options, name, now));
  co_await ensure(client, kLeases, node_lease(node, now));
  // A new node is tainted by admission until its kubelet reports; this is the report.
  node = co_await client.update_status(kNodes, node);
  if (node["spec"]["taints"].empty()) co_return;
  Value spec = node["spec"];
  spec.erase("taints");
  node.set("spec", spec);
  co_await client.update(kNodes, node);
}

}  // namespace

Task<void> bootstrap(Api& api, BootstrapOptions options, std::string now) {
  const Client client(api, "kube-apiserver", "system:apiserver");
  for (const char* name : {"default", "kube-node-lease", "kube-public", "kube-system"})
    co_await ensure(client, kNamespaces, make_namespace(name));
  co_await ensure_node(Client(api, "kubelet", "system:node"), options, now);
  co_await ensure(client, kServices, api_service(options));
  co_await ensure(client, kEndpoints, api_endpoints(options));
  co_await ensure(client, kEndpointSlices, api_slice(options));
  co_await ensure(client, kClusterRoles, cluster_role("cluster-admin", everything_rules()));
  co_await ensure(client, kClusterRoles, cluster_role("admin", admin_rules()));
  co_await ensure(client, kClusterRoles, cluster_role("edit", workload_rules(kWrite, true)));
  co_await ensure(client, kClusterRoles, cluster_role("view", workload_rules(kRead, false)));
  co_await ensure(client, kClusterRoles, cluster_role("system:discovery", discovery_rules()));
  co_await ensure(client, kClusterRoles, cluster_role("system:basic-user", basic_user_rules()));
  co_await ensure(client, kClusterRoleBindings, group_binding("cluster-admin", "system:masters"));
  for (const char* role : {"system:discovery", "system:basic-user"})
    co_await ensure(client, kClusterRoleBindings, group_binding(role, "system:authenticated"));
  co_await ensure(client, kPriorityClasses,
                  priority_class("system-cluster-critical", 2'000'000'000,
                                 "Used for system critical pods that must run in the cluster, but "
                                 "can be moved to another node if necessary."));
  co_await ensure(client, kPriorityClasses,
                  priority_class("system-node-critical", 2'000'001'000,
                                 "Used for system critical pods that must not be moved from their "
                                 "current node."));
}

}  // namespace jibe::twin
