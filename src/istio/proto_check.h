// Whether a value tree can be read into a protobuf message, as Go's jsonpb reads it.
#pragma once
#include <string>
#include <string_view>

#include "data/value.h"
#include "istio/proto_types.h"

namespace jibe::istio {

enum class UnknownFields { kRefused, kPassedOver };

// `path` is where the value lies in the IstioOperator's spec. Throws base::InvalidInput in jsonpb's
// words, with the path of what is wrong behind them.
void check_proto_message(const data::Value& value, std::string_view message, const Version& version,
                         UnknownFields unknown, const std::string& path);

}  // namespace jibe::istio
