// Helm's repositories.yaml: the repositories that `helm repo add` wrote. No I/O.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace jibe::helm {

struct RepositoryEntry {
  std::string name;
  std::string url;
  std::string username;
  std::string password;
  std::string cert_file;
  std::string key_file;
  std::string ca_file;
  bool insecure = false;
  bool pass_credentials = false;
};

// Throws base::InvalidInput with `source` at the sentence's beginning.
std::vector<RepositoryEntry> parse_repositories(std::string_view yaml, const std::string& source);

// The entry of that name. Throws base::InvalidInput("repo … not found").
RepositoryEntry repository_named(const std::vector<RepositoryEntry>& entries,
                                 const std::string& name);

// "user:secret@" taken out of an HTTP URL, as Go's client takes it.
struct UrlWithCredentials {
  std::string url;
  std::string username;
  std::string password;
};
UrlWithCredentials without_credentials(const std::string& url);

}  // namespace jibe::helm
