// The protobuf messages behind `values` and `meshConfig`, of all releases that jibe knows; the
// table is made from Istio's .proto files by tools/istio_types.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "istio/versions.h"

namespace jibe::istio {

enum class ProtoShape { kOne, kList, kMap };

struct ProtoField {
  std::string_view json_name;
  std::string_view proto_name;
  ProtoShape shape = ProtoShape::kOne;
  std::string_view type;  // a scalar, or the full name of a message or an enum
  // The minor versions that have it.
  int first = 0;
  int last = 0;
};

// In the order of their declaration.
using ProtoMessage = std::vector<ProtoField>;

struct ProtoTypes {
  std::map<std::string_view, ProtoMessage> messages;
  std::map<std::string_view, std::vector<std::string_view>> enums;
};

// Read at the first use.
const ProtoTypes& proto_types();

bool knows(const Version& version, const ProtoField& field);

inline constexpr std::string_view kValuesMessage = "istio.operator.v1alpha1.Values";
inline constexpr std::string_view kMeshConfigMessage = "istio.mesh.v1alpha1.MeshConfig";

}  // namespace jibe::istio
