// How values meet a chart's defaults (pkg/chart/common/util/coalesce.go of helm 4.2.3).
//
// Works on tmpl::Map, which is a reference as Go's maps are: subcharts and parents really share
// the tables of `global`, and a template that changes one changes the other.
#pragma once
#include <string>
#include <vector>

#include "helm/dependencies.h"
#include "tmpl/collections.h"

namespace jibe::helm {

using Table = tmpl::Ref<tmpl::Map>;
using Warnings = std::vector<std::string>;

// What templates see as the type of .Values; with methods: AsMap, Table, PathValue, YAML.
extern const tmpl::Type kValuesType;

// kMerge keeps nulls, kCoalesce lets a null delete the default.
enum class NullRule { kCoalesce, kMerge };

// The values of a chart and its subcharts under `user_values`. Throws ChartError where the values
// for a subchart are no map.
Table coalesce_values(const ResolvedChart& chart, const data::Value& user_values, NullRule rule,
                      Warnings& warnings);

// Adds to `into` what it lacks; `into` has precedence.
void coalesce_tables(const Table& into, const Table& from, NullRule rule, Warnings& warnings);

// The table at the key, or null where there is none.
Table table_at(const tmpl::Map& map, std::string_view key);
// The same for a path of keys with dots between them.
Table table_at_path(const Table& map, std::string_view path);

}  // namespace jibe::helm
