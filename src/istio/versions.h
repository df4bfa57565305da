// Istio versions and image tags, and which charts belong to a tag.
#pragma once
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jibe::istio {

// A release such as 1.15.3, or a pre-release such as 1.31.0-rc.0.
struct Version {
  int major = 0;
  int minor = 0;
  int patch = 0;
  std::string pre_release;  // "" for a release, which sorts after its pre-releases

  std::strong_ordering operator<=>(const Version& other) const;
  bool operator==(const Version& other) const = default;
  std::string str() const;
};

// "1.15.3" or "v1.31.0-rc.0"; nullopt for anything else.
std::optional<Version> parse_version(std::string_view text);

// The release that an image tag was built from: "1.15.3-solo" and "1.15.3-solo-fips-distroless" are
// 1.15.3. Pre-release words (alpha, beta, rc) stay part of the version. nullopt where the tag
// starts with no version ("latest").
std::optional<Version> version_of_tag(std::string_view tag);

// The charts for a tag: the exact version where `known` has it, else the release that the tag's
// pre-release leads to. Throws base::InvalidInput with a sentence that names the known versions.
Version chart_version_for_tag(std::string_view tag, const std::vector<Version>& known);

// The version for revision `auto` and for a spec without a tag: the newest release of `known`.
Version default_version(const std::vector<Version>& known);

}  // namespace jibe::istio
