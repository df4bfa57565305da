// .helmignore: which files of a chart directory are not part of the chart (pkg/ignore 4.2.3).
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace jibe::helm {

class IgnoreRules {
 public:
  // Always ignores dot files in templates/.
  IgnoreRules();
  // Throws ChartError for `**` and for patterns that do not parse.
  explicit IgnoreRules(std::string_view text);

  // `path` is relative to the chart's directory. A negated rule ends the evaluation for every path
  // that it does not match, which is Helm's reading of it and not git's.
  bool ignores(std::string_view path, bool is_directory) const;

 private:
  struct Rule {
    std::string pattern;
    bool negated = false;
    bool only_directories = false;
    bool name_only = false;
  };
  void add(std::string_view line);

  std::vector<Rule> rules_;
};

}  // namespace jibe::helm
