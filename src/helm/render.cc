#include "helm/render.h"

#include <re2/re2.h>

#include "helm/coalesce.h"
#include "helm/dependencies.h"
#include "helm/engine.h"
#include "helm/glob.h"
#include "helm/schema.h"
#include "helm/semver.h"
#include "tmpl/format.h"
#include "tmpl/unicode.h"

namespace jibe::helm {
namespace {

using Files = std::map<std::string, std::string>;

void check_installable(const Chart& chart, const Capabilities& capabilities) {
  const Metadata& metadata = chart.metadata;
  if (!metadata.type.empty() && metadata.type != "application") {
    throw ChartError(fmt::format("{} charts are not installable", metadata.type));
  }
  check_dependencies(chart);
  const KubeVersion& kube = capabilities.kube_version;
  if (!metadata.kube_version.empty() && !is_compatible(metadata.kube_version, kube.normalized)) {
    throw ChartError(
        fmt::format("chart requires kubeVersion: {} which is incompatible with Kubernetes {}",
                    metadata.kube_version, kube.version));
  }
}

bool is_crd_file(std::string_view name) {
  if (!name.starts_with("crds/")) return false;
  std::string base = tmpl::to_lower(name);
  return base.ends_with(".yaml") || base.ends_with(".yml") || base.ends_with(".json");
}

void collect_crds(const ResolvedChart& chart, const std::string& path, std::vector<CrdFile>& out) {
  for (const File& file : chart.chart->files) {
    if (is_crd_file(file.name)) out.push_back({path + "/" + file.name, file.data});
  }
  for (const ResolvedChart& child : chart.dependencies) {
    collect_crds(child, path + "/charts/" + child.name(), out);
  }
}

// Takes NOTES.txt out of the rendered files: it is neither hook nor resource.
std::string take_notes(const ResolvedChart& chart, bool of_subcharts, Files& files) {
  const std::string own = chart.name() + "/templates/NOTES.txt";
  std::string notes;
  for (auto file = files.begin(); file != files.end();) {
    if (!file->first.ends_with("NOTES.txt")) {
      ++file;
      continue;
    }
    if (of_subcharts || file->first == own) {
      if (!notes.empty()) notes += '\n';
      notes += file->second;
    }
    file = files.erase(file);
  }
  return notes;
}

void append(std::string& out, std::string_view source, std::string_view text) {
  for (std::string_view part : {std::string_view("---\n# Source: "), source, std::string_view("\n"),
                                text, std::string_view("\n")})
    out += part;
}

ResolvedChart resolve_or_explain(const Chart& chart, const data::Value& given,
                                 std::vector<std::string>& warnings) {
  try {
    return resolve_dependencies(chart, given, warnings);
  } catch (const ChartError& error) {
    throw ChartError(fmt::format("chart dependencies processing failed: {}", error.what()));
  }
}

SortedManifests sort_or_show(const Files& files, RenderCache* cache) {
  try {
    return sort_manifests(files, cache);
  } catch (const ChartError& error) {
    std::string all;
    for (const auto& [source, text] : files)
      if (!tmpl::trim_space(text).empty()) append(all, source, text);
    throw UnreadableManifest(error.what(), std::move(all));
  }
}

std::string pick(const std::string& all, const std::vector<std::string>& patterns) {
  static const re2::RE2 kSource("# Source: [^/]+/(.+)");
  std::vector<std::string> documents = split_documents(all);
  std::string out;
  for (const std::string& pattern : patterns) {
    bool missing = true;
    for (const std::string& document : documents) {
      std::string source;
      if (!re2::RE2::PartialMatch(document, kSource, &source)) continue;
      if (match_path(pattern, source) != PathMatch::kYes) continue;
      out += "---\n" + document + "\n";
      missing = false;
    }
    if (missing) throw ChartError(fmt::format("could not find template {} in chart", pattern));
  }
  return out;
}

}  // namespace

void validate_release_name(std::string_view name) {
  static const re2::RE2 kName(R"([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)");
  std::string why;
  if (name.empty()) {
    why = "no name provided";
  } else if (name.size() > 53 || !re2::RE2::FullMatch(name, kName)) {
    why = fmt::format(
        "invalid release name, must match regex ^{}$ and the length must not be longer than 53",
        kName.pattern());
  } else {
    return;
  }
  throw ChartError(
      fmt::format("release name check failed: release name {}: {}", tmpl::quote(name), why));
}

RenderResult render(const Chart& chart, const data::Value& user_values,
                    const RenderOptions& options, base::Random& random, base::Clock& clock) {
  validate_release_name(options.release.name);
  RenderResult result;
  result.warnings = chart.warnings;
  if (chart.metadata.deprecated) result.warnings.emplace_back("this chart is deprecated");
  check_installable(chart, options.capabilities);
  data::Value given = user_values.is_map() ? user_values : data::Value::map();
  ResolvedChart resolved = resolve_or_explain(chart, given, result.warnings);
  Table values = coalesce_values(resolved, given, NullRule::kCoalesce, result.warnings);
  if (!options.skip_schema_validation) validate_values(resolved, tmpl::to_value(values));
  Files files = render_templates(resolved, values, options, random, clock);
  result.notes = take_notes(resolved, options.sub_notes, files);
  SortedManifests sorted = sort_or_show(files, chart.cache.get());
  result.manifests = std::move(sorted.manifests);
  result.hooks = std::move(sorted.hooks);
  result.warnings.insert(result.warnings.end(), sorted.warnings.begin(), sorted.warnings.end());
  collect_crds(resolved, resolved.name(), result.crds);
  return result;
}

std::string template_text(const RenderResult& result, const TextOptions& options) {
  std::string all;
  if (options.include_crds) {
    for (const CrdFile& crd : result.crds) append(all, crd.source, crd.text);
  }
  for (const Manifest& manifest : result.manifests) append(all, manifest.source, manifest.text);
  all = std::string(tmpl::trim_space(all)) + "\n";
  if (!options.no_hooks) {
    for (const Hook& hook : result.hooks) {
      if (options.skip_tests && hook.is_test()) continue;
      append(all, hook.manifest.source, hook.manifest.text);
    }
  }
  return options.show_only.empty() ? all : pick(all, options.show_only);
}

}  // namespace jibe::helm
