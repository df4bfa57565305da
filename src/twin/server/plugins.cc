#include "twin/server/plugins.h"

#include "base/coroutine.h"
#include "kube/status.h"

namespace jibe::twin {

namespace {

constexpr const char* kTokenMount = "/var/run/secrets/kubernetes.io/serviceaccount";
constexpr const char* kTokenVolume = "kube-api-access-";
constexpr const char* kMirrorPod = "kubernetes.io/config.mirror";

using data::Value;

bool is_new_pod(const ApiWrite& write) {
  return write.operation == "CREATE" && write.target.subresource.empty() &&
         write.resource->gvr.group_resource() == "pods" &&
         kube::annotation_of(write.object, kMirrorPod).empty();
}

kube::StatusError refuse(const ApiWrite& write, const std::string& message) {
  std::string name = write.target.name;
  if (name.empty()) name = write.object["metadata"]["generateName"].text();
  return kube::forbidden(resource_name(*write.resource), name, message);
}

bool has_token_mount(const Value& container) {
  for (const Value& mount : container["volumeMounts"].items()) {
    if (mount["mountPath"].text() == kTokenMount) return true;
  }
  return false;
}

// True where a container got the mount.
bool mount_token(Value& spec, const char* list, const std::string& volume) {
  if (spec[list].empty()) return false;
  bool mounted = false;
  for (Value& container : spec.edit(list).edit_items()) {
    if (has_token_mount(container)) continue;
    container.edit("volumeMounts")
        .push_back(Value::map({{"name", volume}, {"readOnly", true}, {"mountPath", kTokenMount}}));
    mounted = true;
  }
  return mounted;
}

Value token_volume(const std::string& name) {
  auto token = Value::map(
      {{"serviceAccountToken", Value::map({{"expirationSeconds", 3607}, {"path", "token"}})}});
  auto ca_item = Value::list({Value::map({{"key", "ca.crt"}, {"path", "ca.crt"}})});
  auto ca =
      Value::map({{"configMap", Value::map({{"name", "kube-root-ca.crt"}, {"items", ca_item}})}});
  auto field = Value::map({{"apiVersion", "v1"}, {"fieldPath", "metadata.namespace"}});
  auto ns_item = Value::list({Value::map({{"path", "namespace"}, {"fieldRef", field}})});
  auto ns = Value::map({{"downwardAPI", Value::map({{"items", ns_item}})}});
  auto projected = Value::map({{"defaultMode", 420}, {"sources", Value::list({token, ca, ns})}});
  return Value::map({{"name", name}, {"projected", projected}});
}

void add_token(const ServerCore& core, Value& spec) {
  std::string volume;
  for (const Value& known : spec["volumes"].items()) {
    if (known["name"].text().starts_with(kTokenVolume)) volume = known["name"].text();
  }
  bool known = !volume.empty();
  if (!known) volume = generate_name(core.runtime.random(), kTokenVolume);
  bool init = mount_token(spec, "initContainers", volume);
  bool main = mount_token(spec, "containers", volume);
  if (!known && (init || main)) spec.edit("volumes").push_back(token_volume(volume));
}

bool tolerates(const Value& spec, const std::string& taint) {
  for (const Value& toleration : spec["tolerations"].items()) {
    const std::string& key = toleration["key"].text();
    const std::string& effect = toleration["effect"].text();
    if ((key == taint || key.empty()) && (effect.empty() || effect == "NoExecute")) return true;
  }
  return false;
}

void add_tolerations(Value& spec) {
  for (std::string taint : {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}) {
    if (tolerates(spec, taint)) continue;
    spec.edit("tolerations")
        .push_back(Value::map({{"key", taint},
                               {"operator", "Exists"},
                               {"effect", "NoExecute"},
                               {"tolerationSeconds", 300}}));
  }
}

// The class that counts where a pod names none; null where there is no default.
Value default_class(const ServerCore& core) {
  Value best;
  for (const auto& [name, item] : core.store.all("priorityclasses.scheduling.k8s.io")) {
    if (!item["globalDefault"].bool_or(false)) continue;
    if (best.is_null() || item["value"].int_or(0) < best["value"].int_or(0)) best = item;
  }
  return best;
}

void set_priority(const ServerCore& core, const ApiWrite& write, Value& spec) {
  std::string name = spec["priorityClassName"].text();
  Value priority_class = default_class(core);
  if (name.empty()) name = priority_class["metadata"]["name"].text();
  int64_t value = 0;
  std::string preemption = "PreemptLowerPriority";
  if (!name.empty()) {
    const Value* found = core.store.find("priorityclasses.scheduling.k8s.io", {"", name});
    if (found) {
      value = (*found)["value"].int_or(0);
      preemption = (*found)["preemptionPolicy"].string_or(preemption);
    } else if (name == "system-cluster-critical") {
      value = 2'000'000'000;
    } else if (name == "system-node-critical") {
      value = 2'000'001'000;
    } else {
      throw refuse(write, "no PriorityClass with name " + name + " was found");
    }
    spec.set("priorityClassName", name);
  }
  spec.set("priority", value);
  if (!spec.has("preemptionPolicy")) spec.set("preemptionPolicy", preemption);
}

}  // namespace

void admit_namespace(const ServerCore& core, const ApiWrite& write) {
  const std::string& name = write.target.name;
  bool is_namespace = write.resource->gvr.group_resource() == "namespaces";
  if (is_namespace && write.operation == "DELETE" &&
      (name == "default" || name == "kube-system" || name == "kube-public")) {
    throw refuse(write, "this namespace may not be deleted");
  }
  if (is_namespace || write.target.ns.empty() || write.operation == "DELETE") return;
  const std::string& ns = write.target.ns;
  const Value* found = core.store.find("namespaces", {"", ns});
  if (!found) throw kube::not_found("namespaces", ns);
  if (write.operation != "CREATE" || (*found)["status"]["phase"].text() != "Terminating") return;
  kube::StatusError plain = refuse(
      write, "unable to create new content in namespace " + ns + " because it is being terminated");
  Value details = plain.details();
  details.set("causes",
              Value::list({cause("NamespaceTerminating", "namespace " + ns + " is being terminated",
                                 "metadata.namespace")}));
  throw kube::StatusError(plain.code(), plain.reason(), plain.what(), details);
}

Task<void> admit_service_account(const ServerCore& core, ApiWrite& write) {
  if (!is_new_pod(write)) co_return;
  std::string name = write.object["spec"]["serviceAccountName"].text();
  if (name.empty()) name = "default";
  kube::ObjectName key{write.target.ns, name};
  const Value* account = core.store.find("serviceaccounts", key);
  // A controller makes the default account soon after its namespace.
  int attempts = name == "default" ? 10 : 1;
  while (!account && --attempts > 0) {
    co_await core.runtime.sleep(std::chrono::milliseconds(100));
    account = core.store.find("serviceaccounts", key);
  }
  if (!account) {
    throw refuse(write, fmt::format("error looking up service account {}/{}: serviceaccount "
                                    "\"{}\" not found",
                                    key.ns, name, name));
  }
  Value& spec = write.object.edit("spec");
  spec.set("serviceAccountName", name);
  spec.set("serviceAccount", name);
  bool automount = (*account)["automountServiceAccountToken"].bool_or(true);
  if (spec["automountServiceAccountToken"].bool_or(automount)) add_token(core, spec);
  if (spec["imagePullSecrets"].empty() && !(*account)["imagePullSecrets"].empty()) {
    spec.set("imagePullSecrets", (*account)["imagePullSecrets"]);
  }
}

void admit_pod_defaults(const ServerCore& core, ApiWrite& write) {
  if (!is_new_pod(write)) return;
  Value& spec = write.object.edit("spec");
  set_priority(core, write, spec);
  add_tolerations(spec);
}

}  // namespace jibe::twin
