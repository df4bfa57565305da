#include "helm/schema_run.h"

#include <cmath>

#include "base/strings.h"
#include "helm/chart.h"
#include "helm/schema_text.h"

namespace jibe::helm {
namespace {

using data::Value;

constexpr int kMaxDepth = 400;
constexpr std::string_view kTypes[] = {"null",   "boolean", "number", "integer",
                                       "string", "array",   "object"};

bool is_whole(const Value& value) {
  return value.is_int() ||
         (value.is_double() && std::trunc(value.as_double()) == value.as_double());
}

bool has_type(const Value& value, std::string_view type) {
  return schema_type(value) == type || (type == "integer" && is_whole(value));
}

// The types of the keyword, in the validator's own order.
std::vector<std::string> types_of(const Value& keyword) {
  std::vector<std::string> out;
  for (std::string_view type : kTypes) {
    bool wanted = keyword.text() == type;
    for (const Value& item : keyword.items()) wanted = wanted || item.text() == type;
    if (wanted) out.emplace_back(type);
  }
  return out;
}

bool one_of(const Value& value, const Value& choices) {
  for (const Value& choice : choices.items()) {
    if (choice == value) return true;
  }
  return false;
}

std::string constant_text(const Value& constant) {
  bool scalar = !constant.is_list() && !constant.is_map();
  return scalar ? "value must be " + display(constant) : "'const' failed";
}

std::string enum_text(const Value& choices) {
  std::vector<std::string> texts;
  for (const Value& choice : choices.items()) {
    if (choice.is_list() || choice.is_map()) return "'enum' failed";
    texts.push_back(display(choice));
  }
  return (texts.size() == 1 ? "value must be " : "value must be one of ") + base::join(texts, ", ");
}

// A change of the current document that ends with the scope.
class Restored {
 public:
  explicit Restored(std::string& text) : text_(text), old_(text) {}
  ~Restored() { text_ = old_; }
  Restored(const Restored&) = delete;
  Restored& operator=(const Restored&) = delete;

