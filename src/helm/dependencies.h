// A chart as one release uses it: without its disabled dependencies, with their aliases, and with
// the values that it imports from them (pkg/chart/v2/util/dependencies.go of helm 4.2.3).
#pragma once
#include <string>
#include <vector>

#include "helm/chart.h"

namespace jibe::helm {

struct ResolvedChart {
  // Not owned; outlives this.
  const Chart* chart = nullptr;
  // The chart's, but with the alias as name and only the enabled dependencies.
  Metadata metadata;
  data::Value values;
  std::vector<ResolvedChart> dependencies;

  const std::string& name() const { return metadata.name; }
};

// Conditions and tags are read from `user_values` over the chart's defaults. Throws ChartError.
ResolvedChart resolve_dependencies(const Chart& chart, const data::Value& user_values,
                                   std::vector<std::string>& warnings);

// What Chart.yaml lists and charts/ lacks, as Helm's sentence; nothing where all is there.
void check_dependencies(const Chart& chart);

}  // namespace jibe::helm
