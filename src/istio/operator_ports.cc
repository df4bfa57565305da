#include "istio/operator_ports.h"

#include "base/strings.h"

namespace jibe::istio {

namespace {

data::Value completed(const data::Value& port) {
  data::Value out = data::Value::map();
  for (auto key : {"appProtocol", "name", "nodePort"}) {
    const auto& value = port[key];
    bool empty = value.is_null() || value == data::Value("") || value == data::Value(0);
    if (!empty) out.set(key, value);
  }
  out.set("port", port["port"].is_null() ? data::Value(0) : port["port"]);
  const auto& protocol = port["protocol"].text();
  out.set("protocol", protocol.empty() ? "TCP" : protocol);
  out.set("targetPort", port["targetPort"].is_null() ? data::Value(0) : port["targetPort"]);
  return out;
}

// What Istio makes of any protocol that a user names.
data::Value with_known_protocol(data::Value port) {
  port.set("protocol", base::lower(port["protocol"].text()) == "udp" ? "UDP" : "TCP");
  return port;
}

bool same_port(const data::Value& a, const data::Value& b) {
  return a["port"] == b["port"] && a["protocol"] == b["protocol"];
}

void put(std::vector<data::Value>& ports, data::Value port) {
  for (auto& existing : ports)
    if (same_port(existing, port)) {
      existing = std::move(port);
      return;
    }
  ports.push_back(std::move(port));
}

}  // namespace

data::Value merge_service_ports(const data::Value& rendered, const data::Value& given) {
  std::vector<data::Value> out;
  for (const auto& port : rendered.items()) put(out, completed(port));
  for (const auto& port : given.items()) put(out, completed(with_known_protocol(port)));
  return data::Value::list(std::move(out));
}

}  // namespace jibe::istio
