#include "twin/schema/pod_qos.h"

#include <map>

#include "kube/quantity.h"

namespace jibe::twin {
namespace {

using data::Value;

constexpr const char* kComputeResources[] = {"cpu", "memory"};

struct Sums {
  std::map<std::string, kube::Quantity> requests;
  std::map<std::string, kube::Quantity> limits;
  bool guaranteed = true;
};

void add(std::map<std::string, kube::Quantity>& sums, const Value& list, size_t* counted) {
  for (const char* name : kComputeResources) {
    const auto quantity = kube::Quantity::of_value(list[name]);
    if (!quantity || quantity->is_zero()) continue;
    sums[name] = sums[name] + *quantity;
    ++*counted;
  }
}

void add_container(Sums& sums, const Value& resources) {
  size_t requests = 0;
  size_t limits = 0;
  add(sums.requests, resources["requests"], &requests);
  add(sums.limits, resources["limits"], &limits);
  if (limits != std::size(kComputeResources)) sums.guaranteed = false;
}

}  // namespace

std::string pod_qos_class(const Value& pod) {
  const Value& spec = pod["spec"];
  Sums sums;
  if (spec["resources"].is_map()) {
    add_container(sums, spec["resources"]);
  } else {
    for (const char* key : {"initContainers", "containers"}) {
      for (const Value& c : spec[key].items()) add_container(sums, c["resources"]);
    }
  }
  if (sums.requests.empty() && sums.limits.empty()) return "BestEffort";
  return sums.guaranteed && sums.requests == sums.limits ? "Guaranteed" : "Burstable";
}

}  // namespace jibe::twin
