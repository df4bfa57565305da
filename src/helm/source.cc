#include "helm/source.h"

#include <fmt/core.h>

#include <filesystem>

#include "base/coroutine.h"
#include "base/error.h"
#include "base/files.h"
#include "base/strings.h"
#include "data/json.h"
#include "helm/oci_manifest.h"
#include "helm/repositories_file.h"
#include "helm/repository_index.h"
#include "http/url.h"
#include "pki/digest.h"

namespace jibe::helm {

namespace {

namespace fs = std::filesystem;
using data::go_quote;

constexpr size_t kMaxIndexBytes = size_t{256} << 20;
constexpr size_t kMaxChartBytes = size_t{100} << 20;

net::TlsClientOptions tls_options(const SourceOptions& options) {
  net::TlsClientOptions out;
  out.insecure = options.insecure;
  if (!options.ca_file.empty()) out.ca_pem = base::read_file(options.ca_file);
  if (!options.cert_file.empty() && !options.key_file.empty()) {
    out.cert_pem = base::read_file(options.cert_file);
    out.key_pem = base::read_file(options.key_file);
  }
  return out;
}

http::ClientFactory clients(const SourceWorld& world, const SourceOptions& options) {
  auto tls = tls_options(options);
  return world.clients ? world.clients(tls) : http::network_clients(world.runtime, tls);
}

// What goes with a request to a repository: credentials only where it is the repository's own
// server, as helm's HTTP getter has it.
http::FetchRequest request_for(const std::string& url, const SourceOptions& options) {
  http::FetchRequest out;
  out.url = url;
  out.max_bytes = kMaxChartBytes;
  out.pass_credentials = options.pass_credentials;
  bool known = !options.username.empty() && !options.password.empty();
  bool own = options.repository.empty() || http::origin_of(http::parse_url(url)) ==
                                               http::origin_of(http::parse_url(options.repository));
  if (known && (own || options.pass_credentials))
    out.authorization = http::basic_authorization(options.username, options.password);
  return out;
}

std::string failed(const std::string& url, const http::Fetched& fetched) {
  std::string out = fmt::format("failed to fetch {} : {} {}", url, fetched.status,
                                http::reason_phrase(fetched.status));
  if (fetched.url != url) out += fmt::format(" (at {})", fetched.url);
  return out;
}

RegistryOptions registry_options(const SourceWorld& world, const SourceOptions& options,
                                 const SourceFiles& files) {
  RegistryOptions out;
  out.plain_http = options.plain_http;
  out.commands = world.commands;
  if (!options.username.empty() && !options.password.empty()) {
    out.credential.username = options.username;
    out.credential.password = options.password;
  }
  for (const std::string& secret : files.pull_secrets)
    out.configs.push_back(DockerConfig::parse(secret, "the image pull secret"));
  for (const std::string& path : files.registries)
    if (fs::exists(path)) out.configs.push_back(DockerConfig::parse(base::read_file(path), path));
  return out;
}

Task<ChartBytes> from_registry(const SourceWorld& world, std::string reference, std::string version,
                               SourceOptions options, SourceFiles files) {
  auto parsed = OciReference::parse(reference);
  http::Fetcher fetcher(world.runtime, clients(world, options));
  OciClient client(fetcher, registry_options(world, options, files));
  auto resolved = co_await client.resolve(std::move(parsed), std::move(version));
  auto pulled = co_await client.pull(std::move(resolved));
  ChartBytes out;
  out.bytes = std::move(pulled.bytes);
  out.from = "oci://" + pulled.reference;
  out.digest = std::move(pulled.digest);
  out.manifest_digest = std::move(pulled.manifest_digest);
  co_return std::move(out);
}

// `digest`: as an index has it, or "".
Task<ChartBytes> from_url(const SourceWorld& world, std::string url, std::string digest,
                          SourceOptions options) {
  auto request = request_for(url, options);
  http::Fetcher fetcher(world.runtime, clients(world, options));
  auto fetched = co_await fetcher.fetch(std::move(request));
  if (fetched.status != 200) throw base::Error(failed(url, fetched));
  if (!digest.empty()) {
    base::Cut cut = base::cut(digest, ":");
    std::string wanted = "sha256:" + base::lower(cut.found ? cut.after : digest);
    check_digest(fetched.body, wanted, url);
  }
  ChartBytes out;
  out.digest = "sha256:" + pki::sha256_hex(fetched.body);
  out.bytes = std::move(fetched.body);
  out.from = std::move(url);
  co_return std::move(out);
}

Task<RepositoryIndex> fetch_index(const SourceWorld& world, SourceOptions options) {
  auto request = request_for(url_in_repository(options.repository, "index.yaml"), options);
  request.max_bytes = kMaxIndexBytes;
  http::Fetcher fetcher(world.runtime, clients(world, options));
  std::string trouble;
  try {
    auto fetched = co_await fetcher.fetch(request);
    if (fetched.status != 200) throw base::Error(failed(request.url, fetched));
    co_return RepositoryIndex::parse(fetched.body);
  } catch (const base::Cancelled&) {
    throw;
  } catch (const base::Error& error) {
    trouble = error.what();
  }
  throw base::Error(
      fmt::format("looks like {} is not a valid chart repository or cannot be reached: {}",
                  go_quote(options.repository), trouble));
}

std::string named(const std::string& chart, const std::string& version) {
  std::string out = fmt::format("chart {}", go_quote(chart));
  return version.empty() ? out : fmt::format("{} version {}", out, go_quote(version));
}

// A chart of which the index is at hand.
Task<ChartBytes> from_index(const SourceWorld& world, const RepositoryIndex& index,
                            std::string chart, SourceOptions options, SourceFiles files) {
  std::vector<std::string> warnings;
  IndexEntry entry;
  std::string trouble;
  try {
    entry = index.find(chart, options.version, warnings);
  } catch (const base::InvalidInput& error) {
    trouble = error.what();
  }
  if (!trouble.empty())
    throw ChartNotFound(fmt::format("{} not found in {} repository: {}",
                                    named(chart, options.version), options.repository, trouble));
  if (entry.urls.empty())
    throw base::InvalidInput(
        fmt::format("{} has no downloadable URLs", named(chart, options.version)));
  std::string url = url_in_repository(options.repository, entry.urls.front());
  ChartBytes out;
  if (is_oci(url)) {
    // Credentials of the repository are none of the registry's business.
    if (!options.pass_credentials) options.username.clear();
    out = co_await from_registry(world, url, "", std::move(options), std::move(files));
  } else {
    out = co_await from_url(world, std::move(url), entry.digest, std::move(options));
  }
  out.warnings = std::move(warnings);
  co_return std::move(out);
}

Task<ChartBytes> from_repository(const SourceWorld& world, std::string chart, SourceOptions options,
                                 SourceFiles files) {
  auto plain = without_credentials(options.repository);
  options.repository = plain.url;
  if (options.username.empty()) {
    options.username = plain.username;
    options.password = plain.password;
  }
  auto index = co_await fetch_index(world, options);
  auto out =
      co_await from_index(world, index, std::move(chart), std::move(options), std::move(files));
  co_return std::move(out);
}

std::vector<RepositoryEntry> known_repositories(const SourceFiles& files) {
  if (files.repositories.empty() || !fs::exists(files.repositories)) return {};
  return parse_repositories(base::read_file(files.repositories), files.repositories);
}

// What `helm repo add` was told counts; the command line's flags where it was told nothing.
void adopt(SourceOptions& options, const RepositoryEntry& entry) {
  options.repository = entry.url;
  if (!entry.username.empty() && !entry.password.empty()) {
    options.username = entry.username;
    options.password = entry.password;
    options.pass_credentials = entry.pass_credentials;
  }
  if (!entry.cert_file.empty() || !entry.key_file.empty() || !entry.ca_file.empty()) {
    options.cert_file = entry.cert_file;
    options.key_file = entry.key_file;
    options.ca_file = entry.ca_file;
  }
  options.insecure = options.insecure || entry.insecure;
}

Task<ChartBytes> from_known_repository(const SourceWorld& world, std::string reference,
                                       SourceOptions options, SourceFiles files) {
  base::Cut cut = base::cut(reference, "/");
  if (!cut.found)
    throw base::InvalidInput(
        fmt::format("there is no file or directory {}, and non-absolute URLs should be in form of "
                    "repo_name/path_to_chart",
                    reference));
  std::string chart(cut.after);
  auto entry = repository_named(known_repositories(files), std::string(cut.before));
  adopt(options, entry);
  // Helm itself looks nowhere else; `helm repo update` brings it up to date.
  std::string cached = files.repository_cache + "/" + entry.name + "-index.yaml";
  if (!fs::exists(cached)) {
    auto out =
        co_await from_repository(world, std::move(chart), std::move(options), std::move(files));
    co_return std::move(out);
  }
  auto index = RepositoryIndex::parse(base::read_file(cached));
  auto out =
      co_await from_index(world, index, std::move(chart), std::move(options), std::move(files));
  co_return std::move(out);
}

// A URL below a known repository is asked for as that repository is.
Task<ChartBytes> from_plain_url(const SourceWorld& world, std::string url, SourceOptions options,
                                SourceFiles files) {
  auto plain = without_credentials(url);
  if (options.username.empty()) {
    options.username = plain.username;
    options.password = plain.password;
  }
  for (const RepositoryEntry& entry : known_repositories(files)) {
    std::string folder = entry.url.ends_with('/') ? entry.url : entry.url + "/";
    if (!plain.url.starts_with(folder)) continue;
    adopt(options, entry);
    break;
  }
  auto out = co_await from_url(world, std::move(plain.url), "", std::move(options));
  co_return std::move(out);
}

}  // namespace

Task<ChartBytes> bring_chart(const SourceWorld& world, std::string reference, SourceOptions options,
                             SourceFiles files) {
  reference = base::trim(reference);
  options.version = base::trim(options.version);
  ChartBytes out;
  if (!options.repository.empty()) {
    out =
        co_await from_repository(world, std::move(reference), std::move(options), std::move(files));
  } else if (std::error_code ignored; fs::exists(reference, ignored)) {
    out.path = reference;
  } else if (reference.starts_with('/') || reference.starts_with('.')) {
    throw base::InvalidInput(fmt::format("path {} not found", go_quote(reference)));
  } else if (is_oci(reference)) {
    std::string version = options.version;
    out = co_await from_registry(world, std::move(reference), std::move(version),
                                 std::move(options), std::move(files));
  } else if (base::contains(reference, "://")) {
    out =
        co_await from_plain_url(world, std::move(reference), std::move(options), std::move(files));
  } else {
    out = co_await from_known_repository(world, std::move(reference), std::move(options),
                                         std::move(files));
  }
  co_return std::move(out);
}

ChartPtr load_chart(const ChartBytes& chart) {
  if (!chart.path.empty()) return load_chart(chart.path);
  return load_chart_archive(chart.bytes);
}

}  // namespace jibe::helm
