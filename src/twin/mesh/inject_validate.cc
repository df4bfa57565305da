#include "twin/mesh/inject_validate.h"

#include <fmt/core.h>

#include <charconv>

#include "base/strings.h"
#include "kube/quantity.h"

namespace jibe::twin {

namespace {

// What is wrong with a value, "" where nothing is.
using Check = std::string (*)(const std::string& value);

bool is_number(std::string_view text, uint64_t largest) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number <= largest;
}

std::string check_mode(const std::string& value) {
  for (std::string_view known : {"REDIRECT", "TPROXY", "NONE"})
    if (value == known) return "";
  return "interceptionMode invalid, use REDIRECT,TPROXY,NONE: " + value;
}

std::string check_port(std::string_view text) {
  if (is_number(base::trim(text), 65535)) return "";
  return fmt::format("failed parsing port '{}'", text);
}

std::string check_status_port(const std::string& value) {
  const std::string wrong = check_port(value);
  return wrong.empty() ? "" : "excludeInboundPorts invalid: " + wrong;
}

std::string check_ports(std::string_view parameter, const std::string& value) {
  if (base::trim(value).empty()) return "";
  for (std::string_view piece : base::split(base::trim(value), ','))
    if (const std::string wrong = check_port(piece); !wrong.empty())
      return fmt::format("{} invalid: {}", parameter, wrong);
  return "";
}

std::string check_included_inbound(const std::string& value) {
  return value == "*" ? "" : check_ports("includeInboundPorts", value);
}
std::string check_excluded_inbound(const std::string& value) {
  return check_ports("excludeInboundPorts", value);
}
std::string check_excluded_outbound(const std::string& value) {
  return check_ports("excludeOutboundPorts", value);
}

// IPv4 or IPv6 with a length; IPv6 is looked at no closer than by its letters.
bool is_cidr(std::string_view text) {
  const auto [address, length, found] = base::cut(text, "/");
  const bool six = base::contains(address, ":");
  if (!found || !is_number(length, six ? 128 : 32)) return false;
  if (six) return address.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
  const auto pieces = base::split(address, '.');
  bool good = pieces.size() == 4;
  for (std::string_view piece : pieces) good = good && is_number(piece, 255);
  return good;
}

std::string check_ranges(std::string_view parameter, const std::string& value) {
  if (value.empty()) return "";
  for (std::string_view piece : base::split(value, ','))
    if (!is_cidr(piece))
      return fmt::format("{} invalid: failed parsing cidr '{}'", parameter, piece);
  return "";
}

std::string check_included_ranges(const std::string& value) {
  return value == "*" ? "" : check_ranges("includeIPRanges", value);
}
std::string check_excluded_ranges(const std::string& value) {
  return check_ranges("excludeIPRanges", value);
}

std::string check_count(const std::string& value) {
  if (is_number(value, UINT32_MAX)) return "";
  return fmt::format("strconv.ParseUint: parsing \"{}\": invalid syntax", value);
}

std::string check_quantity(const std::string& value) {
  kube::Quantity::Error error = kube::Quantity::Error::kNone;
  return kube::Quantity::parse(value, &error) ? "" : std::string(kube::Quantity::message(error));
}

struct Rule {
  const char* annotation;
  Check check;
};
constexpr Rule kRules[] = {
    {"readiness.status.sidecar.istio.io/failureThreshold", check_count},
    {"readiness.status.sidecar.istio.io/initialDelaySeconds", check_count},
    {"readiness.status.sidecar.istio.io/periodSeconds", check_count},
    {"sidecar.istio.io/interceptionMode", check_mode},
    {"sidecar.istio.io/proxyCPU", check_quantity},
    {"sidecar.istio.io/proxyCPULimit", check_quantity},
    {"sidecar.istio.io/proxyMemory", check_quantity},
    {"sidecar.istio.io/proxyMemoryLimit", check_quantity},
    {"status.sidecar.istio.io/port", check_status_port},
    {"traffic.sidecar.istio.io/excludeInboundPorts", check_excluded_inbound},
    {"traffic.sidecar.istio.io/excludeOutboundIPRanges", check_excluded_ranges},
    {"traffic.sidecar.istio.io/excludeOutboundPorts", check_excluded_outbound},
    {"traffic.sidecar.istio.io/includeInboundPorts", check_included_inbound},
    {"traffic.sidecar.istio.io/includeOutboundIPRanges", check_included_ranges},
};

}  // namespace

void validate_annotations(const data::Value& pod) {
  std::vector<std::string> wrong;
  const data::Value& annotations = pod["metadata"]["annotations"];
  for (const Rule& rule : kRules) {
    const data::Value* value = annotations.find(rule.annotation);
    if (value == nullptr) continue;
    if (const std::string why = rule.check(value->text()); !why.empty())
      wrong.push_back(fmt::format("\t* invalid value '{}' for annotation '{}': {}", value->text(),
                                  rule.annotation, why));
  }
  if (wrong.empty()) return;
  throw base::InvalidInput(fmt::format("{} error{} occurred:\n{}\n\n", wrong.size(),
                                       wrong.size() == 1 ? "" : "s", base::join(wrong, "\n")));
}

}  // namespace jibe::twin
