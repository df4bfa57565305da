// The value validation of a CustomResourceDefinition's schema node (JSON schema, draft 4 as
// apiextensions/v1 restricts it).
#pragma once
#include <re2/re2.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/value.h"
#include "twin/schema/schema.h"

namespace jibe::twin {

struct SchemaRules {
  std::vector<data::Value> enum_values;
  std::string pattern_text;
  // Null where RE2 cannot read the pattern; such a pattern is not checked.
  std::unique_ptr<re2::RE2> pattern;
  std::optional<double> minimum;
  std::optional<double> maximum;
  bool exclusive_minimum = false;
  bool exclusive_maximum = false;
  std::optional<double> multiple_of;
  std::optional<int64_t> min_length;
  std::optional<int64_t> max_length;
  std::optional<int64_t> min_items;
  std::optional<int64_t> max_items;
  std::optional<int64_t> min_properties;
  std::optional<int64_t> max_properties;
  bool unique_items = false;
  std::vector<std::string> required;
  std::vector<const SchemaNode*> all_of;
  std::vector<const SchemaNode*> any_of;
  std::vector<const SchemaNode*> one_of;
  const SchemaNode* not_of = nullptr;
  // x-kubernetes-validations as they stand. CEL is not evaluated (README.md).
  data::Value validations;
};

}  // namespace jibe::twin
