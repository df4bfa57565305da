// metadata.managedFields as managers and their field sets.
#pragma once
#include <map>
#include <string>
#include <tuple>

#include "data/value.h"
#include "twin/schema/field_set.h"

namespace jibe::twin {

// Who owns fields. Appliers are the same whatever version they apply; updaters are not.
struct ManagerKey {
  std::string name;
  bool applies = false;
  std::string api_version;  // of updaters only
  std::string subresource;
  // Of one name the applier comes first.
  auto operator<=>(const ManagerKey& other) const {
    return std::tie(name, other.applies, api_version, subresource) <=>
           std::tie(other.name, applies, other.api_version, other.subresource);
  }
  bool operator==(const ManagerKey&) const = default;
  // `"kubectl" using apps/v1`, as conflicts print it.
  std::string str() const;
};

struct Ownership {
  FieldSet fields;
  std::string api_version;
  // RFC 3339, "" where there is none.
  std::string time;
};

using Managers = std::map<ManagerKey, Ownership>;

// Throws base::InvalidInput with apimachinery's words.
Managers decode_managers(const data::Value& managed_fields);
// In the order in which Kubernetes writes them: appliers, then updaters, oldest first.
data::Value encode_managers(const Managers& managers);

}  // namespace jibe::twin
