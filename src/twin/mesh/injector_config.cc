#include "twin/mesh/injector_config.h"

#include <fmt/core.h>

#include "base/strings.h"
#include "data/yaml.h"
#include "kube/object.h"
#include "twin/mesh/inject_functions.h"

namespace jibe::twin {

using data::Value;

namespace {

constexpr std::string_view kTemplatesAnnotation = "inject.istio.io/templates";

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.push_back(item.text());
  return out;
}

std::vector<std::string> wanted_templates(const Value& config, const Value& pod) {
  const Value* annotation = pod["metadata"]["annotations"].find(kTemplatesAnnotation);
  if (annotation == nullptr) {
    std::vector<std::string> out = texts(config["defaultTemplates"]);
    return out.empty() ? std::vector<std::string>{"sidecar"} : out;
  }
  std::vector<std::string> out;
  for (std::string_view piece : base::split(annotation->text(), ','))
    out.emplace_back(base::trim(piece));
  return out;
}

}  // namespace

std::vector<std::string> InjectorConfig::templates_for(const Value& pod) const {
  std::vector<std::string> out;
  for (const std::string& name : wanted_templates(config, pod)) {
    const Value& alias = config["aliases"][name];
    const std::vector<std::string> real =
        alias.is_list() ? texts(alias) : std::vector<std::string>{name};
    out.insert(out.end(), real.begin(), real.end());
  }
  std::vector<std::string> known;
  for (const auto& [name, set] : templates) known.push_back(name);
  for (const std::string& name : out)
    if (!templates.contains(name))
      throw base::InvalidInput(fmt::format("requested template \"{}\" not found; have {}", name,
                                           base::join(known, ", ")));
  return out;
}

std::shared_ptr<const InjectorConfig> read_injector_config(const Value& config_map) {
  auto out = std::make_shared<InjectorConfig>();
  out->config = data::parse_yaml(config_map["data"]["config"].text(), "config");
  out->values = data::parse_yaml(config_map["data"]["values"].text(), "values");
  for (const data::Entry& entry : out->config["templates"].entries()) {
    auto set = std::make_shared<tmpl::TemplateSet>(injection_functions());
    set->parse("inject", entry.value.text());
    out->templates[entry.key] = std::move(set);
  }
  return out;
}

}  // namespace jibe::twin
