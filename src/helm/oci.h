// Charts in OCI registries: the pull side of the distribution specification, for charts as Helm
// pushes them (pkg/registry of helm 4.2.3).
//
// Nothing that a registry says is believed: manifests and blobs are checked against their digests
// and sizes, and credentials go to the registry and to the token service that it names, never to
// where it redirects.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "helm/auth_challenge.h"
#include "helm/oci_manifest.h"
#include "helm/oci_reference.h"
#include "helm/registry_credentials.h"
#include "http/fetch.h"
#include "rt/command.h"

namespace jibe::helm {

// The server answered, and has no such chart.
class ChartNotFound : public base::InvalidInput {
 public:
  using InvalidInput::InvalidInput;
};

struct RegistryOptions {
  // Speaks HTTP instead of HTTPS, whatever the host (helm's --plain-http).
  bool plain_http = false;
  // Where it is not empty, nothing else is looked up.
  RegistryCredential credential;
  // Asked in this order.
  std::vector<DockerConfig> configs;
  // Runs credential helpers; may be null. Must outlive the client.
  rt::CommandRunner* commands = nullptr;
};

struct PulledChart {
  std::string bytes;            // the .tgz
  std::string digest;           // of the bytes: "sha256:…"
  std::string manifest_digest;  // of the manifest: what a reference pins
  std::string reference;        // "ghcr.io/org/chart:1.2.3"
};

// One after the other, not at the same time. `fetcher` must outlive it.
class OciClient {
 public:
  OciClient(http::Fetcher& fetcher, RegistryOptions options);

  // Every tag of a repository; throws for more than 100,000.
  Task<std::vector<std::string>> tags(OciReference repository);
  // What a reference and a version (a tag, or a range; "" for the newest release) mean together:
  // with a tag or a digest. Throws where both name one and they differ.
  Task<OciReference> resolve(OciReference reference, std::string version);
  // The chart at a tag or digest.
  Task<PulledChart> pull(OciReference reference);

 private:
  struct Manifest {
    std::string text;
    std::string digest;
  };
  Task<http::Fetched> get(const OciReference& about, std::string path, std::string accept,
                          size_t max_bytes);
  Task<std::string> authorize(const OciReference& about, AuthChallenge challenge);
  Task<std::string> fetch_token(AuthChallenge challenge, std::string scope,
                                RegistryCredential credential);
  Task<Manifest> manifest(const OciReference& about, std::string tag_or_digest);
  Task<std::string> blob(const OciReference& about, BlobDescriptor layer);
  Task<void> check_tag(const OciReference& reference, std::string tag);
  std::string base_url(const OciReference& about) const;

  http::Fetcher& fetcher_;
  RegistryOptions options_;
  // The Authorization header that a repository accepted last.
  std::map<std::string, std::string> authorizations_;
};

}  // namespace jibe::helm