 private:
  std::string& text_;
  std::string old_;
};

}  // namespace

std::optional<Violation> SchemaRun::check(const Value& schema, const Value& value) {
  Evaluated seen;
  return check(schema, value, seen);
}

std::optional<Violation> SchemaRun::check(const Value& schema, const Value& value,
                                          Evaluated& seen) {
  if (schema.is_bool()) {
    if (schema.as_bool()) return std::nullopt;
    return violation("false schema");
  }
  if (depth_ >= kMaxDepth) throw ChartError("the schema refers to itself without an end");
  ++depth_;
  Restored restored(base_);
  const std::string& id = schema[schema_.draft_ == 4 ? "id" : "$id"].text();
  if (!id.empty() && !(old_draft() && schema.has("$ref"))) base_ = resolve_address(base_, id);
  std::optional<Violation> found = check_keywords(schema, value, seen);
  --depth_;
  return found;
}

std::optional<Violation> SchemaRun::check_child(const Value& schema, const Value& value,
                                                const std::string& step) {
  path_.push_back(step);
  std::optional<Violation> found = check(schema, value);
  path_.pop_back();
  return found;
}

std::optional<Violation> SchemaRun::check_scalar_rules(const Value& schema, const Value& value) {
  std::vector<std::string> types = types_of(schema["type"]);
  bool type_fits = types.empty();
  for (const std::string& type : types) type_fits = type_fits || has_type(value, type);
  if (!type_fits) {
    return violation(fmt::format("got {}, want {}", schema_type(value), base::join(types, " or ")));
  }
  if (const Value* constant = schema.find("const"); constant != nullptr && *constant != value) {
    return violation(constant_text(*constant));
  }
  const Value& choices = schema["enum"];
  if (choices.is_list() && !one_of(value, choices)) return violation(enum_text(choices));
  if ((old_draft() || schema_.asserts_formats_) && value.is_string() &&
      schema["format"].is_string()) {
    const std::string& format = schema["format"].as_string();
    if (auto why = check_format(format, value.as_string())) {
      return violation(fmt::format("{} is not valid {}: {}", display(value), format, *why));
    }
  }
  return std::nullopt;
}

std::optional<Violation> SchemaRun::check_reference(const std::string& reference,
                                                    const Value& value, Evaluated& seen) {
  Restored restored(base_);
  std::string address = resolve_address(base_, reference);
  const Value* target = schema_.find(address, base_);
  if (target == nullptr) throw ChartError("the schema refers to " + address);
  std::optional<Violation> cause = check(*target, value, seen);
  if (!cause) return std::nullopt;
  Violation out = violation("validation failed", Violation::kReference);
  if (cause->kind == Violation::kGroup) {
    out.causes = std::move(cause->causes);
  } else {
    out.causes.push_back(std::move(*cause));
  }
  return out;
}

std::optional<Violation> SchemaRun::check_keywords(const Value& schema, const Value& value,
                                                   Evaluated& seen) {
  const Value* reference = schema.find("$ref");
  // Before 2019, whatever stands beside a reference is ignored.
  if (old_draft() && reference != nullptr) {
    // Except for `const`, in Helm's validator.
    const Value* constant = schema.find("const");
    if (constant != nullptr && *constant != value) return violation(constant_text(*constant));
    return check_reference(reference->text(), value, seen);
  }
  if (auto found = check_scalar_rules(schema, value)) return found;
  Violations out;
  Evaluated own;
  if (reference != nullptr) add(out, check_reference(reference->text(), value, own));
  if (value.is_map()) check_object(schema, value, own, out);
  if (value.is_list()) check_list(schema, value, own, out);
  if (value.is_string()) check_string(schema, value.as_string(), out);
  if (value.is_number()) check_number(schema, value.as_double(), out);
  check_combinations(schema, value, own, out);
  if (!old_draft()) check_unevaluated(schema, value, own, out);
  if (out.empty()) {
    seen.properties.merge(own.properties);
    seen.items.merge(own.items);
    return std::nullopt;
  }
  if (out.size() == 1) return std::move(out[0]);
  Violation group = violation("validation failed", Violation::kGroup);
  group.causes = std::move(out);
  return group;
}

void SchemaRun::check_any_of(const Value& schemas, const Value& value, Evaluated& seen,
                             Violations& out) {
  Violation none = violation("'anyOf' failed");
  bool matched = false;
  for (const Value& schema : schemas.items()) {
    auto found = check(schema, value, seen);
    matched = matched || !found;
    add(none.causes, std::move(found));
  }
  if (!matched) out.push_back(std::move(none));
}

void SchemaRun::check_one_of(const Value& schemas, const Value& value, Evaluated& seen,
                             Violations& out) {
  Violation none = violation("'oneOf' failed, none matched");
  std::optional<size_t> matched;
  for (size_t i = 0; i < schemas.size(); ++i) {
    auto found = check(schemas.items()[i], value, seen);
    if (!found && matched) {
      add(out, fmt::format("'oneOf' failed, subschemas {}, {} matched", *matched, i));
      return;
    }
    if (!found) matched = i;
    add(none.causes, std::move(found));
  }
  if (!matched) out.push_back(std::move(none));
}

void SchemaRun::check_combinations(const Value& schema, const Value& value, Evaluated& seen,
                                   Violations& out) {
  if (const Value* refused = schema.find("not")) {
    Evaluated ignored;
    if (!check(*refused, value, ignored)) add(out, "'not' failed");
  }
  if (const Value* all = schema.find("allOf")) {
    Violation failed = violation("'allOf' failed");
    for (const Value& part : all->items()) add(failed.causes, check(part, value, seen));
    if (!failed.causes.empty()) out.push_back(std::move(failed));
  }
  if (const Value* any = schema.find("anyOf")) check_any_of(*any, value, seen, out);
  if (const Value* one = schema.find("oneOf")) check_one_of(*one, value, seen, out);
  if (const Value* condition = schema.find("if"); condition != nullptr && schema_.draft_ >= 7) {
    bool holds = !check(*condition, value, seen);
    const Value* then = schema.find(holds ? "then" : "else");
    if (then != nullptr) add(out, check(*then, value, seen));
  }
}

void SchemaRun::check_unevaluated(const Value& schema, const Value& value, Evaluated& seen,
                                  Violations& out) {
  if (const Value* rest = schema.find("unevaluatedProperties"); rest && value.is_map()) {
    for (const data::Entry& entry : value.entries()) {
      if (seen.properties.insert(entry.key).second) {
        add(out, check_child(*rest, entry.value, entry.key));
      }
    }
  }
  if (const Value* rest = schema.find("unevaluatedItems"); rest && value.is_list()) {
    for (size_t i = 0; i < value.size(); ++i) {
      if (seen.items.insert(i).second) {
        add(out, check_child(*rest, value.items()[i], std::to_string(i)));
      }
    }
  }
}

}  // namespace jibe::helm
