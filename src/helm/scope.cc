#include "helm/scope.h"

#include "base/strings.h"

namespace jibe::helm {
namespace {

using tmpl::Any;
using tmpl::List;
using tmpl::Map;

Any boxed(Any any) {
  return std::move(any).with_boxed(true);
}

Any strings(const std::vector<std::string>& texts) {
  std::vector<Any> items;
  for (const std::string& text : texts) items.push_back(boxed(text));
  return List::of(std::move(items));
}

// Structs of Go turned into maps: keys are the names of the fields.
Any maintainers(const std::vector<Maintainer>& all) {
  std::vector<Any> items;
  for (const Maintainer& m : all) {
    items.push_back(boxed(
        Map::of({{"Name", boxed(m.name)}, {"Email", boxed(m.email)}, {"URL", boxed(m.url)}})));
  }
  return List::of(std::move(items));
}

Any dependencies(const std::vector<Dependency>& all) {
  std::vector<Any> items;
  for (const Dependency& d : all) {
    std::vector<Any> imports;
    for (const data::Value& item : d.import_values) imports.push_back(boxed(Any::from(item)));
    items.push_back(boxed(Map::of({{"Name", boxed(d.name)},
                                   {"Version", boxed(d.version)},
                                   {"Repository", boxed(d.repository)},
                                   {"Condition", boxed(d.condition)},
                                   {"Tags", boxed(strings(d.tags))},
                                   {"Enabled", boxed(d.enabled)},
                                   {"ImportValues", boxed(List::of(std::move(imports)))},
                                   {"Alias", boxed(d.alias)}})));
  }
  return List::of(std::move(items));
}

Any chart_map(const Metadata& m, bool is_root) {
  Any annotations = m.annotations.is_map() ? Map::of(m.annotations, tmpl::kStringMap)
                                           : Map::nil(tmpl::kStringMap);
  return Map::of({{"Name", boxed(m.name)},
                  {"Home", boxed(m.home)},
                  {"Sources", boxed(strings(m.sources))},
                  {"Version", boxed(m.version)},
                  {"Description", boxed(m.description)},
                  {"Keywords", boxed(strings(m.keywords))},
                  {"Maintainers", boxed(maintainers(m.maintainers))},
                  {"Icon", boxed(m.icon)},
                  {"APIVersion", boxed(m.api_version)},
                  {"Condition", boxed(m.condition)},
                  {"Tags", boxed(m.tags)},
                  {"AppVersion", boxed(m.app_version)},
                  {"Deprecated", boxed(m.deprecated)},
                  {"Annotations", boxed(annotations)},
                  {"KubeVersion", boxed(m.kube_version)},
                  {"Dependencies", boxed(dependencies(m.dependencies))},
                  {"Type", boxed(m.type)},
                  {"IsRoot", boxed(is_root)}});
}

Any release_map(const Release& release) {
  return Map::of({{"Name", boxed(release.name)},
                  {"Namespace", boxed(release.release_namespace)},
                  {"IsUpgrade", boxed(release.is_upgrade)},
                  {"IsInstall", boxed(!release.is_upgrade)},
                  {"Revision", boxed(release.revision)},
                  {"Service", boxed("Helm")}});
}

class ScopeBuilder {
 public:
  explicit ScopeBuilder(const RenderOptions& options)
      : release_(boxed(release_map(options.release))),
        capabilities_(boxed(Any(make_capabilities(options.capabilities)))) {}

  Table add(const ResolvedChart& chart, const Table& values, const std::string& path, bool root) {
    Table subcharts(new Map());
    Table scope(new Map(kValuesType));
    scope->set("Chart", boxed(chart_map(chart.metadata, root)));
    scope->set("Files", boxed(Any(make_files(chart.chart->files))));
    scope->set("Release", release_);
    scope->set("Capabilities", capabilities_);
    scope->set("Values", boxed(Any(values)));
    scope->set("Subcharts", boxed(Any(subcharts)));
    for (const ResolvedChart& child : chart.dependencies) {
      // Values.Table splits at dots, also those in the name of a chart.
      Table below = table_at_path(values, child.name());
      if (!below) below = Table(new Map(kValuesType));
      subcharts->set(child.name(),
                     boxed(Any(add(child, below, path + "/charts/" + child.name(), false))));
    }
    for (const File& file : chart.chart->templates) {
      std::string_view base = std::string_view(file.name).substr(file.name.rfind('/') + 1);
      // A library has nothing but partials.
      if (chart.metadata.is_library() && !base.starts_with('_')) continue;
      templates_.push_back({path + "/" + file.name, path + "/templates", &file.data, scope});
    }
    return scope;
  }

  std::vector<Renderable> take() && {
    auto depth = [](const std::string& s) { return std::count(s.begin(), s.end(), '/'); };
    std::sort(templates_.begin(), templates_.end(),
              [&depth](const Renderable& a, const Renderable& b) {
                return std::pair(depth(b.name), std::string_view(b.name)) <
                       std::pair(depth(a.name), std::string_view(a.name));
              });
    return std::move(templates_);
  }

 private:
  Any release_;
  Any capabilities_;
  std::vector<Renderable> templates_;
};

}  // namespace

std::vector<Renderable> make_scopes(const ResolvedChart& chart, const Table& values,
                                    const RenderOptions& options) {
  ScopeBuilder builder(options);
  builder.add(chart, values, chart.name(), true);
  return std::move(builder).take();
}

}  // namespace jibe::helm
