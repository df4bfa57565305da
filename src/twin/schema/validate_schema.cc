// Value validation by a structural schema, worded as kube-openapi pkg/validation (1.36) words it
// and apiextensions turns it into field errors.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/strings.h"
#include "data/json.h"
#include "kube/time.h"
#include "twin/schema/field_errors.h"
#include "twin/schema/formats.h"
#include "twin/schema/rules.h"
#include "twin/schema/validation.h"

namespace jibe::twin {
namespace {

using data::Value;

std::string type_name(SchemaType type) {
  switch (type) {
    case SchemaType::kObject:
      return "object";
    case SchemaType::kArray:
      return "array";
    case SchemaType::kString:
      return "string";
    case SchemaType::kInteger:
      return "integer";
    case SchemaType::kNumber:
      return "number";
    case SchemaType::kBoolean:
      return "boolean";
    default:
      return "";
  }
}

bool is_whole(double d) {
  return std::floor(d) == d && std::abs(d) < 9007199254740992.0;
}

bool fits_type(SchemaType type, const Value& v) {
  switch (type) {
    case SchemaType::kObject:
      return v.is_map();
    case SchemaType::kArray:
      return v.is_list();
    case SchemaType::kString:
      return v.is_string();
    case SchemaType::kInteger:
      return v.is_int() || (v.is_double() && is_whole(v.as_double()));
    case SchemaType::kNumber:
      return v.is_number();
    case SchemaType::kBoolean:
      return v.is_bool();
    case SchemaType::kIntOrString:
      return v.is_int() || v.is_string();
    default:
      return true;
  }
}

std::string number_text(double d) {
  return is_whole(d) ? fmt::format("{:.0f}", d) : data::go_number(d);
}

// Characters, not bytes.
int64_t length_of(const std::string& text) {
  return std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
}

class SchemaValidator {
 public:
  FieldErrors errors;

  void walk(const SchemaNode& node, const Value& value, const std::string& path) {
    if (value.is_null()) {
      const std::string type = type_name(node.type);
      if (!node.nullable && !type.empty()) {
        errors.type_invalid(field(path), "null", of_type(path, type, "null"));
      }
      return;
    }
    if (!fits_type(node.type, value)) return wrong_type(node, value, path);
    const SchemaRules* rules = node.rules;
    if (rules != nullptr) combinations(*rules, value, path);
    if (rules != nullptr && value.is_string()) text_rules(*rules, value, path);
    if (value.is_string() && !node.format.empty()) format(node.format, value, path);
    if (rules != nullptr && value.is_number()) number_rules(*rules, value, path);
    if (value.is_list()) list(node, value, path);
    if (rules != nullptr) choices(*rules, value, path);
    if (value.is_map()) map(node, value, path);
  }

 private:
  // Messages name the path with the dot of an empty root in front, field errors do not.
  static std::string field(const std::string& path) { return path.empty() ? "<nil>" : path; }
  static std::string of_type(const std::string& path, const std::string& type,
                             const std::string& found) {
    return fmt::format("{} in body must be of type {}: \"{}\"", path, type, found);
  }

  void wrong_type(const SchemaNode& node, const Value& value, const std::string& path) {
    const std::string found(data::to_string(value.kind()));
    if (node.type == SchemaType::kIntOrString) {
      errors.type_invalid(field(path), found, of_type(path, "integer,string", found));
      return;
    }
    errors.type_invalid(field(path), found, of_type(path, type_name(node.type), found));
  }

  bool passes(const SchemaNode& node, const Value& value, const std::string& path,
              FieldErrors* found) const {
    SchemaValidator inner;
    inner.walk(node, value, path);
    const bool valid = inner.errors.empty();
    if (found != nullptr && !valid && found->empty()) found->append(inner.errors);
    return valid;
  }

  void combinations(const SchemaRules& rules, const Value& value, const std::string& path) {
    const std::string quoted = data::go_quote(path);
    const std::string where = "<nil>";
    FieldErrors best;
    if (!rules.any_of.empty()) {
      const bool any = std::ranges::any_of(
          rules.any_of, [&](const SchemaNode* n) { return passes(*n, value, path, &best); });
      if (!any) {
        errors.invalid(where, "", quoted + " must validate at least one schema (anyOf)");
        errors.append(best);
      }
    }
    if (!rules.one_of.empty()) one_of(rules, value, path);
    size_t passed = 0;
    for (const SchemaNode* n : rules.all_of) {
      FieldErrors found;
      if (passes(*n, value, path, &found)) ++passed;
      errors.append(found);
    }
    if (passed != rules.all_of.size()) {
      errors.invalid(where, "",
                     quoted + " must validate all the schemas (allOf)" +
                         (passed == 0 ? ". None validated" : ""));
    }
    if (rules.not_of != nullptr && passes(*rules.not_of, value, path, nullptr)) {
      errors.invalid(where, "", quoted + " must not validate the schema (not)");
    }
  }

  void one_of(const SchemaRules& rules, const Value& value, const std::string& path) {
    FieldErrors best;
    const auto valid = std::ranges::count_if(
        rules.one_of, [&](const SchemaNode* n) { return passes(*n, value, path, &best); });
    if (valid == 1) return;
    const std::string found =
        valid == 0 ? "Found none valid" : fmt::format("Found {} valid alternatives", valid);
    errors.invalid("<nil>", "",
                   fmt::format("{} must validate one and only one schema (oneOf). {}",
                               data::go_quote(path), found));
    if (valid == 0) errors.append(best);
  }

