#include "tmpl/semver.h"

#include <fmt/core.h>
#include <re2/re2.h>

#include "base/error.h"
#include "base/strings.h"
#include "tmpl/number.h"

namespace jibe::tmpl {

namespace {

using base::InvalidInput;

constexpr size_t kMaxVersion = 256;
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kAllowed =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789";

bool only(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

uint64_t segment(std::string_view digits) {
  if (digits.empty()) return 0;
  auto parsed = parse_uint(digits, 10);
  if (!parsed)
    throw InvalidInput(
        fmt::format("error parsing version segment: strconv.ParseUint: parsing "
                    "\"{}\": value out of range",
                    digits));
  return parsed.value;
}

int sign(bool less, bool greater) {
  return less ? -1 : greater ? 1 : 0;
}

int compare_part(std::string_view a, std::string_view b) {
  if (a == b) return 0;
  if (a.empty()) return -1;
  if (b.empty()) return 1;
  auto x = parse_uint(a, 10);
  auto y = parse_uint(b, 10);
  if (!x && !y) return a > b ? 1 : -1;
  if (!y) return -1;
  if (!x) return 1;
  return x.value > y.value ? 1 : -1;
}

int compare_prereleases(std::string_view a, std::string_view b) {
  std::vector<std::string_view> x = base::split(a, '.');
  std::vector<std::string_view> y = base::split(b, '.');
  for (size_t i = 0; i < std::max(x.size(), y.size()); ++i) {
    int order = compare_part(i < x.size() ? x[i] : "", i < y.size() ? y[i] : "");
    if (order != 0) return order;
  }
  return 0;
}

}  // namespace

void check_prerelease(std::string_view text) {
  for (std::string_view part : base::split(text, '.')) {
    if (part.empty() || !only(part, kAllowed)) throw InvalidInput("invalid prerelease string");
    if (only(part, kDigits) && part.size() > 1 && part[0] == '0')
      throw InvalidInput("version segment starts with 0");
  }
}

void check_metadata(std::string_view text) {
  for (std::string_view part : base::split(text, '.'))
    if (part.empty() || !only(part, kAllowed)) throw InvalidInput("invalid metadata string");
}

SemanticVersion SemanticVersion::parse(std::string_view text) {
  static const re2::RE2 kPattern(
      R"(v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-([0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?)"
      R"((?:\+([0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?)");
  if (text.size() > kMaxVersion) throw InvalidInput("version string is too long (max 256 bytes)");
  std::string parts[3];
  SemanticVersion out;
  out.original = text;
  if (!re2::RE2::FullMatch(out.original, kPattern, &parts[0], &parts[1], &parts[2], &out.prerelease,
                           &out.metadata))
    throw InvalidInput("invalid semantic version");
  out.major = segment(parts[0]);
  out.minor = segment(parts[1]);
  out.patch = segment(parts[2]);
  if (!out.prerelease.empty()) check_prerelease(out.prerelease);
  if (!out.metadata.empty()) check_metadata(out.metadata);
  return out;
}

std::string SemanticVersion::text() const {
  std::string out = fmt::format("{}.{}.{}", major, minor, patch);
  if (!prerelease.empty()) out += "-" + prerelease;
  if (!metadata.empty()) out += "+" + metadata;
  return out;
}

int SemanticVersion::compare(const SemanticVersion& other) const {
  if (major != other.major) return sign(major < other.major, true);
  if (minor != other.minor) return sign(minor < other.minor, true);
  if (patch != other.patch) return sign(patch < other.patch, true);
  if (prerelease.empty() || other.prerelease.empty())
    return sign(!prerelease.empty(), !other.prerelease.empty());
  return compare_prereleases(prerelease, other.prerelease);
}

}  // namespace jibe::tmpl
