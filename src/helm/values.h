// Values: reading them, merging what users give, and coalescing them with a chart's defaults.
// Semantics of helm 4.2.3: pkg/chart/v2/loader, pkg/cli/values, pkg/chart/common/util/coalesce.go.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "helm/strvals.h"

namespace jibe::helm {

// One or more YAML documents merged into one map. Numbers become doubles, as everything that Helm
// reads from YAML or JSON is: `{{ .Values.million }}` prints 1e+06. Throws ChartError.
data::Value read_values(std::string_view yaml);

// Integers to doubles, throughout.
data::Value as_json_numbers(const data::Value& value);

// b over a: maps are merged, everything else is replaced, null included (loader.MergeMaps).
data::Value merge_maps(const data::Value& a, const data::Value& b);

// What a user gives on the command line, in Helm's order of precedence: files first, then
// --set-json, --set, --set-string, --set-file, --set-literal.
struct ValueOptions {
  std::vector<std::string> files;
  std::vector<std::string> json;
  std::vector<std::string> set;
  std::vector<std::string> set_string;
  std::vector<std::string> set_file;
  std::vector<std::string> set_literal;
};
// `read` gives the text of a file, for -f and for --set-file. Throws ChartError.
data::Value merge_user_values(const ValueOptions& options, const ReadFile& read);

}  // namespace jibe::helm
