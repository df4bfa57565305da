#include "cli/print.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.h"
#include "data/json.h"
#include "data/yaml.h"

namespace jibe::cli {

std::string table(const std::vector<std::vector<std::string>>& rows, size_t gap) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - row[i].size() + gap, ' ');
    }
    out += '\n';
  }
  return out;
}

std::string print_object(const data::Value& value, const std::string& format) {
  if (format == "yaml") return data::to_yaml(value);
  if (format == "json") return data::to_json(value, data::kKubectlJson) + "\n";
  throw base::InvalidInput(
      fmt::format("unable to print in format \"{}\"; known formats: json, yaml", format));
}

}  // namespace jibe::cli
