// Running a chart's templates (pkg/engine of helm 4.2.3).
#pragma once
#include <map>
#include <string>

#include "helm/coalesce.h"
#include "helm/dependencies.h"
#include "helm/render.h"

namespace jibe::helm {

// Rendered text by template name ("chart/templates/x.yaml"), partials left out. `values` is what
// coalesce_values gave for the chart. Throws ChartError in Helm's words.
std::map<std::string, std::string> render_templates(const ResolvedChart& chart, const Table& values,
                                                    const RenderOptions& options,
                                                    base::Random& random, base::Clock& clock);

}  // namespace jibe::helm
