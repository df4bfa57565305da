// A Helm chart in memory, as `helm` 4.2.3 loads it (pkg/chart/v2): metadata, default values,
// templates, other files and subcharts.
//
// A Chart never changes after loading and is shared by pointer: one copy serves every cluster that
// installs it. What a release changes (aliases, disabled dependencies, imported values) lives in a
// ResolvedChart (dependencies.h).
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "data/value.h"

namespace jibe::helm {

// A chart cannot be loaded, or its rendering failed: the text is Helm's own where Helm has one.
class ChartError : public base::InvalidInput {
 public:
  using InvalidInput::InvalidInput;
};

// `name` is relative to the chart's directory, with forward slashes.
struct File {
  std::string name;
  std::string data;
};

struct Maintainer {
  std::string name;
  std::string email;
  std::string url;
};

struct Dependency {
  std::string name;
  std::string version;
  std::string repository;
  std::string condition;
  std::vector<std::string> tags;
  // A string, or a map of `child` and `parent`, per item.
  std::vector<data::Value> import_values;
  std::string alias;
  bool enabled = false;
};

struct Metadata {
  std::string name;
  std::string home;
  std::vector<std::string> sources;
  std::string version;
  std::string description;
  std::vector<std::string> keywords;
  std::vector<Maintainer> maintainers;
  std::string icon;
  std::string api_version;
  std::string condition;
  std::string tags;
  std::string app_version;
  bool deprecated = false;
  // A map of strings.
  data::Value annotations;
  std::string kube_version;
  // Whether the chart lists dependencies at all, even none: an empty list is not no list.
  bool lists_dependencies = false;
  std::vector<Dependency> dependencies;
  std::string type;

  bool is_library() const;
};

// Reads Chart.yaml (or requirements.yaml, which only adds dependencies) over `metadata`.
// Scalars become strings where the field is one, as sigs.k8s.io/yaml does.
void read_metadata(const data::Value& document, Metadata& metadata);
// Helm's rules for metadata; also replaces blanks and drops unprintable characters.
// Throws ChartError("validation: …").
void validate(Metadata& metadata);

class RenderCache;
struct Chart;
using ChartPtr = std::shared_ptr<const Chart>;

struct Chart {
  Metadata metadata;
  // values.yaml: a map; numbers are doubles, as Go's JSON decoder leaves them.
  data::Value values;
  std::optional<std::string> schema;
  std::vector<File> templates;
  // Everything that has no other place, crds/ included.
  std::vector<File> files;
  // Chart.lock or requirements.lock; null without one.
  data::Value lock;
  std::vector<ChartPtr> dependencies;
  // What `helm` would print while loading.
  std::vector<std::string> warnings;
  // Not part of what the chart is: makes rendering it again cheaper. Null: nothing is kept.
  std::shared_ptr<RenderCache> cache;

  const std::string& name() const { return metadata.name; }
};

// A directory with a Chart.yaml, or a .tgz. Throws ChartError.
ChartPtr load_chart(const std::string& path);
ChartPtr load_chart_directory(const std::string& path);
// The bytes of a .tgz.
ChartPtr load_chart_archive(std::string_view bytes);
// Files named relative to the chart's directory.
ChartPtr load_chart_files(std::vector<File> files);

}  // namespace jibe::helm
