// The keywords of JSON Schema for objects, lists, strings and numbers.
#include <re2/re2.h>

#include <cmath>

#include "base/strings.h"
#include "helm/chart.h"
#include "helm/schema_run.h"
#include "helm/schema_text.h"
#include "tmpl/unicode.h"

namespace jibe::helm {
namespace {

using data::Value;

bool matches(const std::string& pattern, const std::string& text) {
  re2::RE2 regex(pattern, re2::RE2::Quiet);
  if (!regex.ok()) {
    throw ChartError(
        fmt::format("the schema's pattern {} is not valid: {}", pattern, regex.error()));
  }
  return re2::RE2::PartialMatch(text, regex);
}

std::string bound_text(std::string_view keyword, double got, double want) {
  return fmt::format("{}: got {}, want {}", keyword, english(got), english(want));
}

// Whether a size keeps to a lower (or upper) bound that the schema may give.
std::optional<std::string> size_mistake(const Value& schema, const char* keyword, size_t size,
                                        bool lower) {
  const Value& bound = schema[keyword];
  if (!bound.is_number()) return std::nullopt;
  auto want = static_cast<size_t>(std::max(0.0, bound.as_double()));
  if (lower ? size >= want : size <= want) return std::nullopt;
  return fmt::format("{}: got {}, want {}", keyword, english(size), english(want));
}

}  // namespace

void SchemaRun::check_missing(const Value& names, const Value& object, const std::string& needed_by,
                              Violations& out) {
  std::vector<std::string> missing;
  for (const Value& name : names.items()) {
    if (!object.has(name.text())) missing.push_back(name.text());
  }
  if (missing.empty()) return;
  if (needed_by.empty()) {
    add(out, (missing.size() == 1 ? "missing property " : "missing properties ") +
                 schema_quote(missing));
  } else {
    add(out, fmt::format("properties {} required, if {} exists", schema_quote(missing),
                         schema_quote(needed_by)));
  }
}

void SchemaRun::check_dependencies(const Value& schema, const Value& object, Evaluated& seen,
                                   Violations& out) {
  for (const char* keyword : {"dependencies", "dependentSchemas", "dependentRequired"}) {
    for (const data::Entry& entry : schema[keyword].entries()) {
      if (!object.has(entry.key)) continue;
      if (entry.value.is_list()) {
        check_missing(entry.value, object, entry.key, out);
      } else {
        add(out, check(entry.value, object, seen));
      }
    }
  }
}

bool SchemaRun::check_property(const Value& schema, const data::Entry& entry, Violations& out) {
  bool known = false;
  if (const Value* own = schema["properties"].find(entry.key)) {
    known = true;
    add(out, check_child(*own, entry.value, entry.key));
  }
  for (const data::Entry& pattern : schema["patternProperties"].entries()) {
    if (!matches(pattern.key, entry.key)) continue;
    known = true;
    add(out, check_child(pattern.value, entry.value, entry.key));
  }
  return known;
}

void SchemaRun::check_properties(const Value& schema, const Value& object, Evaluated& seen,
                                 Violations& out) {
  const Value* additional = schema.find("additionalProperties");
  std::vector<std::string> refused;
  for (const data::Entry& entry : object.entries()) {
    bool known = check_property(schema, entry, out);
    if (!known && additional != nullptr) {
      known = true;
      if (additional->is_map()) add(out, check_child(*additional, entry.value, entry.key));
      if (!additional->bool_or(true)) refused.push_back(entry.key);
    }
    if (known) seen.properties.insert(entry.key);
  }
  if (!refused.empty()) {
    add(out, fmt::format("additional properties {} not allowed", schema_quote(refused)));
  }
}

void SchemaRun::check_object(const Value& schema, const Value& object, Evaluated& seen,
                             Violations& out) {
  if (auto why = size_mistake(schema, "minProperties", object.size(), true)) add(out, *why);
  if (auto why = size_mistake(schema, "maxProperties", object.size(), false)) add(out, *why);
  check_missing(schema["required"], object, "", out);
  check_properties(schema, object, seen, out);
  if (const Value* names = schema.find("propertyNames")) {
    // A name is a value of its own, without a place.
    std::vector<std::string> path = std::exchange(path_, {});
    for (const data::Entry& entry : object.entries()) {
      std::optional<Violation> cause = check(*names, entry.key);
      if (!cause) continue;
      Violation wrong = violation("invalid propertyName " + schema_quote(entry.key));
      wrong.causes.push_back(std::move(*cause));
      out.push_back(std::move(wrong));
    }
    path_ = std::move(path);
  }
  check_dependencies(schema, object, seen, out);
}

void SchemaRun::check_items(const Value& schema, const Value& list, Evaluated& seen,
                            Violations& out) {
  // `items` with a list of schemas is the older name of prefixItems, with additionalItems for the
  // rest.
  bool tuple = schema["items"].is_list();
  const Value& prefix = schema[tuple ? "items" : "prefixItems"];
  const Value* rest = schema.find(tuple ? "additionalItems" : "items");
  size_t named = std::min(prefix.size(), list.size());
  for (size_t i = 0; i < list.size(); ++i) {
    const Value* wanted = i < named ? &prefix.items()[i] : rest;
    if (wanted == nullptr) break;
    seen.items.insert(i);
    if (i >= named && tuple && !wanted->bool_or(true)) {
      add(out, fmt::format("last {} additionalItem(s) not allowed", list.size() - named));
      return;
    }
    // The validator counts what follows the named items from zero.
    add(out, check_child(*wanted, list.items()[i], std::to_string(i < named ? i : i - named)));
  }
}

void SchemaRun::check_contains(const Value& schema, const Value& list, Evaluated& seen,
                               Violations& out) {
  const Value* wanted = schema.find("contains");
  if (wanted == nullptr) return;
  Violations others;
  std::vector<std::string> matched;
  for (size_t i = 0; i < list.size(); ++i) {
    std::string step = std::to_string(i);
    auto found = check_child(*wanted, list.items()[i], step);
    if (!found) {
      matched.push_back(step);
      if (schema_.draft_ >= 2020) seen.items.insert(i);
    }
    add(others, std::move(found));
  }
  auto items = [&matched] {
    return fmt::format("{} items at {}", matched.size(), base::join(matched, " "));
  };
  int64_t least = schema["minContains"].int_or(1);
  if (static_cast<int64_t>(matched.size()) < least) {
    std::string text = "no items match contains schema";
    if (schema.has("minContains")) {
      text = fmt::format("min {} items required to match contains schema, but {}", least,
                         matched.empty() ? "none matched" : "matched " + items());
    }
    out.push_back(violation(std::move(text)));
    out.back().causes = std::move(others);
  }
  const Value& most = schema["maxContains"];
  if (most.is_int() && static_cast<int64_t>(matched.size()) > most.as_int()) {
    add(out, fmt::format("max {} items required to match contains schema, but matched {}",
                         most.as_int(), items()));
  }
}

void SchemaRun::check_list(const Value& schema, const Value& list, Evaluated& seen,
                           Violations& out) {
  if (auto why = size_mistake(schema, "minItems", list.size(), true)) add(out, *why);
  if (auto why = size_mistake(schema, "maxItems", list.size(), false)) add(out, *why);
  if (schema["uniqueItems"].bool_or(false)) {
    for (size_t j = 1; j < list.size(); ++j) {
      auto same = std::find(list.items().begin(), list.items().begin() + j, list.items()[j]);
      if (same == list.items().begin() + j) continue;
      add(out, fmt::format("items at {} and {} are equal", same - list.items().begin(), j));
      break;
    }
  }
  check_items(schema, list, seen, out);
  check_contains(schema, list, seen, out);
}

void SchemaRun::check_string(const Value& schema, const std::string& text, Violations& out) {
  size_t length = tmpl::rune_count(text);
  if (auto why = size_mistake(schema, "minLength", length, true)) add(out, *why);
  if (auto why = size_mistake(schema, "maxLength", length, false)) add(out, *why);
  const Value& pattern = schema["pattern"];
  if (pattern.is_string() && !matches(pattern.as_string(), text)) {
    add(out, fmt::format("{} does not match pattern {}", schema_quote(text),
                         schema_quote(pattern.as_string())));
  }
}

void SchemaRun::check_number(const Value& schema, double number, Violations& out) {
  auto bound = [&](const char* keyword, auto holds) {
    const Value& want = schema[keyword];
    if (want.is_number() && !holds(want.as_double())) {
      add(out, bound_text(keyword, number, want.as_double()));
    }
  };
  // In draft 4 the exclusive bounds are flags.
  bool open_below = schema["exclusiveMinimum"].bool_or(false);
  bool open_above = schema["exclusiveMaximum"].bool_or(false);
  bound("minimum", [&](double want) { return open_below ? number > want : number >= want; });
  bound("maximum", [&](double want) { return open_above ? number < want : number <= want; });
  bound("exclusiveMinimum", [&](double want) { return number > want; });
  bound("exclusiveMaximum", [&](double want) { return number < want; });
  bound("multipleOf", [&](double want) {
    double times = number / want;
    // Decimal fractions such as 0.1 are not exact.
    return std::abs(times - std::round(times)) <= 1e-9 * std::max(1.0, std::abs(times));
  });
}

}  // namespace jibe::helm
