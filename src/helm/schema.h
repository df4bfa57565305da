// values.schema.json: whether values are what a chart accepts.
#pragma once
#include "data/value.h"
#include "helm/dependencies.h"

namespace jibe::helm {

// Checks the values of the chart and of its subcharts against their schemas. Throws ChartError
// with all violations, worded as Helm 4.2.3 words them (santhosh-tekuri/jsonschema v6).
void validate_values(const ResolvedChart& chart, const data::Value& values);

}  // namespace jibe::helm
