// One step of an IstioOperator path, as operator/pkg/util/path.go reads it.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "data/value.h"

namespace jibe::istio {

struct KeyValue {
  std::string key;
  std::string value;
};

// What stands in "[…]"; nothing for any other step.
std::optional<std::string_view> inside_brackets(std::string_view step);
// strconv.Atoi.
std::optional<long> parse_integer(std::string_view text);
// [0], [7], and [-1] for "behind the last item".
std::optional<long> list_index(std::string_view step);
// [name:x]; an escaped colon separates nothing.
std::optional<KeyValue> key_value(std::string_view step);
// As Go's fmt prints the value: a selector [containerPort:8080] finds the number.
std::string display(const data::Value& value);

}  // namespace jibe::istio
