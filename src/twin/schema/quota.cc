#include "twin/schema/quota.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/strings.h"
#include "twin/schema/pod_qos.h"

namespace jibe::twin {
namespace {

using data::Value;

void add(QuotaUsage& to, std::string_view name, const kube::Quantity& amount) {
  const auto found = to.find(name);
  if (found == to.end()) {
    to.emplace(name, amount);
  } else {
    found->second = found->second + amount;
  }
}

void add_all(QuotaUsage& to, const QuotaUsage& more) {
  for (const auto& [name, amount] : more) add(to, name, amount);
}

QuotaUsage amounts(const Value& list) {
  QuotaUsage out;
  for (const data::Entry& e : list.entries()) {
    if (const auto amount = kube::Quantity::of_value(e.value)) out.emplace(e.key, *amount);
  }
  return out;
}

// Init containers run one after the other beside the sidecars that are up by then.
QuotaUsage pod_amounts(const Value& spec, const char* which) {
  QuotaUsage sidecars;
  QuotaUsage peak;
  for (const Value& c : spec["initContainers"].items()) {
    QuotaUsage at_once = amounts(c["resources"][which]);
    add_all(at_once, sidecars);
    if (c["restartPolicy"].text() == "Always") sidecars = at_once;
    for (const auto& [name, amount] : at_once) peak[name] = std::max(peak[name], amount);
  }
  QuotaUsage running = sidecars;
  for (const Value& c : spec["containers"].items()) {
    add_all(running, amounts(c["resources"][which]));
  }
  for (const auto& [name, amount] : peak) running[name] = std::max(running[name], amount);
  return running;
}

void add_compute(QuotaUsage& out, const QuotaUsage& requests, const QuotaUsage& limits) {
  for (const auto& [name, amount] : requests) {
    out.emplace("requests." + name, amount);
    if (name == "cpu" || name == "memory" || name == "ephemeral-storage") out.emplace(name, amount);
  }
  for (const auto& [name, amount] : limits) out.emplace("limits." + name, amount);
}

bool is_over(const Value& pod) {
  const std::string& phase = pod["status"]["phase"].text();
  return phase == "Succeeded" || phase == "Failed";
}

QuotaUsage of_pod(const Value& pod) {
  QuotaUsage out;
  if (is_over(pod)) return out;
  out.emplace("pods", kube::Quantity::of(1));
  add_compute(out, pod_amounts(pod["spec"], "requests"), pod_amounts(pod["spec"], "limits"));
  return out;
}

QuotaUsage of_service(const Value& service) {
  QuotaUsage out{{"services", kube::Quantity::of(1)}};
  const std::string& type = service["spec"]["type"].text();
  const bool balanced = type == "LoadBalancer";
  if (balanced) out.emplace("services.loadbalancers", kube::Quantity::of(1));
  const bool has_ports = service["spec"]["allocateLoadBalancerNodePorts"].bool_or(true);
  if (type == "NodePort" || (balanced && has_ports)) {
    out.emplace("services.nodeports",
                kube::Quantity::of(static_cast<int64_t>(service["spec"]["ports"].size())));
  }
  return out;
}

QuotaUsage of_claim(const Value& claim) {
  const Value& spec = claim["spec"];
  const auto storage = kube::Quantity::of_value(spec["resources"]["requests"]["storage"]);
  QuotaUsage out{{"persistentvolumeclaims", kube::Quantity::of(1)}};
  if (storage) out.emplace("requests.storage", *storage);
  const std::string& name = spec["storageClassName"].text();
  if (name.empty()) return out;
  const std::string prefix = name + ".storageclass.storage.k8s.io/";
  out.emplace(prefix + "persistentvolumeclaims", kube::Quantity::of(1));
  if (storage) out.emplace(prefix + "requests.storage", *storage);
  return out;
}

// The group resource whose objects use what the name limits.
std::string user_of(const std::string& name) {
  if (name.starts_with("count/")) return name.substr(6);
  if (name.starts_with("services.")) return "services";
  const bool claims =
      name == "requests.storage" || name.find(".storageclass.storage.k8s.io/") != std::string::npos;
  if (claims) return "persistentvolumeclaims";
  const bool compute = name.starts_with("requests.") || name.starts_with("limits.");
  if (compute || name == "cpu" || name == "memory" || name == "ephemeral-storage") return "pods";
  return name;
}

bool in_scope(std::string_view scope, const Value& pod) {
  const bool best_effort = pod_qos_class(pod) == "BestEffort";
  const bool ends = pod["spec"]["activeDeadlineSeconds"].is_int();
  if (scope == "BestEffort") return best_effort;
  if (scope == "NotBestEffort") return !best_effort;
  if (scope == "Terminating") return ends;
  return scope == "NotTerminating" && !ends;
}

bool covers(const Value& quota, std::string_view group_resource, const Value& object) {
  const Value& scopes = quota["spec"]["scopes"];
  if (scopes.empty()) return true;
  return group_resource == "pods" && std::ranges::all_of(scopes.items(), [&](const Value& scope) {
           return in_scope(scope.text(), object);
         });
}

}  // namespace

QuotaUsage quota_usage(const Value& quota, std::string_view group_resource, const Value& object) {
  if (!covers(quota, group_resource, object)) return {};
  QuotaUsage all{{std::string(group_resource), kube::Quantity::of(1)}};
  if (group_resource == "pods") all = of_pod(object);
  if (group_resource == "services") all = of_service(object);
  if (group_resource == "persistentvolumeclaims") all = of_claim(object);
  all.emplace(fmt::format("count/{}", group_resource), kube::Quantity::of(1));
  std::erase_if(all, [&](const auto& e) { return !quota["spec"]["hard"].has(e.first); });
  return all;
}

QuotaUsage quota_used(const Value& quota, const QuotaItems& items) {
  QuotaUsage out;
  std::set<std::string> users;
  for (const data::Entry& e : quota["spec"]["hard"].entries()) {
    out.emplace(e.key, kube::Quantity());
    users.insert(user_of(e.key));
  }
  for (const std::string& user : users) {
    for (const Value& object : items(user)) add_all(out, quota_usage(quota, user, object));
  }
  return out;
}

std::string quota_unspecified(const Value& quota, const Value& pod) {
  constexpr const char* kNames[] = {"cpu",    "limits.cpu",   "limits.memory",
                                    "memory", "requests.cpu", "requests.memory"};
  if (!covers(quota, "pods", pod)) return "";
  std::vector<std::string> sentences;
  for (const char* name : kNames) {
    if (!quota["spec"]["hard"].has(name)) continue;
    std::set<std::string> silent;
    for (const char* list : {"containers", "initContainers"}) {
      for (const Value& c : pod["spec"][list].items()) {
        QuotaUsage said;
        add_compute(said, amounts(c["resources"]["requests"]), amounts(c["resources"]["limits"]));
        if (!said.contains(name)) silent.insert(c["name"].text());
      }
    }
    if (silent.empty()) continue;
    sentences.push_back(
        fmt::format("{} for: {}", name, base::join({silent.begin(), silent.end()}, ",")));
  }
  return sentences.empty() ? "" : "must specify " + base::join(sentences, "; ");
}

}  // namespace jibe::twin
