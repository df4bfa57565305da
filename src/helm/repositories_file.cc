#include "helm/repositories_file.h"

#include <fmt/core.h>

#include "base/error.h"
#include "base/strings.h"
#include "data/yaml.h"
#include "http/url.h"

namespace jibe::helm {

std::vector<RepositoryEntry> parse_repositories(std::string_view yaml, const std::string& source) {
  data::Value document = data::parse_yaml(yaml, source);
  std::vector<RepositoryEntry> out;
  for (const data::Value& item : document["repositories"].items()) {
    RepositoryEntry entry;
    entry.name = item["name"].text();
    entry.url = item["url"].text();
    entry.username = item["username"].text();
    entry.password = item["password"].text();
    entry.cert_file = item["certFile"].text();
    entry.key_file = item["keyFile"].text();
    entry.ca_file = item["caFile"].text();
    entry.insecure = item["insecure_skip_tls_verify"].bool_or(false);
    entry.pass_credentials = item["pass_credentials_all"].bool_or(false);
    out.push_back(std::move(entry));
  }
  return out;
}

RepositoryEntry repository_named(const std::vector<RepositoryEntry>& entries,
                                 const std::string& name) {
  std::vector<std::string> known;
  for (const RepositoryEntry& entry : entries) {
    known.push_back(entry.name);
    if (entry.name != name) continue;
    if (entry.url.empty())
      throw base::InvalidInput(fmt::format("no URL found for repository {}", name));
    return entry;
  }
  throw base::InvalidInput(fmt::format(
      "repo {} not found; {}", name,
      known.empty()
          ? "helm knows no repositories: add it with `helm repo add`, or name it by --repo"
          : "helm knows " + base::join(known, ", ")));
}

UrlWithCredentials without_credentials(const std::string& url) {
  UrlWithCredentials out;
  base::Cut cut = base::cut(url, "://");
  size_t end = cut.found ? cut.after.find_first_of("/?#") : 0;
  std::string_view authority = cut.after.substr(0, end);
  size_t at = authority.rfind('@');
  if (!cut.found || at == std::string_view::npos) {
    out.url = url;
    return out;
  }
  base::Cut user = base::cut(authority.substr(0, at), ":");
  out.username = http::percent_decode(user.before);
  out.password = http::percent_decode(user.after);
  out.url = fmt::format("{}://{}", cut.before, cut.after.substr(at + 1));
  return out;
}

}  // namespace jibe::helm
