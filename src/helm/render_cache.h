// What rendering a chart once more would work out once more: its templates, parsed, its schemas,
// and the objects in its output, most of which are the same every time (CRDs, above all).
//
// Belongs to a Chart and lives as long. May be used by several threads at once.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "data/value.h"
#include "helm/json_schema.h"
#include "tmpl/template.h"

namespace jibe::helm {

class RenderCache {
 public:
  // Throws tmpl::ParseError.
  std::shared_ptr<const tmpl::ParsedSource> parsed(
      const std::string& name, const std::string& text,
      const std::shared_ptr<const tmpl::FunctionTable>& functions);
  // Throws ChartError, or base::InvalidInput where the text is no JSON.
  std::shared_ptr<const JsonSchema> schema(const std::string& text);
  // data::parse_yaml(text). Throws base::InvalidInput.
  data::Value document(const std::string& text);
  // The same with numbers as templates know them: as_json_numbers().
  data::Value values(const std::string& text);

 private:
  using Documents = std::unordered_map<std::string, data::Value>;
  struct Parsed {
    std::string text;
    std::shared_ptr<const tmpl::ParsedSource> source;
  };

  template <class Parse>
  data::Value once(Documents& known, const std::string& text, Parse parse);

  std::mutex mutex_;
  // By name. Two charts may take turns under one name (aliases with conditions).
  std::map<std::string, Parsed, std::less<>> templates_;
  std::unordered_map<std::string, std::shared_ptr<const JsonSchema>> schemas_;
  Documents documents_;
  Documents values_;
  // Of the texts in both.
  size_t bytes_ = 0;
};

}  // namespace jibe::helm
