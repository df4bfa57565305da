#include "istio/cpu_quantity.h"

#include "istio/operator_step.h"
#include "kube/quantity.h"

namespace jibe::istio {

std::string canonical_cpu(const data::Value& value) {
  if (!value.is_string() && !value.is_number()) return "";
  auto quantity = kube::Quantity::parse(display(value));
  bool positive = quantity && *quantity > kube::Quantity::of(0);
  return positive ? quantity->str() : "";
}

}  // namespace jibe::istio
