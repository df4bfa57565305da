// The injector's ConfigMap, parsed: its `config` and `values` keys (pkg/kube/inject Config).
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "data/value.h"
#include "tmpl/template.h"

namespace jibe::twin {

struct InjectorConfig {
  // Policy, selectors, annotations to add, as they stand.
  data::Value config;
  data::Value values;
  std::map<std::string, std::shared_ptr<const tmpl::TemplateSet>> templates;

  // The templates for a pod in the order of their use: those of its annotation
  // inject.istio.io/templates or the default ones, aliases resolved. Throws base::InvalidInput for
  // an unknown one.
  std::vector<std::string> templates_for(const data::Value& pod) const;
};

// `config_map` is the object. Throws base::InvalidInput (tmpl::ParseError among them).
std::shared_ptr<const InjectorConfig> read_injector_config(const data::Value& config_map);

}  // namespace jibe::twin
