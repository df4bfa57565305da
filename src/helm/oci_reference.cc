#include "helm/oci_reference.h"

#include <fmt/core.h>
#include <re2/re2.h>

#include <algorithm>

#include "base/error.h"
#include "base/strings.h"
#include "data/json.h"
#include "tmpl/semver.h"

namespace jibe::helm {

namespace {

using base::InvalidInput;
using data::go_quote;
using re2::RE2;

constexpr std::string_view kScheme = "oci://";

[[noreturn]] void refuse(std::string_view part, std::string_view text) {
  throw InvalidInput(fmt::format("invalid reference: invalid {} {}", part, go_quote(text)));
}

void check_registry(const std::string& registry) {
  static const RE2 kRegistry(R"((?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?)");
  if (!RE2::FullMatch(registry, kRegistry)) refuse("registry", registry);
}

void check_repository(const std::string& repository) {
  static const RE2 kRepository(
      R"([a-z0-9]+(?:(?:[._]|__|-*)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-*)[a-z0-9]+)*)*)");
  if (!RE2::FullMatch(repository, kRepository)) refuse("repository", repository);
}

void check_tag(const std::string& tag) {
  static const RE2 kTag(R"([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})");
  if (!RE2::FullMatch(tag, kTag)) refuse("tag", tag);
}

void check_digest(const std::string& digest) {
  static const RE2 kDigest("sha256:[0-9a-f]{64}");
  if (RE2::FullMatch(digest, kDigest)) return;
  throw InvalidInput(
      fmt::format("invalid reference: invalid digest {}: it should be sha256: and 64 digits",
                  go_quote(digest)));
}

// semver.StrictNewVersion: three numbers without leading zeros, no "v".
bool is_strict(const std::string& text) {
  static const RE2 kStrict(R"((0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)([-+].*)?)");
  return RE2::FullMatch(text, kStrict);
}

}  // namespace

bool is_oci(std::string_view reference) {
  return reference.starts_with(kScheme);
}

OciReference OciReference::parse(std::string_view text) {
  std::string_view rest = text;
  if (is_oci(rest)) rest.remove_prefix(kScheme.size());
  OciReference out;
  if (size_t at = rest.rfind('@'); at != std::string_view::npos) {
    out.digest = rest.substr(at + 1);
    check_digest(out.digest);
    rest = rest.substr(0, at);
  }
  base::Cut cut = base::cut(rest, "/");
  if (!cut.found) {
    throw InvalidInput(fmt::format(
        "invalid reference: missing registry or repository in {}; write oci://HOST/PATH/CHART",
        go_quote(text)));
  }
  out.registry = cut.before;
  base::Cut tagged = base::cut(cut.after, ":");
  out.repository = tagged.before;
  check_registry(out.registry);
  check_repository(out.repository);
  if (tagged.found) {
    out.tag = tag_of_version(tagged.after);
    check_tag(out.tag);
  }
  return out;
}

std::string OciReference::text() const {
  if (!digest.empty()) return name() + "@" + digest;
  return tag.empty() ? name() : name() + ":" + tag;
}

std::string tag_of_version(std::string_view version) {
  return base::replace_all(version, "+", "_");
}

std::vector<std::string> versions_of_tags(const std::vector<std::string>& tags) {
  std::vector<tmpl::SemanticVersion> versions;
  for (const std::string& tag : tags) {
    std::string text = base::replace_all(tag, "_", "+");
    if (!is_strict(text)) continue;
    try {
      versions.push_back(tmpl::SemanticVersion::parse(text));
    } catch (const InvalidInput&) {
      // Registries hold other tags, too ("latest", "sha256-….sig").
    }
  }
  std::stable_sort(versions.begin(), versions.end(),
                   [](const auto& a, const auto& b) { return a.compare(b) > 0; });
  std::vector<std::string> out;
  for (const auto& version : versions) out.push_back(version.text());
  return out;
}

std::string choose_version(const std::vector<std::string>& versions, const std::string& wanted) {
  if (std::find(versions.begin(), versions.end(), wanted) != versions.end()) return wanted;
  auto constraint = tmpl::VersionConstraint::parse(wanted.empty() ? "*" : wanted);
  for (const std::string& version : versions)
    if (constraint.allows(tmpl::SemanticVersion::parse(version))) return version;
  throw InvalidInput(
      fmt::format("could not locate a version matching provided version string {}", wanted));
}

}  // namespace jibe::helm
