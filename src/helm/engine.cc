#include "helm/engine.h"

#include "base/strings.h"
#include "helm/errors.h"
#include "helm/functions.h"
#include "helm/render_cache.h"
#include "helm/scope.h"
#include "tmpl/template.h"

namespace jibe::helm {
namespace {

std::shared_ptr<tmpl::TemplateSet> parse_all(const std::vector<Renderable>& templates,
                                             RenderCache* cache) {
  auto set = std::make_shared<tmpl::TemplateSet>(helm_functions());
  for (const Renderable& item : templates) {
    try {
      if (cache != nullptr)
        set->add(*cache->parsed(item.name, *item.text, set->functions()));
      else
        set->parse(item.name, *item.text);
    } catch (const tmpl::ParseError& error) {
      throw ChartError(parse_error_text(item.name, error));
    }
  }
  return set;
}

bool is_partial(std::string_view name) {
  return name.substr(name.rfind('/') + 1).starts_with('_');
}

}  // namespace

std::map<std::string, std::string> render_templates(const ResolvedChart& chart, const Table& values,
                                                    const RenderOptions& options,
                                                    base::Random& random, base::Clock& clock) {
  std::vector<Renderable> templates = make_scopes(chart, values, options);
  std::shared_ptr<const tmpl::TemplateSet> set = parse_all(templates, chart.chart->cache.get());
  RenderState state{options, chart.chart->cache.get(), {}, {}};
  tmpl::ExecOptions exec;
  exec.clock = &clock;
  exec.random = &random;
  exec.missing_key = options.strict ? tmpl::MissingKey::kError : tmpl::MissingKey::kZero;
  exec.user = &state;
  std::map<std::string, std::string> rendered;
  for (const Renderable& item : templates) {
    if (is_partial(item.name)) continue;
    tmpl::Any here = tmpl::Map::of({{"Name", tmpl::Any(item.name).with_boxed(true)},
                                    {"BasePath", tmpl::Any(item.base_path).with_boxed(true)}},
                                   kValuesType);
    item.scope->set("Template", std::move(here).with_boxed(true));
    try {
      std::string text = tmpl::execute(set, item.name, tmpl::Any(item.scope), exec);
      rendered[item.name] = base::replace_all(text, "<no value>", "");
    } catch (const tmpl::ExecError& error) {
      throw ChartError(exec_error_text(item.name, error));
    }
  }
  return rendered;
}

}  // namespace jibe::helm
