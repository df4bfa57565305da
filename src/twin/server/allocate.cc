#include "twin/server/allocate.h"

#include "data/json.h"
#include "kube/status.h"

namespace jibe::twin {

namespace {

constexpr int64_t kFirstNodePort = 30000;
constexpr int64_t kNodePorts = 2768;
// The lower part of the range is left to addresses that are asked for by name.
constexpr uint64_t kStaticAddresses = 256;

struct Taken {
  std::set<std::string> addresses;
  std::set<int64_t> ports;
};

Taken taken_by_others(const ServerCore& core, const kube::ObjectName& self) {
  Taken taken;
  for (const auto& [name, service] : core.store.all("services")) {
    if (name == self) continue;
    taken.addresses.insert(service["spec"]["clusterIP"].text());
    for (const data::Value& port : service["spec"]["ports"].items()) {
      taken.ports.insert(port["nodePort"].int_or(0));
    }
    taken.ports.insert(service["spec"]["healthCheckNodePort"].int_or(0));
  }
  return taken;
}

[[noreturn]] void refuse(const ApiWrite& write, const std::string& message,
                         const std::string& field) {
  throw kube::invalid("Service", "", write.target.name,
                      data::Value::list({cause("FieldValueInvalid", message, field)}));
}

std::string free_address(const ServerCore& core, const Taken& taken) {
  for (;;) {
    uint64_t offset = kStaticAddresses + core.runtime.random().below(65'536 - 257);
    std::string address =
        fmt::format("{}.{}.{}", core.options.service_network, offset >> 8, offset & 0xff);
    if (!taken.addresses.count(address)) return address;
  }
}

int64_t free_port(const ServerCore& core, Taken& taken) {
  for (;;) {
    auto port = kFirstNodePort + static_cast<int64_t>(core.runtime.random().below(kNodePorts));
    if (taken.ports.insert(port).second) return port;
  }
}

void allocate_address(const ServerCore& core, const ApiWrite& write, data::Value& spec,
                      const Taken& taken) {
  std::string address = spec["clusterIP"].text();
  if (address.empty()) address = spec["clusterIPs"][0].text();
  if (address.empty()) address = free_address(core, taken);
  if (address != "None" && taken.addresses.count(address)) {
    refuse(write,
           fmt::format("Invalid value: {}: failed to allocate IP {}: provided IP is already "
                       "allocated",
                       data::to_json(data::Value::list({address})), address),
           "spec.clusterIPs");
  }
  bool headless = address == "None";
  // What is no address is for validation to refuse.
  if (address.find_first_not_of("0123456789.") != std::string::npos && !headless) return;
  if (!headless && !address.starts_with(core.options.service_network + ".")) {
    refuse(
        write,
        fmt::format("Invalid value: {}: failed to allocate IP {}: the provided IP ({}) is not in "
                    "the valid range. The range of valid IPs is {}.0.0/16",
                    data::to_json(data::Value::list({address})), address, address,
                    core.options.service_network),
        "spec.clusterIPs");
  }
  spec.set("clusterIP", address);
  spec.set("clusterIPs", data::Value::list({address}));
  if (spec["ipFamilies"].empty()) spec.set("ipFamilies", data::Value::list({"IPv4"}));
  if (!spec["ipFamilyPolicy"].is_string()) {
    bool external_endpoints = headless && spec["selector"].empty();
    spec.set("ipFamilyPolicy", external_endpoints ? "RequireDualStack" : "SingleStack");
  }
}

bool wants_node_ports(const data::Value& spec) {
  const std::string& type = spec["type"].text();
  if (type == "NodePort") return true;
  return type == "LoadBalancer" && spec["allocateLoadBalancerNodePorts"].bool_or(true);
}

void allocate_ports(const ServerCore& core, const ApiWrite& write, data::Value& spec,
                    Taken& taken) {
  if (spec["ports"].empty()) return;
  size_t index = 0;
  // TCP and UDP of one port number may share a node port.
  std::set<std::pair<int64_t, std::string>> own;
  for (data::Value& port : spec.edit("ports").edit_items()) {
    std::string field = fmt::format("spec.ports[{}].nodePort", index++);
    int64_t number = port["nodePort"].int_or(0);
    if (number == 0) {
      if (wants_node_ports(spec)) port.set("nodePort", free_port(core, taken));
      continue;
    }
    if (number < kFirstNodePort || number >= kFirstNodePort + kNodePorts) {
      refuse(write,
             fmt::format("Invalid value: {}: provided port is not in the valid range. The range of "
                         "valid ports is 30000-32767",
                         number),
             field);
    }
    bool ours = own.insert({number, port["protocol"].text()}).second;
    if (!taken.ports.insert(number).second && !(ours && own.size() > 1)) {
      refuse(write, fmt::format("Invalid value: {}: provided port is already allocated", number),
             field);
    }
  }
}

void drop_node_ports(data::Value& spec) {
  if (spec["ports"].empty()) return;
  for (data::Value& port : spec.edit("ports").edit_items()) port.erase("nodePort");
}

// An update that leaves out what was allocated means to keep it
// (pkg/registry/core/service/storage patchAllocatedValues).
void keep_allocated(data::Value& spec, const data::Value& old) {
  const std::string& type = spec["type"].text();
  bool had_address = old["type"].text() != "ExternalName";
  if (type != "ExternalName" && had_address) {
    for (const char* field : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"}) {
      if (spec[field].empty() && spec[field].text().empty() && !old[field].is_null()) {
        spec.set(field, old[field]);
      }
    }
  }
  if (!wants_node_ports(spec) || !wants_node_ports(old) || spec["ports"].empty()) return;
  for (data::Value& port : spec.edit("ports").edit_items()) {
    if (port["nodePort"].int_or(0) != 0) continue;
    for (const data::Value& before : old["ports"].items()) {
      if (before["port"] == port["port"] && before["protocol"] == port["protocol"] &&
          before["nodePort"].int_or(0) != 0) {
        port.set("nodePort", before["nodePort"]);
      }
    }
  }
}

// What only the old type had goes, where the writer did not change it as well
// (pkg/registry/core/service dropTypeDependentFields).
void drop_fields_of_old_type(data::Value& service, const data::Value& old) {
  data::Value& spec = service.edit("spec");
  const std::string& type = spec["type"].text();
  const std::string& old_type = old["spec"]["type"].text();
  auto drop = [&](const char* field) {
    if (spec[field] == old["spec"][field]) spec.erase(field);
  };
  if (old_type == "LoadBalancer" && type != "LoadBalancer") {
    drop("allocateLoadBalancerNodePorts");
    drop("loadBalancerClass");
  }
  bool was_outside = old_type == "LoadBalancer" || old_type == "NodePort";
  bool is_outside = type == "LoadBalancer" || type == "NodePort" || !spec["externalIPs"].empty();
  if (was_outside && !is_outside) drop("externalTrafficPolicy");
  if (type != "LoadBalancer" && service["status"].is_map())
    service.edit("status").set("loadBalancer", data::Value::map());
}

void allocate_health_port(const ServerCore& core, data::Value& spec, Taken& taken) {
  bool wanted =
      spec["type"].text() == "LoadBalancer" && spec["externalTrafficPolicy"].text() == "Local";
  if (!wanted) {
    spec.erase("healthCheckNodePort");
  } else if (spec["healthCheckNodePort"].int_or(0) == 0) {
    spec.set("healthCheckNodePort", free_port(core, taken));
  }
}

}  // namespace

void allocate_service(const ServerCore& core, const ApiWrite& write, data::Value& service,
                      const data::Value& old) {
  if (resource_name(*write.resource) != "services") return;
  if (!write.target.subresource.empty()) return;
  if (!old.is_null()) {
    keep_allocated(service.edit("spec"), old["spec"]);
    drop_fields_of_old_type(service, old);
  }
  data::Value& spec = service.edit("spec");
  if (spec["type"].text() == "ExternalName") {
    for (const char* field : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"}) {
      spec.erase(field);
    }
    drop_node_ports(spec);
    return;
  }
  Taken taken = taken_by_others(core, write.name());
  allocate_address(core, write, spec, taken);
  bool had_ports = wants_node_ports(old["spec"]);
  bool type_changed = old["spec"]["type"].text() != spec["type"].text();
  if (had_ports && type_changed && !wants_node_ports(spec)) drop_node_ports(spec);
  if (wants_node_ports(spec)) allocate_ports(core, write, spec, taken);
  allocate_health_port(core, spec, taken);
}

}  // namespace jibe::twin
