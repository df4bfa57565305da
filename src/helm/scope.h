// What templates see as their dot: .Values, .Chart, .Files, .Capabilities, .Release, .Template,
// .Subcharts, per chart.
#pragma once
#include <string>
#include <vector>

#include "helm/coalesce.h"
#include "helm/dependencies.h"
#include "helm/render.h"
#include "tmpl/function.h"

namespace jibe::helm {

// One template with its scope; templates of one chart share theirs, and what one writes to it the
// next one reads.
struct Renderable {
  // "chart/charts/sub/templates/x.yaml".
  std::string name;
  // "chart/charts/sub/templates".
  std::string base_path;
  const std::string* text = nullptr;
  Table scope;
};

// In the order in which Helm parses and runs them: deeper paths first, then by name backwards.
std::vector<Renderable> make_scopes(const ResolvedChart& chart, const Table& values,
                                    const RenderOptions& options);

// .Files. Not owned: the files outlive the rendering.
tmpl::Ref<tmpl::Host> make_files(const std::vector<File>& files);
// .Capabilities.
tmpl::Ref<tmpl::Host> make_capabilities(const Capabilities& capabilities);

}  // namespace jibe::helm
