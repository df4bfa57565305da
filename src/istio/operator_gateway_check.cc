#include "istio/operator_gateway_check.h"

#include <fmt/core.h>
#include <re2/re2.h>

#include "base/strings.h"
#include "istio/operator_step.h"

namespace jibe::istio {

namespace {

using Sentences = std::vector<std::string>;

struct GatewayKind {
  const char* list;
  const char* values;
  const char* word;
};
constexpr GatewayKind kGateways[] = {{"ingressGateways", "istio-ingressgateway", "ingress"},
                                     {"egressGateways", "istio-egressgateway", "egress"}};

bool needs_root(const data::Value& port, const data::Value& target) {
  int64_t number = target.is_number() ? static_cast<int64_t>(target.as_double()) : 0;
  bool safe_default = number == 0 && port.is_number() && port.as_double() > 1024;
  return !safe_default && number < 1024;
}

void check_ports_of(const data::Value& spec, const GatewayKind& kind, Sentences& errors) {
  const auto& values = spec["values"]["gateways"][kind.values];
  if (values["runAsRoot"].bool_or(false)) return;
  for (const auto& gateway : spec["components"][kind.list].items())
    for (const auto& port : gateway["k8s"]["service"]["ports"].items()) {
      const auto& target = port["targetPort"];
      if (target.is_string() || !needs_root(port["port"], target)) continue;
      errors.push_back(fmt::format(
          "port {}/{} in gateway {} invalid: targetPort is set to {}, which requires root. Set "
          "targetPort to be greater than 1024 or configure values.gateways.{}.runAsRoot=true",
          port["name"].text(), display(port["port"].is_null() ? data::Value(0) : port["port"]),
          gateway["name"].text(), target.is_null() ? "0" : display(target), kind.values));
    }
}

// values.gateways.istio-ingressgateway.ingressPorts.
void check_ingress_ports(const data::Value& spec, Sentences& errors) {
  for (const auto& port :
       spec["values"]["gateways"]["istio-ingressgateway"]["ingressPorts"].items()) {
    const auto& target = port["targetPort"];
    bool other_kind = !target.is_null() && !target.is_number();
    if (other_kind || !port["port"].is_number() || !needs_root(port["port"], target)) continue;
    errors.push_back(fmt::format(
        "port {} is invalid: targetPort is set to {}, which requires root. Set targetPort to be "
        "greater than 1024 or configure values.gateways.istio-ingressgateway.runAsRoot=true",
        display(port["port"]), target.is_null() ? "0" : display(target)));
  }
}

}  // namespace

void check_gateway_ports(const data::Value& spec, Sentences& errors) {
  for (const auto& kind : kGateways) check_ports_of(spec, kind, errors);
  check_ingress_ports(spec, errors);
}

void warn_of_replicas(const data::Value& spec, Sentences& warnings) {
  const auto& components = spec["components"];
  const auto& pilot = components["pilot"]["k8s"]["replicaCount"];
  if (spec["values"]["pilot"]["autoscaleEnabled"].bool_or(false) && pilot.is_number() &&
      pilot.as_double() > 1)
    warnings.emplace_back(
        "components.pilot.k8s.replicaCount should not be set when values.pilot.autoscaleEnabled is "
        "true");
  for (const auto& kind : kGateways) {
    if (!spec["values"]["gateways"][kind.values]["autoscaleEnabled"].bool_or(false)) continue;
    for (const auto& gateway : components[kind.list].items())
      if (gateway["k8s"]["replicaCount"].is_number() &&
          gateway["k8s"]["replicaCount"].as_double() != 0)
        warnings.push_back(
            fmt::format("components.{0}Gateways[name={1}].k8s.replicaCount should not be set when "
                        "values.gateways.istio-{0}gateway.autoscaleEnabled is true",
                        kind.word, gateway["name"].text()));
  }
}

void check_proxy_ranges(const data::Value& spec, Sentences& errors) {
  const auto& proxy = spec["values"]["global"]["proxy"];
  static const re2::RE2 kCidr(R"([0-9a-fA-F:.]+/[0-9]{1,3})");
  for (auto key : {"includeIPRanges", "excludeIPRanges"}) {
    const auto& text = proxy[key].text();
    if (text.empty() || text == "*") continue;
    for (auto range : base::split(text, ','))
      if (!re2::RE2::FullMatch(range, kCidr))
        errors.push_back(
            fmt::format("global.proxy.{} netip.ParsePrefix(\"{}\"): no '/'", key, range));
  }
  for (auto key : {"includeInboundPorts", "excludeInboundPorts"}) {
    const auto& text = proxy[key].text();
    if (text.empty() || text == "*") continue;
    for (auto port : base::split(text, ',')) {
      if (port.empty() || port == "*") continue;
      auto number = parse_integer(port);
      if (!number)
        errors.push_back(fmt::format(
            "global.proxy.{} : strconv.ParseInt: parsing \"{}\": invalid syntax", key, port));
      else if (*number < 0 || *number > 65535)
        errors.push_back(
            fmt::format("value global.proxy.{}:{} falls outside range [0, 65535]", key, *number));
    }
  }
}

}  // namespace jibe::istio
