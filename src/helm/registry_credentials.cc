#include "helm/registry_credentials.h"

#include <fmt/core.h>

#include "base/coroutine.h"
#include "base/error.h"
#include "base/strings.h"
#include "data/json.h"
#include "helm/glob.h"

namespace jibe::helm {

namespace {

constexpr const char* kDockerHub = "https://index.docker.io/v1/";
// The helpers' protocol: this answer is no failure, and this name marks a refresh token.
constexpr std::string_view kNotFound = "credentials not found in native keychain";
constexpr std::string_view kTokenUser = "<token>";

// "https://ghcr.io/v2/" and "ghcr.io" are the same; a path that is no version of the API counts.
std::string normalized(std::string_view key) {
  for (std::string_view scheme : {"https://", "http://"})
    if (key.starts_with(scheme)) key.remove_prefix(scheme.size());
  while (key.ends_with('/')) key.remove_suffix(1);
  for (std::string_view version : {"/v1", "/v2"})
    if (key.ends_with(version)) key.remove_suffix(version.size());
  return std::string(key);
}

std::string without_hub_alias(const std::string& repository) {
  base::Cut cut = base::cut(repository, "/");
  bool hub = cut.before == "docker.io" || cut.before == "registry-1.docker.io";
  return hub ? "index.docker.io/" + std::string(cut.after) : repository;
}

// How well a key fits: 0 not at all, 1 by its host alone, above that the longer the better.
size_t fitness(std::string_view key, std::string_view repository) {
  base::Cut mine = base::cut(key, "/");
  base::Cut wanted = base::cut(repository, "/");
  bool globs = mine.before.find_first_of("*?[") != std::string_view::npos;
  if (globs) {
    auto labels = base::split(mine.before, '.');
    auto theirs = base::split(wanted.before, '.');
    if (labels.size() != theirs.size()) return 0;
    for (size_t i = 0; i < labels.size(); ++i)
      if (match_path(labels[i], theirs[i]) != PathMatch::kYes) return 0;
  } else if (mine.before != wanted.before) {
    return 0;
  }
  bool inside =
      wanted.after == mine.after || wanted.after.starts_with(std::string(mine.after) + "/");
  if (mine.after.empty() || !inside) return globs ? 1 : 2;
  return 2 + mine.after.size();
}

RegistryCredential read_auth(const data::Value& entry, const std::string& key,
                             const std::string& source) {
  RegistryCredential out{entry["username"].text(), entry["password"].text(),
                         entry["identitytoken"].text(), entry["registrytoken"].text()};
  const std::string& packed = entry["auth"].text();
  if (packed.empty()) return out;
  std::string pair;
  try {
    pair = base::base64_decode(packed);
  } catch (const base::InvalidInput&) {
    pair.clear();
  }
  base::Cut cut = base::cut(pair, ":");
  if (!cut.found) {
    throw base::InvalidInput(
        fmt::format("{}: auths[\"{}\"].auth is not base64 of username:password", source, key));
  }
  out.username = cut.before;
  out.password = cut.after;
  return out;
}

}  // namespace

bool RegistryCredential::empty() const {
  return username.empty() && password.empty() && refresh_token.empty() && access_token.empty();
}

DockerConfig DockerConfig::parse(std::string_view json, std::string source) {
  DockerConfig out;
  out.source_ = std::move(source);
  if (base::trim(json).empty()) return out;
  data::Value document;
  try {
    document = data::parse_json(json);
  } catch (const base::InvalidInput& error) {
    throw base::InvalidInput(fmt::format("{} is no JSON: {}", out.source_, error.what()));
  }
  if (!document.is_map()) throw base::InvalidInput(out.source_ + " should be a JSON object");
  for (const auto& entry : document["auths"].entries()) {
    RegistryCredential credential = read_auth(entry.value, entry.key, out.source_);
    if (!credential.empty()) out.auths_[entry.key] = std::move(credential);
  }
  for (const auto& entry : document["credHelpers"].entries())
    out.helpers_[entry.key] = entry.value.text();
  out.store_ = document["credsStore"].text();
  return out;
}

std::optional<RegistryCredential> DockerConfig::find(const std::string& repository) const {
  std::string wanted = without_hub_alias(repository);
  const RegistryCredential* best = nullptr;
  size_t best_fitness = 0;
  for (const auto& [key, credential] : auths_) {
    size_t fits = fitness(without_hub_alias(normalized(key)), wanted);
    if (fits <= best_fitness) continue;
    best = &credential;
    best_fitness = fits;
  }
  if (best == nullptr) return std::nullopt;
  return *best;
}

std::string DockerConfig::helper(const std::string& registry) const {
  auto found = helpers_.find(credential_address(registry));
  if (found != helpers_.end() && !found->second.empty()) return found->second;
  return store_;
}

std::string credential_address(const std::string& registry) {
  bool hub = registry == "docker.io" || registry == "registry-1.docker.io";
  return hub ? kDockerHub : registry;
}

namespace {

RegistryCredential read_answer(const std::string& json, const std::string& program) {
  data::Value answer;
  try {
    answer = data::parse_json(json);
  } catch (const base::InvalidInput& error) {
    // The answer is not quoted: it may be a secret.
    throw base::Error(
        fmt::format("the credential helper {} gave no JSON: {}", program, error.what()));
  }
  RegistryCredential out;
  if (answer["Username"].text() == kTokenUser) {
    out.refresh_token = answer["Secret"].text();
  } else {
    out.username = answer["Username"].text();
    out.password = answer["Secret"].text();
  }
  return out;
}

Task<RegistryCredential> ask_helper(std::string helper, std::string source, std::string registry,
                                    rt::CommandRunner* commands) {
  std::string program = "docker-credential-" + helper;
  std::string about = fmt::format("{}, which {} names for {},", program, source, registry);
  if (commands == nullptr) throw base::Error(fmt::format("{} cannot be run here", about));
  rt::CommandLine line;
  line.command = program;
  line.args = {"get"};
  line.input = credential_address(registry);
  line.deadline = std::chrono::seconds(60);
  rt::CommandResult result;
  std::string trouble;
  try {
    result = co_await commands->run(std::move(line));
  } catch (const base::Cancelled&) {
    throw;
  } catch (const base::Error& error) {
    trouble = error.what();
  }
  if (!trouble.empty()) {
    throw base::Error(fmt::format(
        "the credential helper {} cannot be run: {}; install it, or give --username and --password",
        about, trouble));
  }
  std::string_view out = base::trim(result.out);
  if (result.exit_code != 0) {
    if (out == kNotFound) co_return RegistryCredential{};
    std::string_view words = out.empty() ? base::trim(result.err) : out;
    throw base::Error(fmt::format("the credential helper {} failed with exit code {}: {}", about,
                                  result.exit_code, words));
  }
  co_return read_answer(result.out, program);
}

}  // namespace

Task<RegistryCredential> find_credential(std::vector<DockerConfig> configs, std::string registry,
                                         std::string repository, rt::CommandRunner* commands) {
  for (const DockerConfig& config : configs) {
    std::string helper = config.helper(registry);
    if (helper.empty()) {
      auto found = config.find(registry + "/" + repository);
      if (found) co_return std::move(*found);
      continue;
    }
    auto answer = co_await ask_helper(helper, config.source(), registry, commands);
    if (!answer.empty()) co_return std::move(answer);
  }
  co_return RegistryCredential{};
}

}  // namespace jibe::helm
