// The template functions that Helm adds to Sprig (pkg/engine/funcs.go, engine.go of helm 4.2.3).
#pragma once
#include <map>
#include <memory>
#include <string>

#include "helm/render.h"
#include "tmpl/function.h"

namespace jibe::helm {

// One rendering; reaches the functions as ExecOptions::user.
struct RenderState {
  const RenderOptions& options;
  // The root chart's; null: nothing is kept.
  RenderCache* cache = nullptr;
  // How often each named template is being included right now.
  std::map<std::string, int, std::less<>> included;
  std::vector<std::string> warnings;
};

// Everything that a chart may call.
std::shared_ptr<const tmpl::FunctionTable> helm_functions();

// What `required` and `fail` put around their message, so that it can be found again in the text
// of the error.
inline constexpr std::string_view kMessageStart = "HELM_ERR_START";
inline constexpr std::string_view kMessageEnd = "HELM_ERR_END";

}  // namespace jibe::helm
