#include "helm/ignore.h"

#include "base/strings.h"
#include "helm/chart.h"
#include "helm/glob.h"
#include "tmpl/unicode.h"

namespace jibe::helm {

IgnoreRules::IgnoreRules() {
  add("templates/.?*");
}

IgnoreRules::IgnoreRules(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::string_view line : base::split(text, '\n')) add(line);
  add("templates/.?*");
}

void IgnoreRules::add(std::string_view line) {
  line = tmpl::trim_space(line);
  if (line.empty() || line.starts_with('#')) return;
  if (line.find("**") != std::string_view::npos) {
    throw ChartError("double-star (**) syntax is not supported");
  }
  if (match_path(line, "abc") == PathMatch::kBadPattern) {
    throw ChartError("syntax error in pattern");
  }
  Rule rule;
  if (line.starts_with('!')) {
    rule.negated = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    rule.only_directories = true;
    line.remove_suffix(1);
  }
  if (line.starts_with('/')) {
    line.remove_prefix(1);
  } else {
    rule.name_only = line.find('/') == std::string_view::npos;
  }
  rule.pattern = line;
  rules_.push_back(std::move(rule));
}

bool IgnoreRules::ignores(std::string_view path, bool is_directory) const {
  if (path.empty() || path == "." || path == "./") return false;
  std::string_view name = path.substr(path.rfind('/') + 1);
  for (const Rule& rule : rules_) {
    bool matches = match_path(rule.pattern, rule.name_only ? name : path) == PathMatch::kYes;
    if (rule.negated) {
      if ((rule.only_directories && !is_directory) || !matches) return true;
    } else if (matches && (is_directory || !rule.only_directories)) {
      return true;
    }
  }
  return false;
}

}  // namespace jibe::helm
