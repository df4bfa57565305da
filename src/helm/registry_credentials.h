// Who one is at an OCI registry: config.json of Docker and Helm, image pull secrets of type
// kubernetes.io/dockerconfigjson, which have the same form, and Docker's credential helpers
// (docker-credential-NAME), as oras-go 2.6 and kubelet read them.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.h"
#include "rt/command.h"

namespace jibe::helm {

struct RegistryCredential {
  std::string username;
  std::string password;
  std::string refresh_token;  // exchanged for an access token (OAuth 2)
  std::string access_token;   // sent as it is
  bool empty() const;
};

class DockerConfig {
 public:
  // `source` (a file, a Secret) begins the sentences of errors. Throws base::InvalidInput, never
  // with a secret in its words.
  static DockerConfig parse(std::string_view json, std::string source);

  // What "auths" says of the repository "ghcr.io/org/chart". Keys may be hosts, URLs as Docker
  // wrote them ("https://index.docker.io/v1/"), and hosts with a path, of which the longest wins;
  // a host's labels may be globs, as kubelet has it.
  std::optional<RegistryCredential> find(const std::string& repository) const;
  // NAME of the helper for a registry (credHelpers, else credsStore); "" without.
  std::string helper(const std::string& registry) const;
  const std::string& source() const { return source_; }

 private:
  std::string source_;
  std::map<std::string, RegistryCredential> auths_;
  std::map<std::string, std::string> helpers_;
  std::string store_;
};

// What a registry is called where credentials are kept: Docker Hub has a name of its own.
std::string credential_address(const std::string& registry);

// The first credential that the configurations, in their order, or the helpers that they name, have
// for a repository; none is no error. `commands` may be null where nothing may be run. Throws
// base::Error where a helper fails.
Task<RegistryCredential> find_credential(std::vector<DockerConfig> configs, std::string registry,
                                         std::string repository, rt::CommandRunner* commands);

}  // namespace jibe::helm
