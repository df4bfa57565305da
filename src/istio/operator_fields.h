// The types of the IstioOperator API as a table, for operator_api.cc.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace jibe::istio {

enum class FieldKind {
  kAny,
  kMap,
  kText,
  kBool,
  kInt,
  kLong,
  kTextMap,
  kIntOrText,
  kQuantity,
  kQuantityMap,
  kMessage,
};

struct OperatorField {
  std::string name;
  FieldKind kind = FieldKind::kAny;
  bool list = false;
  // Kept although it is the default: BoolValue, and pointers in Go types.
  bool optional = false;
  std::string message;
  // The minor versions that have it.
  int first = 0;
  int last = 1000;
};

using OperatorMessage = std::vector<OperatorField>;
using OperatorTypes = std::map<std::string, OperatorMessage, std::less<>>;

// Up to 1.23.
const OperatorTypes& protobuf_operator_types();
// From 1.24 on.
const OperatorTypes& go_operator_types();

}  // namespace jibe::istio
