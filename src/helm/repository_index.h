// index.yaml of a Helm repository and which chart a version leads to, as pkg/repo/v1 of helm 4.2.3
// has it. No I/O.
#pragma once
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "helm/chart.h"

namespace jibe::helm {

struct IndexEntry {
  std::string name;
  std::string version;
  std::vector<std::string> urls;  // absolute, or relative to the repository
  std::string digest;             // hexadecimal SHA-256, perhaps after "sha256:"; "" without
};

class RepositoryIndex {
 public:
  // JSON or YAML. Throws ChartError.
  static RepositoryIndex parse(std::string_view text);

  // The entry with that very version, else the newest in that range; "" is the newest release. What
  // Helm warns of goes to `warnings`. Throws ChartError.
  IndexEntry find(const std::string& name, const std::string& version,
                  std::vector<std::string>& warnings) const;

 private:
  data::Value entries_;
};

// The URL of a chart, or of index.yaml, in the repository at `repository`; the query of the latter
// is kept (repo.ResolveReferenceURL). Throws base::InvalidInput.
std::string url_in_repository(const std::string& repository, const std::string& reference);

}  // namespace jibe::helm
