// Rendering a chart: what `helm template` and `helm install` do up to the point where a cluster is
// asked (helm 4.2.3: pkg/action/install.go, pkg/engine).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "data/value.h"
#include "helm/capabilities.h"
#include "helm/chart.h"
#include "helm/manifest.h"

namespace jibe::helm {

struct Release {
  std::string name = "release-name";
  std::string release_namespace = "default";
  int revision = 1;
  bool is_upgrade = false;
};

// The template function `lookup`: an object, a list where `name` is empty, or an empty map.
class Lookup {
 public:
  virtual ~Lookup() = default;
  virtual data::Value lookup(const std::string& api_version, const std::string& kind,
                             const std::string& object_namespace, const std::string& name) = 0;
};

struct RenderOptions {
  Release release;
  Capabilities capabilities;
  // A reference to a missing value is an error.
  bool strict = false;
  // `required` and `fail` do not fail.
  bool lint = false;
  bool skip_schema_validation = false;
  // NOTES.txt of subcharts, too.
  bool sub_notes = false;
  // Null: every lookup finds nothing. Not owned.
  Lookup* lookup = nullptr;
};

// What a template gave is no YAML.
class UnreadableManifest : public ChartError {
 public:
  UnreadableManifest(const std::string& sentence, std::string rendered)
      : ChartError(sentence), rendered_(std::move(rendered)) {}
  // All that was rendered, for who wants to find the mistake.
  const std::string& rendered() const { return rendered_; }

 private:
  std::string rendered_;
};

struct CrdFile {
  // "chart/crds/x.yaml".
  std::string source;
  std::string text;
};

struct RenderResult {
  std::vector<Manifest> manifests;
  std::vector<Hook> hooks;
  std::vector<CrdFile> crds;
  std::string notes;
  // What Helm would print to stderr while doing the same.
  std::vector<std::string> warnings;
};

// `user_values` is a map or null (see merge_user_values). Templates draw randomness and time from
// the two sources given. Throws ChartError with Helm's text.
RenderResult render(const Chart& chart, const data::Value& user_values,
                    const RenderOptions& options, base::Random& random, base::Clock& clock);

struct TextOptions {
  bool include_crds = false;
  bool skip_tests = false;
  bool no_hooks = false;
  // Patterns of Go's filepath.Match on what follows "chart/", or empty for everything.
  std::vector<std::string> show_only;
};

// Exactly what `helm template` prints. Throws ChartError where show_only names nothing.
std::string template_text(const RenderResult& result, const TextOptions& options = {});

// Helm's rule for release names (at most 53 characters); throws ChartError.
void validate_release_name(std::string_view name);

}  // namespace jibe::helm
