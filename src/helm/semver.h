// Versions and ranges as github.com/Masterminds/semver/v3 (3.5) reads them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jibe::helm {

struct Version {
  uint64_t major = 0;
  uint64_t minor = 0;
  uint64_t patch = 0;
  std::string prerelease;
};

// Accepts "1", "v1.2", "1.2.3-rc.1+build"; nothing for what is no version.
std::optional<Version> parse_version(std::string_view text);

// Whether `version` lies in `range` (">= 1.14, < 2 || ~3.1"); false where either does not parse,
// as Helm has it for kubeVersion and for dependencies.
bool is_compatible(std::string_view range, std::string_view version);

}  // namespace jibe::helm
