// The columns that kubectl shows for built-in kinds (pkg/printers/internalversion/printers.go of
// Kubernetes 1.36).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "data/value.h"
#include "twin/schema/resource.h"

namespace jibe::twin {

struct Column {
  const char* name;
  const char* type = "string";
  int priority = 0;
  const char* description = "";
  const char* format = "";
};

struct Printer {
  std::vector<Column> columns;
  // As many cells as columns.
  data::Value (*cells)(const data::Value& object, base::Time now);
};

// nullptr where the kind has none: Name and Created At, then.
const Printer* printer_of(const Resource& resource);
const Printer* workload_printer(std::string_view group_kind);
const Printer* core_printer(std::string_view group_kind);
const Printer* config_printer(std::string_view group_kind);
const Printer* storage_printer(std::string_view group_kind);

inline constexpr Column kNameColumn{
    "Name", "string", 0, "Name of the object, unique among its kind and namespace.", "name"};
inline constexpr Column kAgeColumn{"Age", "string", 0, "Time since the object was created."};
inline constexpr Column kContainersColumn{"Containers", "string", 1,
                                          "Names of the template's containers."};
inline constexpr Column kImagesColumn{"Images", "string", 1,
                                      "Images of the template's containers."};

// metadata.name and the age of metadata.creationTimestamp.
const data::Value& name_cell(const data::Value& object);
data::Value age_cell(const data::Value& object, base::Time now);
// The text, or `fallback` where it is empty.
data::Value text_or(const data::Value& text, std::string_view fallback);
// The number, 0 where there is none.
data::Value count_cell(const data::Value& number);
// "a,b" of the items' `field`.
std::string joined(const data::Value& list, std::string_view field,
                   std::string_view separator = ",");
// "a=b,c=d", "<none>" for none.
std::string labels_text(const data::Value& labels);
// Of a LabelSelector; "<none>" for an empty one.
std::string selector_text(const data::Value& selector);

}  // namespace jibe::twin
