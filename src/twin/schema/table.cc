#include "twin/schema/table.h"

#include <fmt/format.h>

#include <chrono>

#include "kube/selector.h"
#include "kube/time.h"
#include "twin/schema/jsonpath.h"
#include "twin/schema/printers.h"

namespace jibe::twin {
namespace {

using data::Value;

Value definition(std::string_view name, std::string_view type, std::string_view format,
                 std::string_view description, int64_t priority) {
  return Value::map({{"name", name},
                     {"type", type},
                     {"format", format},
                     {"description", description},
                     {"priority", priority}});
}

Value definition(const Column& c) {
  return definition(c.name, c.type, c.format, c.description, c.priority);
}

// One kind's columns and how to fill them.
struct Layout {
  Value definitions = Value::list();
  const Printer* printer = nullptr;
  struct Custom {
    JsonPath path;
    std::string type;
  };
  std::vector<Custom> custom;
  bool created_at = false;
};

// Columns whose path cannot be read are left out, as the validation of CRDs refuses them.
Layout custom_layout(const Resource& resource) {
  Layout out;
  out.definitions.push_back(definition(kNameColumn));
  Value columns = resource.crd_version["additionalPrinterColumns"];
  if (columns.empty()) {
    columns = Value::list({Value::map(
        {{"name", "Age"}, {"type", "date"}, {"jsonPath", ".metadata.creationTimestamp"}})});
  }
  for (const Value& c : columns.items()) {
    const std::string& path = c["jsonPath"].text();
    const std::string& given = c["description"].text();
    const std::string description =
        given.empty() ? "Custom resource definition column (in JSONPath format): " + path : given;
    out.custom.push_back({JsonPath::parse(path), c["type"].text()});
    out.definitions.push_back(definition(c["name"].text(), c["type"].text(), c["format"].text(),
                                         description, c["priority"].int_or(0)));
  }
  return out;
}

Layout layout_of(const Resource& resource) {
  if (resource.is_custom()) return custom_layout(resource);
  Layout out;
  out.printer = printer_of(resource);
  if (out.printer != nullptr) {
    for (const Column& c : out.printer->columns) out.definitions.push_back(definition(c));
    return out;
  }
  out.created_at = true;
  out.definitions.push_back(definition(kNameColumn));
  out.definitions.push_back(
      definition("Created At", "date", "", "When the object was created.", 0));
  return out;
}

Value typed_cell(const std::string& type, const Value& value, base::Time now) {
  if (type == "string") return jsonpath_text(value);
  if (type == "integer") {
    if (value.is_int()) return value;
    if (value.is_double()) return static_cast<int64_t>(value.as_double());
  }
  if (type == "number" && value.is_number()) return value;
  if (type == "boolean" && value.is_bool()) return value;
  if (type == "date" && value.is_string()) {
    return kube::parse_time(value.text()) ? age_since(value, now) : "<invalid>";
  }
  return nullptr;
}

Value cells_of(const Layout& layout, const Value& object, base::Time now) {
  if (layout.printer != nullptr) return layout.printer->cells(object, now);
  Value out = Value::list({name_cell(object)});
  if (layout.created_at) {
    out.push_back(object["metadata"]["creationTimestamp"]);
    return out;
  }
  for (const Layout::Custom& column : layout.custom) {
    const std::vector<Value> found = column.path.find(object);
    out.push_back(found.empty() ? Value() : typed_cell(column.type, found[0], now));
  }
  return out;
}

// What `kubectl get` colours and `--field-selector` hides: only pods have row conditions.
void add_conditions(const Value& object, Value& row) {
  const std::string& phase = object["status"]["phase"].text();
  if (phase != "Succeeded" && phase != "Failed") return;
  const bool good = phase == "Succeeded";
  row.set("conditions",
          Value::list({Value::map(
              {{"type", "Completed"},
               {"status", "True"},
               {"reason", phase},
               {"message", good ? "The pod has completed successfully." : "The pod failed."}})}));
}

Value row_of(const Resource& resource, const Layout& layout, const Value& object, base::Time now,
             std::string_view include_object) {
  Value row = Value::map({{"cells", cells_of(layout, object, now)}});
  if (resource.kind == "Pod" && resource.gvr.group.empty()) add_conditions(object, row);
  if (include_object == "Object") {
    Value whole = object;
    whole.set("apiVersion", resource.gvr.api_version());
    whole.set("kind", resource.kind);
    row.set("object", std::move(whole));
  } else if (include_object != "None") {
    row.set("object", Value::map({{"kind", "PartialObjectMetadata"},
                                  {"apiVersion", "meta.k8s.io/v1"},
                                  {"metadata", object["metadata"]}}));
  } else {
    row.set("object", nullptr);
  }
  return row;
}

Value table_of(const Resource& resource, const Value& value, base::Time now,
               std::string_view include_object, bool headers) {
  const Layout layout = layout_of(resource);
  Value metadata = Value::map();
  for (const char* key : {"resourceVersion", "continue", "remainingItemCount"}) {
    if (value["metadata"].has(key)) metadata.set(key, value["metadata"][key]);
  }
  Value rows = Value::list();
  if (value["items"].is_list() && !value["metadata"].has("name")) {
    for (const Value& item : value["items"].items()) {
      rows.push_back(row_of(resource, layout, item, now, include_object));
    }
  } else {
    rows.push_back(row_of(resource, layout, value, now, include_object));
  }
  return Value::map({{"kind", "Table"},
                     {"apiVersion", "meta.k8s.io/v1"},
                     {"metadata", metadata},
                     {"columnDefinitions", headers ? layout.definitions : Value()},
                     {"rows", rows}});
}

}  // namespace

Value to_table(const Resource& resource, const Value& value, base::Time now,
               std::string_view include_object) {
  return table_of(resource, value, now, include_object, true);
}

Value to_table_row_only(const Resource& resource, const Value& object, base::Time now,
                        std::string_view include_object) {
  return table_of(resource, object, now, include_object, false);
}

std::string human_duration(base::Duration duration) {
  const int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return fmt::format("{}s", seconds);
  const auto two = [](int64_t a, char unit, int64_t b, char small) {
    return b == 0 ? fmt::format("{}{}", a, unit) : fmt::format("{}{}{}{}", a, unit, b, small);
  };
  const int64_t minutes = seconds / 60;
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return fmt::format("{}m", minutes);
  const int64_t hours = minutes / 60;
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return fmt::format("{}h", hours);
  if (hours < 24 * 8) return two(hours / 24, 'd', hours % 24, 'h');
  if (hours < 24 * 365 * 2) return fmt::format("{}d", hours / 24);
  if (hours < 24 * 365 * 8) return two(hours / 24 / 365, 'y', hours / 24 % 365, 'd');
  return fmt::format("{}y", hours / 24 / 365);
}

std::string age_since(const Value& timestamp, base::Time now) {
  const auto time = kube::parse_time(timestamp.text());
  return time ? human_duration(now - *time) : "<unknown>";
}

const Printer* printer_of(const Resource& resource) {
  const std::string name = resource.gvr.group + "/" + resource.kind;
  for (const auto lookup : {workload_printer, core_printer, config_printer, storage_printer}) {
    if (const Printer* found = lookup(name)) return found;
  }
  return nullptr;
}

const Value& name_cell(const Value& object) {
  return object["metadata"]["name"];
}

Value age_cell(const Value& object, base::Time now) {
  return age_since(object["metadata"]["creationTimestamp"], now);
}

Value text_or(const Value& text, std::string_view fallback) {
  return text.text().empty() ? Value(fallback) : text;
}

Value count_cell(const Value& number) {
  return number.int_or(0);
}

std::string joined(const Value& list, std::string_view field, std::string_view separator) {
  std::string out;
  for (const Value& item : list.items()) {
    if (&item != &list.items().front()) out += separator;
    out += field.empty() ? item.text() : item[field].text();
  }
  return out;
}

std::string labels_text(const Value& labels) {
  std::string out;
  for (const data::Entry& e : labels.entries()) {
    if (!out.empty()) out += ",";
    out += e.key + "=" + e.value.text();
  }
  return out.empty() ? "<none>" : out;
}

std::string selector_text(const Value& selector) {
  if (selector.is_null()) return "<none>";
  const std::string text = kube::LabelSelector::from_value(selector).str();
  return text.empty() ? "<none>" : text;
}

}  // namespace jibe::twin
