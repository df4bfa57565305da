#include "twin/schema/managers.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/error.h"

namespace jibe::twin {

using data::Value;

std::string ManagerKey::str() const {
  std::string out = fmt::format("\"{}\"", name);
  if (!subresource.empty()) out += fmt::format(" with subresource \"{}\"", subresource);
  if (!applies) out += " using " + api_version;
  return out;
}

Managers decode_managers(const Value& managed_fields) {
  Managers out;
  for (size_t i = 0; i < managed_fields.size(); ++i) {
    const Value& entry = managed_fields[i];
    const std::string& operation = entry["operation"].text();
    const std::string& version = entry["apiVersion"].text();
    if (operation != "Apply" && operation != "Update") {
      throw base::InvalidInput("operation must be `Apply` or `Update`");
    }
    if (version.empty()) throw base::InvalidInput("apiVersion must not be empty");
    const std::string& type = entry["fieldsType"].text();
    if (type.empty()) {
      throw base::InvalidInput(fmt::format("missing fieldsType in managed fields entry {}", i));
    }
    if (type != "FieldsV1") {
      throw base::InvalidInput(
          fmt::format("invalid fieldsType \"{}\" in managed fields entry {}", type, i));
    }
    const bool applies = operation == "Apply";
    ManagerKey key{entry["manager"].text(), applies, applies ? "" : version,
                   entry["subresource"].text()};
    out[key] = {FieldSet::from_value(entry["fieldsV1"]), version, entry["time"].text()};
  }
  return out;
}

Value encode_managers(const Managers& managers) {
  std::vector<const Managers::value_type*> sorted;
  for (const auto& entry : managers) sorted.push_back(&entry);
  std::ranges::stable_sort(sorted, [](const auto* a, const auto* b) {
    const auto key = [](const auto* m) {
      return std::tuple(!m->first.applies, m->second.time, m->first.name, m->second.api_version,
                        m->first.subresource);
    };
    return key(a) < key(b);
  });
  Value out = Value::list();
  for (const auto* entry : sorted) {
    const auto& [key, owned] = *entry;
    Value item = Value::map({{"manager", key.name},
                             {"operation", key.applies ? "Apply" : "Update"},
                             {"apiVersion", owned.api_version},
                             {"fieldsType", "FieldsV1"},
                             {"fieldsV1", owned.fields.to_value()}});
    if (!owned.time.empty()) item.set("time", owned.time);
    if (!key.subresource.empty()) item.set("subresource", key.subresource);
    out.push_back(std::move(item));
  }
  return out;
}

}  // namespace jibe::twin
