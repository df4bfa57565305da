#include "helm/json_schema.h"

#include <map>
#include <memory>
#include <mutex>

#include "base/strings.h"
#include "helm/chart.h"
#include "helm/metaschema.h"
#include "helm/schema_run.h"
#include "helm/schema_text.h"
#include "tmpl/format.h"

namespace jibe::helm {
namespace {

using data::Value;

constexpr int kMaxDepth = 200;
constexpr std::string_view kRootAddress = "file:///values.schema.json";

int draft_of(const Value& document) {
  const std::string& schema = document["$schema"].text();
  if (schema.empty()) return 2020;
  std::string_view address = schema;
  if (address.ends_with('#')) address.remove_suffix(1);
  address = base::cut(address, "://").after;
  if (address == "json-schema.org/draft-04/schema") return 4;
  if (address == "json-schema.org/draft-06/schema") return 6;
  if (address == "json-schema.org/draft-07/schema") return 7;
  if (address == "json-schema.org/draft/2019-09/schema") return 2019;
  if (address == "json-schema.org/draft/2020-12/schema") return 2020;
  if (address == "json-schema.org/schema") return 2020;
  throw ChartError(fmt::format("failing loading {}: the schema names a dialect that is not known",
                               tmpl::quote(schema)));
}

constexpr std::string_view kMaps[] = {"properties", "patternProperties", "definitions",
                                      "$defs",      "dependencies",      "dependentSchemas"};

// What came after draft 4, and when. Older drafts do not know it, so it means nothing there.
int draft_that_brought(std::string_view keyword) {
  static const std::map<std::string_view, int> kSince = {{"const", 6},
                                                         {"contains", 6},
                                                         {"propertyNames", 6},
                                                         {"if", 7},
                                                         {"then", 7},
                                                         {"else", 7},
                                                         {"$anchor", 2019},
                                                         {"dependentRequired", 2019},
                                                         {"dependentSchemas", 2019},
                                                         {"unevaluatedItems", 2019},
                                                         {"unevaluatedProperties", 2019},
                                                         {"minContains", 2019},
                                                         {"maxContains", 2019},
                                                         {"prefixItems", 2020},
                                                         {"$dynamicAnchor", 2020}};
  auto found = kSince.find(keyword);
  return found == kSince.end() ? 4 : found->second;
}

Value without_later_keywords(const Value& schema, int draft) {
  if (schema.is_list()) {
    std::vector<Value> items;
    for (const Value& item : schema.items()) items.push_back(without_later_keywords(item, draft));
    return Value::list(std::move(items));
  }
  if (!schema.is_map()) return schema;
  std::vector<data::Entry> kept;
  for (const data::Entry& entry : schema.entries()) {
    if (draft_that_brought(entry.key) > draft) continue;
    Value value = entry.value;
    if (maps_names_to_schemas(entry.key) && value.is_map()) {
      for (const data::Entry& inner : entry.value.entries())
        value.set(inner.key, without_later_keywords(inner.value, draft));
    } else if (!holds_plain_values(entry.key)) {
      value = without_later_keywords(entry.value, draft);
    }
    kept.push_back({entry.key, std::move(value)});
  }
  return Value::map(std::move(kept));
}

void print(std::string& out, const Violation& violation, int indent) {
  bool only_points_on = violation.kind == Violation::kReference && violation.causes.size() == 1;
  if (!only_points_on) {
    out += std::string(static_cast<size_t>(indent) * 2, ' ') + "- at " +
           schema_quote(pointer_of(violation.path)) + ": " + violation.text + "\n";
    ++indent;
  }
  for (const Violation& cause : violation.causes) print(out, cause, indent);
}

}  // namespace

bool maps_names_to_schemas(std::string_view keyword) {
  return std::find(std::begin(kMaps), std::end(kMaps), keyword) != std::end(kMaps);
}

bool holds_schemas(std::string_view keyword) {
  static const std::set<std::string_view> kAll = {"allOf",
                                                  "anyOf",
                                                  "oneOf",
                                                  "not",
                                                  "if",
                                                  "then",
                                                  "else",
                                                  "items",
                                                  "prefixItems",
                                                  "additionalItems",
                                                  "contains",
                                                  "propertyNames",
                                                  "additionalProperties",
                                                  "unevaluatedItems",
                                                  "unevaluatedProperties",
                                                  "contentSchema"};
  return kAll.contains(keyword);
}

bool holds_plain_values(std::string_view keyword) {
  return keyword == "const" || keyword == "default" || keyword == "enum" || keyword == "examples";
}

JsonSchema::JsonSchema(ForSchemas which) : draft_(which.draft), asserts_formats_(true) {
  root_ = metaschema(draft_);
  addresses_[std::string(kRootAddress)] = &root_;
}

JsonSchema::JsonSchema(Value document) {
  draft_ = draft_of(document);
  std::string address(kRootAddress);
  add(std::move(document), address, root_);
  std::set<const Value*> seen;
  check_references(root_, address, seen, 0);
}

void JsonSchema::add(Value document, const std::string& address, Value& place) {
  check_form(document, address + "#", draft_of(document));
  place = draft_ < 2020 ? without_later_keywords(document, draft_) : std::move(document);
  addresses_[address] = &place;
  index(place, address, 0);
}

const JsonSchema& JsonSchema::for_schemas(int draft) {
  static std::mutex mutex;
  static std::map<int, std::unique_ptr<const JsonSchema>> known;
  std::lock_guard lock(mutex);
  auto& found = known[draft];
  if (!found) found.reset(new JsonSchema(ForSchemas{draft}));
  return *found;
}

void JsonSchema::check_form(const Value& schema, const std::string& address, int draft) {
  std::string violations = for_schemas(draft).check(schema);
  if (violations.empty()) return;
  throw ChartError(
      fmt::format("{} is not valid against metaschema: jsonschema validation failed with '{}#'\n{}",
                  tmpl::quote(address), metaschema_address(draft), violations));
}

void JsonSchema::index(const Value& schema, const std::string& base, int depth) {
  if (depth > kMaxDepth) throw ChartError("the schema is nested too deeply");
  std::string here = base;
  const std::string& id = schema[draft_ == 4 ? "id" : "$id"].text();
  if (!id.empty()) {
    here = resolve_address(base, id);
    if (here.ends_with('#')) here.pop_back();
    addresses_[here] = &schema;
  }
  for (const char* anchor : {"$anchor", "$dynamicAnchor"}) {
    const std::string& name = schema[anchor].text();
    if (!name.empty()) addresses_[here + "#" + name] = &schema;
  }
  for (const data::Entry& entry : schema.entries()) {
    if (maps_names_to_schemas(entry.key)) {
      for (const data::Entry& inner : entry.value.entries()) index(inner.value, here, depth + 1);
    } else if (entry.value.is_map() && entry.key != "const" && entry.key != "default") {
      index(entry.value, here, depth + 1);
    } else if (entry.key != "enum" && entry.key != "examples") {
      for (const Value& item : entry.value.items()) {
        if (item.is_map()) index(item, here, depth + 1);
      }
    }
  }
}

std::string JsonSchema::check(const Value& value) const {
  SchemaRun run(*this, std::string(kRootAddress));
  std::optional<Violation> violation = run.check(root_, value);
  std::string out;
  if (!violation) return out;
  if (violation->kind == Violation::kGroup) {
    for (const Violation& cause : violation->causes) print(out, cause, 0);
  } else {
    print(out, *violation, 0);
  }
  if (!out.empty()) out.pop_back();
  return out;
}

}  // namespace jibe::helm
