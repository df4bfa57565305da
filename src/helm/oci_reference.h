// References to charts in OCI registries ("oci://ghcr.io/org/chart:1.2.3@sha256:…") and which tag
// a version leads to, as pkg/registry of helm 4.2.3 and oras-go 2.6 have it. No I/O.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace jibe::helm {

bool is_oci(std::string_view reference);

struct OciReference {
  std::string registry;    // "ghcr.io", "127.0.0.1:5000"
  std::string repository;  // "org/chart"
  std::string tag;         // as the registry has it, with '_' for '+'; "" without
  std::string digest;      // "sha256:…"; "" without

  // Throws base::InvalidInput. The scheme may be absent.
  static OciReference parse(std::string_view text);
  // "ghcr.io/org/chart".
  std::string name() const { return registry + "/" + repository; }
  // What is pulled: name@digest, or name:tag where there is no digest.
  std::string text() const;
  // Where the registry is asked: Docker Hub's is another host than its name.
  std::string host() const { return registry == "docker.io" ? "registry-1.docker.io" : registry; }
};

// Tags cannot hold '+', which versions can: Helm writes '_' (helm/helm#10166).
std::string tag_of_version(std::string_view version);

// Of all tags the versions, newest first; what is no complete version is left out.
std::vector<std::string> versions_of_tags(const std::vector<std::string>& tags);
// The first of `versions` that is `wanted` or lies in that range; "" is the newest release.
// Throws base::InvalidInput where none does.
std::string choose_version(const std::vector<std::string>& versions, const std::string& wanted);

}  // namespace jibe::helm
