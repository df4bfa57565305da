#include "istio/operator_render.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/strings.h"
#include "data/json.h"
#include "data/yaml.h"
#include "helm/coalesce.h"
#include "helm/dependencies.h"
#include "helm/engine.h"
#include "helm/manifest.h"
#include "helm/schema.h"
#include "helm/values.h"
#include "istio/operator_rules.h"
#include "tmpl/unicode.h"

namespace jibe::istio {

namespace {

using Files = std::map<std::string, std::string>;

// Documents without content (comments, templates that gave nothing) are passed over. Blanks at the
// end of a file are not part of a text that ends there.
void parse_files(const Files& files, std::vector<data::Value>& out) {
  for (const auto& [name, text] : files)
    for (const auto& document : helm::split_documents(tmpl::trim_space(text))) {
      auto object = data::parse_yaml(document, name);
      if (object.is_null()) continue;
      if (object["kind"].text().empty())
        throw base::InvalidInput(
            fmt::format("{}: Object 'Kind' is missing in '{}'", name, data::to_json(object)));
      out.push_back(std::move(object));
    }
}

Files crds_of(const helm::Chart& chart, const data::Value& values) {
  Files out;
  bool wanted = values["base"]["enableIstioConfigCRDs"].bool_or(true);
  if (chart.name() == "base" && !wanted) return out;
  for (const auto& file : chart.files)
    if (file.name.starts_with("crds/")) out[file.name] = file.data;
  return out;
}

void take_notes(Files& files, std::vector<std::string>& warnings) {
  constexpr std::string_view kWarning = "WARNING: ";
  for (auto file = files.begin(); file != files.end();) {
    if (!file->first.ends_with(".txt")) {
      ++file;
      continue;
    }
    for (auto line : base::split(file->second, '\n'))
      if (line.starts_with(kWarning)) warnings.emplace_back(line.substr(kWarning.size()));
    file = files.erase(file);
  }
}

// --filter, which names templates by their path in the chart. Up to 1.23.
void keep_filtered(Files& files, const std::string& chart, const GenerateOptions& options) {
  if (options.filter.empty()) return;
  std::erase_if(files, [&](const auto& file) {
    auto name = file.first.substr(std::min(chart.size() + 1, file.first.size()));
    return std::find(options.filter.begin(), options.filter.end(), name) == options.filter.end();
  });
}

helm::RenderOptions render_options(const Release& release, const std::string& ns,
                                   const GenerateOptions& options) {
  helm::RenderOptions out;
  out.release.name = "istio";
  out.release.release_namespace = ns;
  out.capabilities.kube_version = helm::parse_kube_version(
      options.kube_version.empty() ? default_kube_version(release.version())
                                   : options.kube_version);
  return out;
}

}  // namespace

std::vector<data::Value> render_component_chart(const Release& release, const std::string& chart,
                                                const data::Value& values, const std::string& ns,
                                                const GenerateOptions& options,
                                                std::vector<std::string>& warnings) {
  auto loaded = release.chart(chart);
  std::vector<std::string> unheard;  // istioctl's Helm library writes them into its debug log
  auto user = helm::as_json_numbers(values.is_map() ? values : data::Value::map());
  auto resolved = helm::resolve_dependencies(*loaded, user, unheard);
  auto table = helm::coalesce_values(resolved, user, helm::NullRule::kCoalesce, unheard);
  helm::validate_values(resolved, tmpl::to_value(tmpl::Any(table)));
  auto files = helm::render_templates(resolved, table, render_options(release, ns, options),
                                      *options.random, *options.clock);
  take_notes(files, warnings);
  if (!since(release.version(), 24)) keep_filtered(files, resolved.name(), options);
  std::vector<data::Value> out;
  parse_files(files, out);
  parse_files(crds_of(*loaded, user), out);
  return out;
}

}  // namespace jibe::istio
