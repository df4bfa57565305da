// The JSONPath that printer columns and scale paths are written in (client-go util/jsonpath):
// fields,
// ['quoted fields'], indices, slices, [*], .. and filters [?(@.type=="Ready")].
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace jibe::twin {

class JsonPath {
 public:
  // ".spec.replicas". Throws base::InvalidInput.
  static JsonPath parse(std::string_view text);
  // What the path leads to; missing keys give nothing.
  std::vector<data::Value> find(const data::Value& root) const;

  struct Step;

 private:
  std::vector<std::shared_ptr<const Step>> steps_;
};

// A result as the "string" columns print it: strings as they are, other values as JSON.
std::string jsonpath_text(const data::Value& value);

}  // namespace jibe::twin
