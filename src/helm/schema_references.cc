// Where the references of a schema lead.
#include <charconv>

#include "base/files.h"
#include "base/strings.h"
#include "data/json.h"
#include "helm/chart.h"
#include "helm/json_schema.h"
#include "helm/schema_text.h"
#include "tmpl/format.h"

namespace jibe::helm {
namespace {

using data::Value;

constexpr int kMaxDepth = 200;
constexpr std::string_view kFile = "file://";

const Value* follow_pointer(const Value& from, std::string_view pointer) {
  const Value* at = &from;
  for (std::string_view raw : base::split(pointer, '/')) {
    std::string step = base::replace_all(base::replace_all(raw, "~1", "/"), "~0", "~");
    step = base::replace_all(step, "%25", "%");
    if (at->is_list()) {
      size_t index = 0;
      auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
      if (error != std::errc() || index >= at->size()) return nullptr;
      at = &at->items()[index];
    } else {
      at = at->find(step);
    }
    if (at == nullptr) return nullptr;
  }
  return at;
}

}  // namespace

const Value* JsonSchema::find(const std::string& address, std::string& base) const {
  base::Cut parts = base::cut(address, "#");
  auto exact = addresses_.find(parts.after.empty() ? std::string(parts.before) : address);
  base = parts.before;
  if (exact != addresses_.end()) return exact->second;
  auto document = addresses_.find(base);
  if (document == addresses_.end() || !parts.after.starts_with('/')) return nullptr;
  return follow_pointer(*document->second, parts.after.substr(1));
}

// What has no address of a file is not asked for: rendering does not use the network. Helm takes
// every urn: for the schema that holds always.
void JsonSchema::load(const std::string& address) {
  if (addresses_.contains(address)) return;
  Value& place = loaded_[address];
  if (address.starts_with("urn:")) {
    place = Value(true);
    addresses_[address] = &place;
    return;
  }
  try {
    if (!address.starts_with(kFile))
      throw base::InvalidInput("HTTP request failed for " + address +
                               ": rendering does not use the network");
    add(data::parse_json(base::read_file(address.substr(kFile.size()))), address, place);
  } catch (const ChartError&) {
    throw;
  } catch (const base::InvalidInput& error) {
    throw ChartError(fmt::format("failing loading {}: {}", tmpl::quote(address), error.what()));
  }
}

void JsonSchema::check_reference(const std::string& address, std::set<const Value*>& seen,
                                 int depth) {
  base::Cut parts = base::cut(address, "#");
  std::string document(parts.before);
  load(document);
  std::string base;
  if (const Value* target = find(address, base)) {
    // It may stand where no keyword expects a schema.
    if (parts.after.starts_with('/')) check_form(*target, address, draft_);
    return check_references(*target, base, seen, depth);
  }
  if (parts.after.starts_with('/'))
    throw ChartError("json-pointer in " + tmpl::quote(address) + " not found");
  throw ChartError(fmt::format("anchor in {} not found in schema {}", tmpl::quote(address),
                               tmpl::quote(document)));
}

// Before anything is validated every reference must lead somewhere, used or not.
void JsonSchema::check_references(const Value& schema, std::string base,
                                  std::set<const Value*>& seen, int depth) {
  if (!schema.is_map() || !seen.insert(&schema).second) return;
  if (depth > kMaxDepth) throw ChartError("the schema is nested too deeply");
  const Value* reference = schema.find("$ref");
  bool alone = draft_ < 2019 && reference != nullptr;
  const std::string& id = schema[draft_ == 4 ? "id" : "$id"].text();
  if (!id.empty() && !alone) base = resolve_address(base, id);
  if (reference != nullptr && reference->is_string())
    check_reference(resolve_address(base, reference->text()), seen, depth + 1);
  if (alone) return;
  for (const data::Entry& entry : schema.entries()) {
    if (entry.key == "definitions" || entry.key == "$defs") continue;
    if (maps_names_to_schemas(entry.key)) {
      for (const data::Entry& inner : entry.value.entries())
        check_references(inner.value, base, seen, depth + 1);
    } else if (holds_schemas(entry.key)) {
      check_references(entry.value, base, seen, depth + 1);
      for (const Value& item : entry.value.items()) check_references(item, base, seen, depth + 1);
    }
  }
}

}  // namespace jibe::helm
