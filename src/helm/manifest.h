// What rendering gives: manifests in the order in which they are installed, and hooks
// (pkg/release/v1/util of helm 4.2.3).
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace jibe::helm {

class RenderCache;

// One YAML document of one template.
struct Manifest {
  // "chart/templates/x.yaml".
  std::string source;
  std::string text;
  std::string api_version;
  std::string kind;
  std::string name;
  // The text, parsed; null for a document of comments.
  data::Value object;

  const data::Value& document() const { return object; }
};

struct Hook {
  Manifest manifest;
  // pre-install, post-install, …, test.
  std::vector<std::string> events;
  int weight = 0;
  std::vector<std::string> delete_policies;
  std::vector<std::string> output_log_policies;

  bool is_test() const;
};

struct SortedManifests {
  std::vector<Manifest> manifests;
  std::vector<Hook> hooks;
  // Hooks of unknown kind are left out, with a warning here.
  std::vector<std::string> warnings;
};

// Splits rendered files (source → text) into documents, takes the hooks out, and orders both by
// kind: known kinds in install order, then unknown ones by name of the kind; equal kinds stay in
// order of file name and position. Throws ChartError("YAML parse error on …"). Parsed documents are
// taken from the cache, where one is given, and left there.
SortedManifests sort_manifests(const std::map<std::string, std::string>& files,
                               RenderCache* cache = nullptr);

// Documents of one text, at every line that starts with "---", whatever follows on it.
std::vector<std::string> split_documents(std::string_view text);

// Kinds in the order in which Helm installs and uninstalls them.
const std::vector<std::string_view>& install_order();
const std::vector<std::string_view>& uninstall_order();

}  // namespace jibe::helm