  // The first rule that is broken is named alone (kube-openapi pkg/validation/validate).
  void text_rules(const SchemaRules& rules, const Value& value, const std::string& path) {
    const int64_t length = length_of(value.text());
    if (rules.max_length && length > *rules.max_length) {
      errors.too_long(field(path), *rules.max_length);
    } else if (rules.min_length && length < *rules.min_length) {
      errors.invalid(
          field(path), value,
          fmt::format("{} in body should be at least {} chars long", path, *rules.min_length));
    } else if (rules.pattern != nullptr && !re2::RE2::PartialMatch(value.text(), *rules.pattern)) {
      errors.invalid(field(path), value,
                     fmt::format("{} in body should match '{}'", path, rules.pattern_text));
    }
  }

  void format(const std::string& name, const Value& value, const std::string& path) {
    if (has_format(name, value.text())) return;
    errors.type_invalid(
        field(path), value,
        fmt::format("{} in body must be of type {}: {}", path, name, data::go_quote(value.text())));
  }

  void number_rules(const SchemaRules& rules, const Value& value, const std::string& path) {
    const double number = value.as_double();
    const auto refuse = [&](const std::string& text) {
      errors.invalid(field(path), value, fmt::format("{} in body should be {}", path, text));
    };
    if (rules.multiple_of && !is_whole(number / *rules.multiple_of)) {
      refuse("a multiple of " + number_text(*rules.multiple_of));
    }
    if (rules.maximum &&
        (rules.exclusive_maximum ? number >= *rules.maximum : number > *rules.maximum)) {
      refuse((rules.exclusive_maximum ? "less than " : "less than or equal to ") +
             number_text(*rules.maximum));
    }
    if (rules.minimum &&
        (rules.exclusive_minimum ? number <= *rules.minimum : number < *rules.minimum)) {
      refuse((rules.exclusive_minimum ? "greater than " : "greater than or equal to ") +
             number_text(*rules.minimum));
    }
  }

  void list(const SchemaNode& node, const Value& value, const std::string& path) {
    const auto size = static_cast<int64_t>(value.size());
    if (node.items != nullptr) {
      for (size_t i = 0; i < value.size(); ++i) walk(*node.items, value[i], index_path(path, i));
    }
    if (const SchemaRules* rules = node.rules) {
      if (rules->min_items && size < *rules->min_items) {
        errors.invalid(
            field(path), size,
            fmt::format("{} in body should have at least {} items", path, *rules->min_items));
      }
      if (rules->max_items && size > *rules->max_items) {
        errors.too_many(field(path), size, *rules->max_items);
      }
    }
    unique_items(node, value, path);
  }

  // apiextensions-apiserver pkg/apiserver/schema/listtype.
  void unique_items(const SchemaNode& node, const Value& value, const std::string& path) {
    if (node.list_type == ListType::kAtomic) return;
    std::set<std::string> seen;
    for (size_t i = 0; i < value.size(); ++i) {
      Value key = value[i];
      if (node.list_type == ListType::kMap) {
        key = Value::map();
        for (const std::string& name : node.list_keys) {
          if (value[i].has(name)) key.set(name, value[i][name]);
        }
      }
      if (!seen.insert(data::to_json(key)).second) errors.duplicate(index_path(path, i), key);
    }
  }

  void choices(const SchemaRules& rules, const Value& value, const std::string& path) {
    if (rules.enum_values.empty()) return;
    if (std::ranges::find(rules.enum_values, value) != rules.enum_values.end()) return;
    std::vector<std::string> supported;
    for (const Value& v : rules.enum_values) {
      supported.push_back(v.is_string() ? v.text() : data::to_json(v));
    }
    errors.not_supported(field(path), value, supported);
  }

  void map(const SchemaNode& node, const Value& value, const std::string& path) {
    const auto size = static_cast<int64_t>(value.size());
    const SchemaRules* rules = node.rules;
    if (rules != nullptr && rules->min_properties && size < *rules->min_properties) {
      errors.invalid(field(path), size,
                     fmt::format("{} in body should have at least {} properties", path,
                                 *rules->min_properties));
    }
    if (rules != nullptr && rules->max_properties && size > *rules->max_properties) {
      errors.too_many(field(path), size, *rules->max_properties);
    }
    for (const data::Entry& e : value.entries()) {
      const SchemaNode* child = node.child(e.key);
      const bool own_metadata = path.empty() && e.key == "metadata";
      if (child != nullptr && !own_metadata) walk(*child, e.value, child_path(path, e.key));
    }
    if (rules == nullptr) return;
    for (const std::string& name : rules->required) {
      if (!value.has(name)) errors.required(child_path(path, name));
    }
  }
};

}  // namespace

Value validate_by_schema(const SchemaNode& node, const Value& value) {
  SchemaValidator validator;
  validator.walk(node, value, "");
  return validator.errors.take();
}

void validate_by_schema(const SchemaNode& node, const Value& value, const std::string& path,
                        FieldErrors& errors) {
  SchemaValidator validator;
  validator.walk(node, value, path);
  errors.append(validator.errors);
}

}  // namespace jibe::twin
