#include "twin/controllers/endpoints_plan.h"

#include <algorithm>
#include <optional>

#include "kube/object.h"
#include "kube/selector.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"

namespace jibe::twin {

namespace {

constexpr size_t kMaxEndpoints = 100;

// A port's number, or the pod's container port of that name; nullopt where the pod has none.
std::optional<int64_t> target_port(const data::Value& port, const data::Value& pod) {
  const data::Value& target = port["targetPort"];
  if (target.is_int()) return target.as_int();
  if (target.text().empty()) return port["port"].int_or(0);
  const std::string protocol = port["protocol"].string_or("TCP");
  for (const char* list : {"containers", "initContainers"}) {
    for (const data::Value& container : pod["spec"][list].items()) {
      if (list[0] == 'i' && container["restartPolicy"].text() != "Always") continue;
      for (const data::Value& open : container["ports"].items())
        if (open["name"].text() == target.text() && open["protocol"].string_or("TCP") == protocol)
          return open["containerPort"].int_or(0);
    }
  }
  return std::nullopt;
}

data::Value ports_of(const data::Value& service, const data::Value& pod) {
  data::Value ports = data::Value::list();
  for (const data::Value& port : service["spec"]["ports"].items()) {
    const auto number = target_port(port, pod);
    if (!number) continue;
    data::Value entry = data::Value::map({{"name", port["name"].text()},
                                          {"port", *number},
                                          {"protocol", port["protocol"].string_or("TCP")}});
    if (port.has("appProtocol")) entry.set("appProtocol", port["appProtocol"]);
    ports.push_back(entry);
  }
  return ports;
}

bool publishes_unready(const data::Value& service) {
  return service["spec"]["publishNotReadyAddresses"].bool_or(false);
}

data::Value target_ref(const data::Value& pod) {
  return data::Value::map({{"kind", "Pod"},
                           {"name", object_name(pod)},
                           {"namespace", object_namespace(pod)},
                           {"uid", kube::uid_of(pod)}});
}

bool has_own_name(const data::Value& service, const data::Value& pod) {
  return !pod["spec"]["hostname"].text().empty() &&
         pod["spec"]["subdomain"].text() == object_name(service);
}

data::Value endpoint_of(const data::Value& service, const data::Value& pod) {
  const bool serving = is_pod_ready(pod);
  const bool terminating = kube::is_terminating(pod);
  const bool ready = publishes_unready(service) || (serving && !terminating);
  data::Value endpoint = data::Value::map(
      {{"addresses", data::Value::list({pod["status"]["podIP"]})},
       {"conditions",
        data::Value::map({{"ready", ready}, {"serving", serving}, {"terminating", terminating}})},
       {"targetRef", target_ref(pod)},
       {"nodeName", pod["spec"]["nodeName"]}});
  if (has_own_name(service, pod)) endpoint.set("hostname", pod["spec"]["hostname"]);
  return endpoint;
}

std::vector<data::Value> backing_pods(const data::Value& service,
                                      const std::vector<data::Value>& pods) {
  std::vector<data::Value> backing;
  for (const data::Value& pod : pods) {
    if (pod["status"]["podIP"].text().empty() || is_pod_finished(pod)) continue;
    if (selects(service, pod)) backing.push_back(pod);
  }
  std::sort(backing.begin(), backing.end(), created_before);
  return backing;
}

}  // namespace

bool selects(const data::Value& service, const data::Value& pod) {
  const data::Value& selector = service["spec"]["selector"];
  if (selector.empty()) return false;
  for (const data::Entry& wanted : selector.entries())
    if (pod["metadata"]["labels"][wanted.key] != wanted.value) return false;
  return true;
}

bool is_headless(const data::Value& service) {
  return service["spec"]["clusterIP"].text() == "None";
}

data::Value slice_labels(const data::Value& service) {
  data::Value labels =
      service["metadata"]["labels"].is_map() ? service["metadata"]["labels"] : data::Value::map({});
  labels.erase("service.kubernetes.io/headless");
  labels.set("kubernetes.io/service-name", object_name(service));
  labels.set("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io");
  if (is_headless(service)) labels.set("service.kubernetes.io/headless", "");
  return labels;
}

std::vector<EndpointGroup> endpoint_groups(const data::Value& service,
                                           const std::vector<data::Value>& pods) {
  std::vector<EndpointGroup> groups;
  for (const data::Value& pod : backing_pods(service, pods)) {
    const data::Value ports = ports_of(service, pod);
    auto it = std::find_if(groups.begin(), groups.end(), [&](const EndpointGroup& group) {
      return group.ports == ports && group.endpoints.size() < kMaxEndpoints;
    });
    if (it == groups.end()) it = groups.insert(groups.end(), {ports, data::Value::list()});
    it->endpoints.push_back(endpoint_of(service, pod));
  }
  // A Service without endpoints still has a slice, so that one sees that somebody looked.
  if (groups.empty()) groups.push_back({nullptr, data::Value::list()});
  return groups;
}

data::Value endpoint_subsets(const data::Value& service, const std::vector<data::Value>& pods) {
  data::Value subsets = data::Value::list();
  for (const data::Value& pod : backing_pods(service, pods)) {
    const bool unready_too = publishes_unready(service);
    if (kube::is_terminating(pod) && !unready_too) continue;
    data::Value address = data::Value::map({{"ip", pod["status"]["podIP"]},
                                            {"nodeName", pod["spec"]["nodeName"]},
                                            {"targetRef", target_ref(pod)}});
    if (has_own_name(service, pod)) address.set("hostname", pod["spec"]["hostname"]);
    const data::Value ports = ports_of(service, pod);
    const char* list = is_pod_ready(pod) || unready_too ? "addresses" : "notReadyAddresses";
    data::Value* subset = nullptr;
    for (data::Value& known : subsets.edit_items())
      if (known["ports"] == ports) subset = &known;
    if (subset == nullptr) {
      subsets.push_back(data::Value::map({{"ports", ports}}));
      subset = &subsets.edit_items().back();
    }
    subset->edit(list).push_back(address);
  }
  return subsets;
}

}  // namespace jibe::twin
