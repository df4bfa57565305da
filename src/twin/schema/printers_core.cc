#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/strings.h"
#include "twin/schema/autoscaler.h"
#include "twin/schema/printers.h"
#include "twin/schema/table.h"

namespace jibe::twin {
namespace {

using data::Value;

// At most three, then how many more.
std::string shortened(const std::vector<std::string>& all, std::string_view empty) {
  constexpr size_t kShown = 3;
  if (all.empty()) return std::string(empty);
  const size_t shown = std::min(all.size(), kShown);
  std::string out = base::join({all.begin(), all.begin() + static_cast<long>(shown)}, ",");
  if (all.size() > kShown) out += fmt::format(" + {} more...", all.size() - kShown);
  return out;
}

std::string balancer_addresses(const Value& o) {
  std::set<std::string> found;
  for (const Value& entry : o["status"]["loadBalancer"]["ingress"].items()) {
    const std::string& ip = entry["ip"].text();
    const std::string& address = ip.empty() ? entry["hostname"].text() : ip;
    if (!address.empty()) found.insert(address);
  }
  return base::join({found.begin(), found.end()}, ",");
}

std::string external_address(const Value& o) {
  const Value& spec = o["spec"];
  const std::string& type = spec["type"].text();
  const std::string fixed = joined(spec["externalIPs"], "");
  if (type == "ExternalName") return spec["externalName"].text();
  if (type != "LoadBalancer") return fixed.empty() ? "<none>" : fixed;
  const std::string balanced = balancer_addresses(o);
  if (!balanced.empty() && !fixed.empty()) return balanced + "," + fixed;
  if (!fixed.empty()) return fixed;
  return balanced.empty() ? "<pending>" : balanced;
}

std::string service_ports(const Value& ports) {
  std::string out;
  for (const Value& p : ports.items()) {
    if (!out.empty()) out += ",";
    out += std::to_string(p["port"].int_or(0));
    if (p["nodePort"].int_or(0) > 0) out += ":" + std::to_string(p["nodePort"].as_int());
    out += "/" + p["protocol"].text();
  }
  return out.empty() ? "<none>" : out;
}

Value service(const Value& o, base::Time now) {
  const Value& spec = o["spec"];
  return Value::list({name_cell(o), spec["type"], text_or(spec["clusterIPs"][0], "<none>"),
                      external_address(o), service_ports(spec["ports"]), age_cell(o, now),
                      labels_text(spec["selector"])});
}

std::string host_port(const std::string& ip, int64_t port) {
  const bool v6 = ip.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", ip, port) : fmt::format("{}:{}", ip, port);
}

Value endpoints(const Value& o, base::Time now) {
  std::vector<std::string> all;
  for (const Value& subset : o["subsets"].items()) {
    if (subset["ports"].empty()) {
      for (const Value& a : subset["addresses"].items()) all.push_back(a["ip"].text());
    }
    for (const Value& port : subset["ports"].items()) {
      for (const Value& a : subset["addresses"].items()) {
        all.push_back(host_port(a["ip"].text(), port["port"].int_or(0)));
      }
    }
  }
  const bool none = o["subsets"].empty();
  return Value::list({name_cell(o), none ? "<none>" : shortened(all, ""), age_cell(o, now)});
}

Value endpoint_slice(const Value& o, base::Time now) {
  std::vector<std::string> ports;
  for (const Value& p : o["ports"].items()) {
    if (p["port"].is_int()) {
      ports.push_back(std::to_string(p["port"].as_int()));
    } else {
      ports.push_back(p["name"].is_string() ? p["name"].text() : "*");
    }
  }
  std::vector<std::string> addresses;
  for (const Value& e : o["endpoints"].items()) {
    for (const Value& a : e["addresses"].items()) addresses.push_back(a.text());
  }
  return Value::list({name_cell(o), o["addressType"], shortened(ports, "<unset>"),
                      shortened(addresses, "<unset>"), age_cell(o, now)});
}

std::string node_roles(const Value& o) {
  std::set<std::string> roles;
  constexpr std::string_view kPrefix = "node-role.kubernetes.io/";
  for (const data::Entry& e : o["metadata"]["labels"].entries()) {
    if (e.key.starts_with(kPrefix) && e.key.size() > kPrefix.size()) {
      roles.insert(e.key.substr(kPrefix.size()));
    } else if (e.key == "kubernetes.io/role" && !e.value.text().empty()) {
      roles.insert(e.value.text());
    }
  }
  return roles.empty() ? "<none>" : base::join({roles.begin(), roles.end()}, ",");
}

Value node_address(const Value& o, std::string_view type) {
  for (const Value& a : o["status"]["addresses"].items()) {
    if (a["type"].text() == type) return a["address"];
  }
  return "<none>";
}

Value node(const Value& o, base::Time now) {
  std::string status = "Unknown";
  for (const Value& c : o["status"]["conditions"].items()) {
    if (c["type"].text() == "Ready") status = c["status"].text() == "True" ? "Ready" : "NotReady";
  }
  if (o["spec"]["unschedulable"].bool_or(false)) status += ",SchedulingDisabled";
  const Value& info = o["status"]["nodeInfo"];
  std::string kernel = text_or(info["kernelVersion"], "<unknown>").text();
  if (!info["architecture"].text().empty()) kernel += " (" + info["architecture"].text() + ")";
  return Value::list({name_cell(o), status, node_roles(o), age_cell(o, now),
                      info["kubeletVersion"].text(), node_address(o, "InternalIP"),
                      node_address(o, "ExternalIP"), text_or(info["osImage"], "<unknown>"), kernel,
                      text_or(info["containerRuntimeVersion"], "<unknown>")});
}

const Value& first_of(const Value& o, const char* a, const char* b) {
  return o.has(a) ? o[a] : o[b];
}

std::string event_source(const Value& o) {
  const Value& source = first_of(o, "source", "deprecatedSource");
  const std::string& component = source["component"].text();
  const std::string& host = source["host"].text();
  const std::string& who = component.empty()
                               ? first_of(o, "reportingComponent", "reportingController").text()
                               : component;
  const std::string& where = host.empty() ? o["reportingInstance"].text() : host;
  return where.empty() ? who : who + ", " + where;
}

Value event(const Value& o, base::Time now) {
  const Value& first = first_of(o, "firstTimestamp", "deprecatedFirstTimestamp");
  const Value& last = first_of(o, "lastTimestamp", "deprecatedLastTimestamp");
  const std::string began = age_since(first.is_null() ? o["eventTime"] : first, now);
  std::string seen = last.is_null() ? began : age_since(last, now);
  int64_t count = std::max<int64_t>(first_of(o, "count", "deprecatedCount").int_or(0), 1);
  if (o["series"].is_map()) {
    seen = age_since(o["series"]["lastObservedTime"], now);
    count = o["series"]["count"].int_or(0);
  }
  const Value& object = first_of(o, "involvedObject", "regarding");
  std::string target = base::lower(object["kind"].text());
  if (!object["name"].text().empty()) target += "/" + object["name"].text();
  const std::string message(base::trim(first_of(o, "message", "note").text()));
  return Value::list({seen, o["type"].text(), o["reason"].text(), target,
                      object["fieldPath"].text(), event_source(o), message, began, count,
                      name_cell(o)});
}

Value name_space(const Value& o, base::Time now) {
  return Value::list({name_cell(o), o["status"]["phase"].text(), age_cell(o, now)});
}

Value only_age(const Value& o, base::Time now) {
  return Value::list({name_cell(o), age_cell(o, now)});
}

Value ingress(const Value& o, base::Time now) {
  std::vector<std::string> hosts;
  const Value& rules = o["spec"]["rules"];
  bool more = false;
  for (const Value& rule : rules.items()) {
    more = more || hosts.size() == 3;
    if (!more && !rule["host"].text().empty()) hosts.push_back(rule["host"].text());
  }
  std::string text = hosts.empty() ? "*" : base::join(hosts, ",");
  if (more) text += fmt::format(" + {} more...", rules.size() - 3);
  return Value::list({name_cell(o), text_or(o["spec"]["ingressClassName"], "<none>"), text,
                      balancer_addresses(o), o["spec"]["tls"].empty() ? "80" : "80, 443",
                      age_cell(o, now)});
}

Value ingress_class(const Value& o, base::Time now) {
  std::string name = name_cell(o).text();
  if (o["metadata"]["annotations"]["ingressclass.kubernetes.io/is-default-class"].text() ==
      "true") {
    name += " (default)";
  }
  std::string parameters = "<none>";
  if (const Value& p = o["spec"]["parameters"]; p.is_map()) {
    parameters = p["kind"].text();
    if (p["apiGroup"].is_string()) parameters += "." + p["apiGroup"].text();
    parameters += "/" + p["name"].text();
  }
  return Value::list({name, o["spec"]["controller"].text(), parameters, age_cell(o, now)});
}

Value network_policy(const Value& o, base::Time now) {
  return Value::list({name_cell(o), selector_text(o["spec"]["podSelector"]), age_cell(o, now)});
}

Value autoscaler(const Value& given, base::Time now) {
  const Value o = autoscaler_as_v2(given);
  const Value& spec = o["spec"];
  const Value& target = spec["scaleTargetRef"];
  const Value& minimum = spec["minReplicas"];
  return Value::list({name_cell(o), target["kind"].text() + "/" + target["name"].text(),
                      metrics_text(spec["metrics"], o["status"]["currentMetrics"]),
                      minimum.is_int() ? std::to_string(minimum.as_int()) : "<unset>",
                      count_cell(spec["maxReplicas"]), count_cell(o["status"]["currentReplicas"]),
                      age_cell(o, now)});
}

using Printers = std::map<std::string_view, Printer>;

std::vector<Column> event_columns() {
  return {{"Last Seen"},
          {"Type"},
          {"Reason"},
          {"Object"},
          {"Subobject", "string", 1},
          {"Source", "string", 1},
          {"Message"},
          {"First Seen", "string", 1},
          {"Count", "string", 1},
          {"Name", "string", 1, kNameColumn.description, "name"}};
}

Printers make_printers() {
  return {
      {"/Service",
       {{kNameColumn,
         {"Type", "string", 0, "How the service is reached."},
         {"Cluster-IP", "string", 0, "Address inside of the cluster."},
         {"External-IP", "string", 0, "Addresses outside of the cluster."},
         {"Port(s)", "string", 0, "Ports, node ports and protocols."},
         kAgeColumn,
         {"Selector", "string", 1, "Selects the pods."}},
        service}},
      {"/Endpoints", {{kNameColumn, {"Endpoints"}, kAgeColumn}, endpoints}},
      {"discovery.k8s.io/EndpointSlice",
       {{kNameColumn, {"AddressType"}, {"Ports"}, {"Endpoints"}, kAgeColumn}, endpoint_slice}},
      {"/Node",
       {{kNameColumn,
         {"Status", "string", 0, "Whether the node takes pods."},
         {"Roles"},
         kAgeColumn,
         {"Version"},
         {"Internal-IP", "string", 1},
         {"External-IP", "string", 1},
         {"OS-Image", "string", 1},
         {"Kernel-Version", "string", 1},
         {"Container-Runtime", "string", 1}},
        node}},
      {"/Event", {event_columns(), event}},
      {"events.k8s.io/Event", {event_columns(), event}},
      {"/Namespace",
       {{kNameColumn, {"Status", "string", 0, "Phase of the namespace."}, kAgeColumn}, name_space}},
      {"/ServiceAccount", {{kNameColumn, kAgeColumn}, only_age}},
      {"resource.k8s.io/DeviceClass", {{kNameColumn, kAgeColumn}, only_age}},
      {"resource.k8s.io/ResourceClaimTemplate", {{kNameColumn, kAgeColumn}, only_age}},
      {"networking.k8s.io/Ingress",
       {{kNameColumn, {"Class"}, {"Hosts"}, {"Address"}, {"Ports"}, kAgeColumn}, ingress}},
      {"networking.k8s.io/IngressClass",
       {{kNameColumn, {"Controller"}, {"Parameters"}, kAgeColumn}, ingress_class}},
      {"networking.k8s.io/NetworkPolicy",
       {{kNameColumn, {"Pod-Selector"}, kAgeColumn}, network_policy}},
      {"autoscaling/HorizontalPodAutoscaler",
       {{kNameColumn,
         {"Reference", "string", 0, "What is scaled."},
         {"Targets", "string", 0, "Current and wanted metrics."},
         {"MinPods"},
         {"MaxPods"},
         {"Replicas"},
         kAgeColumn},
        autoscaler}},
  };
}

}  // namespace

const Printer* core_printer(std::string_view group_kind) {
  static const Printers kPrinters = make_printers();
  const auto found = kPrinters.find(group_kind);
  return found == kPrinters.end() ? nullptr : &found->second;
}

}  // namespace jibe::twin
