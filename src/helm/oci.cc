#include "helm/oci.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/coroutine.h"
#include "base/error.h"
#include "base/strings.h"
#include "data/json.h"
#include "helm/semver.h"
#include "http/url.h"
#include "pki/digest.h"

namespace jibe::helm {

namespace {

constexpr size_t kMaxManifestBytes = size_t{4} << 20;
constexpr size_t kMaxTagPageBytes = size_t{4} << 20;
constexpr size_t kMaxTokenBytes = size_t{128} << 10;
constexpr size_t kMaxTags = 100'000;
// A packed chart cannot sensibly be larger than Helm lets it become when it is unpacked.
constexpr size_t kMaxChartBytes = size_t{100} << 20;

std::string origin(const std::string& url) {
  return http::origin_of(http::parse_url(url));
}

}  // namespace

OciClient::OciClient(http::Fetcher& fetcher, RegistryOptions options)
    : fetcher_(fetcher), options_(std::move(options)) {}

std::string OciClient::base_url(const OciReference& about) const {
  return fmt::format("{}://{}/v2/{}", options_.plain_http ? "http" : "https", about.host(),
                     about.repository);
}

// Asks without credentials first, as every registry may be public; the answer says what it wants.
Task<http::Fetched> OciClient::get(const OciReference& about, std::string path, std::string accept,
                                   size_t max_bytes) {
  http::FetchRequest request;
  request.url = http::resolve_url(base_url(about) + "/", path);
  if (!accept.empty()) request.headers.set("Accept", accept);
  request.max_bytes = max_bytes;
  request.authorization = authorizations_[about.name()];
  auto fetched = co_await fetcher_.fetch(request);
  bool from_registry = origin(fetched.url) == origin(request.url);
  if (fetched.status != 401 || !from_registry) co_return std::move(fetched);
  std::vector<AuthChallenge> challenges;
  for (const auto& [name, value] : fetched.headers.fields()) {
    if (!base::equal_ignoring_case(name, "WWW-Authenticate")) continue;
    for (auto& challenge : parse_challenges(value)) challenges.push_back(std::move(challenge));
  }
  auto challenge = choose_challenge(challenges);
  if (challenge.scheme == AuthChallenge::Scheme::kUnknown) co_return std::move(fetched);
  request.authorization = co_await authorize(about, std::move(challenge));
  // Nothing more can be offered than was.
  if (request.authorization.empty()) co_return std::move(fetched);
  fetched = co_await fetcher_.fetch(request);
  if (fetched.status != 401) authorizations_[about.name()] = request.authorization;
  co_return std::move(fetched);
}

Task<std::string> OciClient::authorize(const OciReference& about, AuthChallenge challenge) {
  RegistryCredential credential = options_.credential;
  if (credential.empty()) {
    credential = co_await find_credential(options_.configs, about.registry, about.repository,
                                          options_.commands);
  }
  if (challenge.scheme == AuthChallenge::Scheme::kBasic) {
    if (credential.username.empty() || credential.password.empty()) co_return "";
    co_return http::basic_authorization(credential.username, credential.password);
  }
  if (!credential.access_token.empty()) co_return "Bearer " + credential.access_token;
  std::string scope = fmt::format("repository:{}:pull", about.repository);
  std::string token =
      co_await fetch_token(std::move(challenge), std::move(scope), std::move(credential));
  co_return "Bearer " + token;
}

// The distribution specification's way, or OAuth 2 where all there is is a refresh token.
Task<std::string> OciClient::fetch_token(AuthChallenge challenge, std::string scope,
                                         RegistryCredential credential) {
  const std::string& realm = challenge.parameter("realm");
  if (!options_.plain_http && realm.starts_with("http://") && !credential.empty())
    throw base::Error(fmt::format(
        "the registry wants credentials to be sent to {}, which is not encrypted", realm));
  http::FetchRequest request;
  request.max_bytes = kMaxTokenBytes;
  request.deadline = std::chrono::minutes(1);
  if (credential.refresh_token.empty()) {
    request.url = token_url(challenge, scope);
    if (!credential.empty())
      request.authorization = http::basic_authorization(credential.username, credential.password);
  } else {
    request.url = realm;
    request.method = "POST";
    request.headers.set("Content-Type", "application/x-www-form-urlencoded");
    http::Query form;
    form.add("grant_type", "refresh_token");
    form.add("refresh_token", credential.refresh_token);
    form.add("service", challenge.parameter("service"));
    form.add("client_id", "jibe");
    form.add("scope", scope);
    request.body = form.str();
  }
  auto fetched = co_await fetcher_.fetch(request);
  std::string where = request.url.substr(0, request.url.find('?'));
  if (fetched.status != 200)
    throw base::Error(fmt::format("the token service {} refused: {}{}", where,
                                  registry_mistake(fetched.status, fetched.body),
                                  credential.empty() ? "; no credentials were given" : ""));
  std::string trouble;
  try {
    co_return token_of_answer(fetched.body);
  } catch (const base::Error& error) {
    trouble = error.what();
  }
  throw base::Error(fmt::format("the token service {} is of no use: {}", where, trouble));
}

namespace {

[[noreturn]] void refused(const OciReference& about, const std::string& what,
                          const http::Fetched& fetched) {
  std::string reason = registry_mistake(fetched.status, fetched.body);
  if (fetched.status == 404)
    throw ChartNotFound(fmt::format("{}: {} not found: {}", about.text(), what, reason));
  std::string advice;
  if (fetched.status == 401 || fetched.status == 403)
    advice =
        "; log in with `helm registry login` or `docker login`, or give --username and --password";
  throw base::Error(fmt::format("{}: {} cannot be read: {}{}", about.text(), what, reason, advice));
}

std::vector<std::string> read_tags(const std::string& body, const std::string& about) {
  try {
    data::Value document = data::parse_json(body);
    std::vector<std::string> out;
    for (const data::Value& tag : document["tags"].items()) out.push_back(tag.text());
    return out;
  } catch (const base::InvalidInput& error) {
    throw base::Error(fmt::format("{}: the list of tags is no JSON: {}", about, error.what()));
  }
}

}  // namespace

Task<std::vector<std::string>> OciClient::tags(OciReference repository) {
  std::vector<std::string> out;
  std::string path = "tags/list";
  while (!path.empty()) {
    auto fetched = co_await get(repository, path, "", kMaxTagPageBytes);
    if (fetched.status != 200) refused(repository, "the list of tags", fetched);
    size_t before = out.size();
    for (auto& tag : read_tags(fetched.body, repository.name())) out.push_back(std::move(tag));
    if (out.size() > kMaxTags)
      throw base::Error(fmt::format("{} has more than {} tags", repository.name(), kMaxTags));
    std::string next = next_link(fetched.headers.get("Link"));
    // A registry that leads in circles would otherwise never end.
    if (next.empty() || out.size() == before) break;
    path = http::resolve_url(fetched.url, next);
    if (origin(path) != origin(base_url(repository)))
      throw base::Error(
          fmt::format("{}: the list of tags goes on at another host: {}", repository.name(), path));
  }
  co_return std::move(out);
}

Task<OciReference> OciClient::resolve(OciReference reference, std::string version) {
  std::string tag = tag_of_version(version);
  if (!reference.tag.empty() && !version.empty() && reference.tag != tag)
    throw base::InvalidInput(
        fmt::format("chart reference and version mismatch: {} is not {}", version, reference.tag));
  if (!reference.digest.empty()) {
    if (tag.empty()) tag = reference.tag;
    if (!tag.empty()) co_await check_tag(reference, tag);
    co_return std::move(reference);
  }
  if (reference.tag.empty() && !version.empty() && is_version(version)) reference.tag = tag;
  if (!reference.tag.empty() && is_version(base::replace_all(reference.tag, "_", "+")))
    co_return std::move(reference);
  if (version.empty()) version = base::replace_all(reference.tag, "_", "+");
  auto all = co_await tags(reference);
  // Helm knows no other tags than versions; a tag that was named and is there is meant, though.
  bool named =
      !reference.tag.empty() && std::find(all.begin(), all.end(), reference.tag) != all.end();
  if (named) co_return std::move(reference);
  auto versions = versions_of_tags(all);
  if (versions.empty())
    throw base::InvalidInput(fmt::format(
        "unable to locate any tags in provided repository: oci://{}", reference.name()));
  reference.tag = tag_of_version(choose_version(versions, version));
  co_return std::move(reference);
}

// A tag beside a digest must be that digest's, but need not exist.
Task<void> OciClient::check_tag(const OciReference& reference, std::string tag) {
  auto fetched = co_await get(reference, "manifests/" + tag, kManifestTypes, kMaxManifestBytes);
  if (fetched.status != 200) co_return;
  std::string tagged = reference.name() + ":" + tag;
  check_digest(fetched.body, reference.digest, "chart reference digest mismatch: " + tagged);
}

Task<OciClient::Manifest> OciClient::manifest(const OciReference& about,
                                              std::string tag_or_digest) {
  auto fetched =
      co_await get(about, "manifests/" + tag_or_digest, kManifestTypes, kMaxManifestBytes);
  if (fetched.status != 200) refused(about, "the chart", fetched);
  bool pinned = tag_or_digest.starts_with("sha256:");
  std::string announced = fetched.headers.get("Docker-Content-Digest");
  if (!pinned && announced.starts_with("sha256:")) tag_or_digest = announced;
  if (tag_or_digest.starts_with("sha256:"))
    check_digest(fetched.body, tag_or_digest, "the manifest of " + about.text());
  Manifest out;
  out.digest = "sha256:" + pki::sha256_hex(fetched.body);
  out.text = std::move(fetched.body);
  co_return std::move(out);
}

Task<PulledChart> OciClient::pull(OciReference reference) {
  auto top =
      co_await manifest(reference, reference.digest.empty() ? reference.tag : reference.digest);
  PulledChart out;
  out.reference = reference.text();
  out.manifest_digest = top.digest;
  auto parsed = parse_manifest(top.text);
  auto candidates = std::move(parsed.manifests);
  for (const BlobDescriptor& item : candidates) {
    auto inner = co_await manifest(reference, item.digest);
    parsed = parse_manifest(inner.text);
    if (parsed.is_chart) break;
  }
  if (!parsed.is_chart)
    throw base::Error(
        fmt::format("{} is no chart: could not load config with mediatype "
                    "application/vnd.cncf.helm.config.v1+json",
                    reference.text()));
  out.digest = parsed.layer.digest;
  out.bytes = co_await blob(reference, std::move(parsed.layer));
  co_return std::move(out);
}

Task<std::string> OciClient::blob(const OciReference& about, BlobDescriptor layer) {
  if (layer.size > kMaxChartBytes)
    throw base::Error(fmt::format("the chart {} has {} bytes; at most {} are allowed", about.text(),
                                  layer.size, kMaxChartBytes));
  auto fetched = co_await get(about, "blobs/" + layer.digest, "", layer.size);
  if (fetched.status != 200) refused(about, "the content of the chart", fetched);
  check_digest(fetched.body, layer.digest, "the chart " + about.text());
  co_return std::move(fetched.body);
}

}  // namespace jibe::helm
