#include "helm/render_cache.h"

#include "data/json.h"
#include "data/yaml.h"
#include "helm/values.h"

namespace jibe::helm {

namespace {

// Enough for the CRDs of any chart; what is beyond that starts afresh.
constexpr size_t kMostBytes = 8 * 1024 * 1024;

}  // namespace

std::shared_ptr<const tmpl::ParsedSource> RenderCache::parsed(
    const std::string& name, const std::string& text,
    const std::shared_ptr<const tmpl::FunctionTable>& functions) {
  {
    std::lock_guard lock(mutex_);
    auto found = templates_.find(name);
    if (found != templates_.end() && found->second.text == text) return found->second.source;
  }
  auto source = tmpl::parse_template(name, text, functions);
  std::lock_guard lock(mutex_);
  templates_[name] = {text, source};
  return source;
}

std::shared_ptr<const JsonSchema> RenderCache::schema(const std::string& text) {
  {
    std::lock_guard lock(mutex_);
    if (auto found = schemas_.find(text); found != schemas_.end()) return found->second;
  }
  auto schema = std::make_shared<const JsonSchema>(data::parse_json(text));
  if (schema->refers_to_files()) return schema;
  std::lock_guard lock(mutex_);
  return schemas_.emplace(text, std::move(schema)).first->second;
}

template <class Parse>
data::Value RenderCache::once(Documents& known, const std::string& text, Parse parse) {
  {
    std::lock_guard lock(mutex_);
    if (auto found = known.find(text); found != known.end()) return found->second;
  }
  data::Value document = parse();
  std::lock_guard lock(mutex_);
  if (bytes_ + text.size() > kMostBytes) {
    documents_.clear();
    values_.clear();
    bytes_ = 0;
  }
  if (known.emplace(text, document).second) bytes_ += text.size();
  return document;
}

data::Value RenderCache::document(const std::string& text) {
  return once(documents_, text, [&] { return data::parse_yaml(text); });
}

data::Value RenderCache::values(const std::string& text) {
  return once(values_, text, [&] { return as_json_numbers(data::parse_yaml(text)); });
}

}  // namespace jibe::helm
