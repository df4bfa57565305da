#include "istio/versions.h"

#include <fmt/core.h>

#include <charconv>

#include "base/error.h"
#include "base/strings.h"
#include "istio/names.h"

namespace jibe::istio {

std::string istiod_name(const base::Revision& revision) {
  return revision.empty() ? "istiod" : "istiod-" + revision.str();
}

std::string rev_label(const base::Revision& revision) {
  return revision.empty() ? std::string(kDefaultRevision) : revision.str();
}

base::Revision revision_from_label(std::string_view label) {
  return base::Revision(label == kDefaultRevision ? "" : std::string(label));
}

namespace {

bool is_pre_release_word(std::string_view word) {
  for (std::string_view known : {"alpha", "beta", "rc"})
    if (word.substr(0, known.size()) == known) return true;
  return false;
}

// Reads one number and advances; nullopt where there is none.
std::optional<int> take_number(std::string_view& text) {
  int number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data() || text.front() == '-') return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

bool take_dot(std::string_view& text) {
  if (text.empty() || text.front() != '.') return false;
  text.remove_prefix(1);
  return true;
}

// The leading X.Y.Z; `rest` is what follows.
std::optional<Version> take_version(std::string_view text, std::string_view& rest) {
  if (!text.empty() && text.front() == 'v') text.remove_prefix(1);
  Version out;
  for (int* part : {&out.major, &out.minor, &out.patch}) {
    if (part != &out.major && !take_dot(text)) return std::nullopt;
    auto number = take_number(text);
    if (!number) return std::nullopt;
    *part = *number;
  }
  rest = text;
  return out;
}

std::string list_of(const std::vector<Version>& known) {
  std::vector<Version> sorted = known;
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::string> names;
  for (const auto& version : sorted) names.push_back(version.str());
  return base::join(names, ", ");
}

bool has(const std::vector<Version>& known, const Version& version) {
  return std::find(known.begin(), known.end(), version) != known.end();
}

}  // namespace

std::strong_ordering Version::operator<=>(const Version& other) const {
  if (auto c = major <=> other.major; c != 0) return c;
  if (auto c = minor <=> other.minor; c != 0) return c;
  if (auto c = patch <=> other.patch; c != 0) return c;
  if (pre_release == other.pre_release) return std::strong_ordering::equal;
  if (pre_release.empty()) return std::strong_ordering::greater;
  if (other.pre_release.empty()) return std::strong_ordering::less;
  return pre_release <=> other.pre_release;
}

std::string Version::str() const {
  return fmt::format("{}.{}.{}{}{}", major, minor, patch, pre_release.empty() ? "" : "-",
                     pre_release);
}

std::optional<Version> parse_version(std::string_view text) {
  std::string_view rest;
  auto version = take_version(text, rest);
  if (!version || (!rest.empty() && (rest.front() != '-' || rest.size() == 1))) return std::nullopt;
  if (!rest.empty()) version->pre_release = rest.substr(1);
  return version;
}

std::optional<Version> version_of_tag(std::string_view tag) {
  std::string_view rest;
  auto version = take_version(tag, rest);
  if (!version || (!rest.empty() && rest.front() != '-')) return std::nullopt;
  if (rest.empty()) return version;
  std::string_view word = base::cut(rest.substr(1), "-").before;
  if (is_pre_release_word(word)) version->pre_release = word;
  return version;
}

Version chart_version_for_tag(std::string_view tag, const std::vector<Version>& known) {
  auto version = version_of_tag(tag);
  if (version && has(known, *version)) return *version;
  if (version && !version->pre_release.empty()) {
    Version release = *version;
    release.pre_release.clear();
    if (has(known, release)) return release;
  }
  if (known.empty())
    throw base::InvalidInput(
        fmt::format("no Istio charts are installed, so tag \"{}\" cannot be used; "
                    "run `jibe charts pull` or set JIBE_CHARTS",
                    tag));
  throw base::InvalidInput(
      fmt::format("unknown Istio version in tag \"{}\"; known versions: {}", tag, list_of(known)));
}

Version default_version(const std::vector<Version>& known) {
  const Version* best = nullptr;
  for (const auto& version : known)
    if (version.pre_release.empty() && (!best || *best < version)) best = &version;
  if (!best)
    throw base::InvalidInput(
        "no Istio charts are installed; run `jibe charts pull` or set JIBE_CHARTS");
  return *best;
}

}  // namespace jibe::istio
