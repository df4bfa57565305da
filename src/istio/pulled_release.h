// A release that was pulled: `<store>/<version>/{charts,profiles}` as a ChartStore reads it, pinned
// by `<store>/<version>.lock.json`. It comes from Istio's Helm charts or, whole, from the archive
// that Istio publishes (istio-<version>-linux-amd64.tar.gz).
//
// Helm repositories hold neither the operator's profiles nor the charts of its gateways
// (gateways/istio-ingress, istio-egress). Profiles are written here instead: `default` (base and
// istiod), `minimal`, `empty`, and `ambient` from 1.24 on; they say no more than the few values by
// which Istio's own differ from its charts' defaults. Ingress and egress gateways of an
// IstioOperator need the archive.
#pragma once
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "helm/chart.h"
#include "istio/versions.h"

namespace jibe::istio {

// A chart as the repository names it, and its folder in a release.
struct OfficialChart {
  const char* name;
  const char* folder;
  bool required;  // nothing can be installed without it
};
std::span<const OfficialChart> official_charts();

struct PinnedChart {
  std::string name;
  std::string folder;  // in the release; "." is all of it
  std::string from;    // a URL or an OCI reference
  std::string digest;  // of the archive: "sha256:…"
  std::string files;   // of what was unpacked: files_digest()
};
struct ReleaseLock {
  Version version;
  std::vector<PinnedChart> charts;

  // JSON. Throws base::InvalidInput with `source` in the sentence.
  static ReleaseLock parse(std::string_view text, const std::string& source);
  std::string text() const;
  const PinnedChart* find(const std::string& name) const;
};

// SHA-256 of the lines that `sha256sum` prints for the files in byte order of their names.
std::string files_digest(const std::map<std::string, std::string>& files);
std::map<std::string, std::string> by_name(std::vector<helm::File> files);

// manifests/ of Istio's archive: "charts/base/Chart.yaml" → bytes. Throws helm::ChartError.
std::map<std::string, std::string> read_release_archive(std::string_view bytes);
// The version of the chart base among these files. Throws base::InvalidInput.
Version version_of_release(const std::map<std::string, std::string>& files);

class PulledRelease {
 public:
  PulledRelease(std::filesystem::path store, const Version& version);

  const std::filesystem::path& directory() const { return directory_; }
  const std::filesystem::path& lock_file() const { return lock_file_; }
  bool exists() const;
  // What the lock file pins; nothing where there is none. Throws base::InvalidInput.
  ReleaseLock lock() const;
  // The charts that are not what the lock pins, by name.
  std::vector<std::string> changed_charts(const ReleaseLock& lock) const;
  // Puts everything in place at once: until the last step, and where one fails, nothing but the
  // lock file is to be seen. `scratch` is a name that nobody else uses. Throws base::Error.
  void write(const ReleaseLock& lock,
             const std::map<std::string, std::map<std::string, std::string>>& files_by_folder,
             const std::string& scratch) const;

 private:
  std::filesystem::path store_;
  std::filesystem::path directory_;
  std::filesystem::path lock_file_;
};

}  // namespace jibe::istio
