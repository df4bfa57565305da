#include "helm/semver.h"

#include <re2/re2.h>

#include <charconv>

#include "base/strings.h"

namespace jibe::helm {
namespace {

std::optional<uint64_t> as_number(std::string_view text) {
  uint64_t number = 0;
  const char* last = text.data() + text.size();
  auto [end, error] = std::from_chars(text.data(), last, number);
  if (text.empty() || error != std::errc() || end != last) return std::nullopt;
  return number;
}

int compare_part(std::string_view a, std::string_view b) {
  if (a == b) return 0;
  if (a.empty()) return -1;
  if (b.empty()) return 1;
  auto x = as_number(a);
  auto y = as_number(b);
  // Numbers stand below words.
  if (x && y) return *x > *y ? 1 : -1;
  if (x || y) return x ? -1 : 1;
  return a > b ? 1 : -1;
}

int compare_prerelease(std::string_view a, std::string_view b) {
  if (a == b) return 0;
  if (a.empty()) return 1;
  if (b.empty()) return -1;
  auto as = base::split(a, '.');
  auto bs = base::split(b, '.');
  for (size_t i = 0; i < std::max(as.size(), bs.size()); ++i) {
    int part = compare_part(i < as.size() ? as[i] : "", i < bs.size() ? bs[i] : "");
    if (part != 0) return part;
  }
  return 0;
}

int compare(const Version& a, const Version& b) {
  auto numbers = [](const Version& v) { return std::tuple(v.major, v.minor, v.patch); };
  if (numbers(a) != numbers(b)) return numbers(a) < numbers(b) ? -1 : 1;
  return compare_prerelease(a.prerelease, b.prerelease);
}

// One comparison of a range: ">= 1.2.x".
struct Bound {
  std::string operation;
  Version version;
  // Which parts were left out or written as x; `dirty` where any was.
  bool any_minor = false;
  bool any_patch = false;
  bool dirty = false;
};

bool tilde(const Version& v, const Bound& b) {
  if (compare(v, b.version) < 0) return false;
  bool zero = b.version.major == 0 && b.version.minor == 0 && b.version.patch == 0;
  if (zero && !b.any_minor && !b.any_patch) return true;
  return v.major == b.version.major && (v.minor == b.version.minor || b.any_minor);
}

bool caret(const Version& v, const Bound& b) {
  if (compare(v, b.version) < 0) return false;
  if (b.version.major > 0 || b.any_minor) return v.major == b.version.major;
  if (v.major > 0) return false;
  if (b.version.minor > 0 || b.any_patch) return v.minor == b.version.minor;
  return v.minor == 0 && v.patch == b.version.patch;
}

bool greater(const Version& v, const Bound& b) {
  if (!b.dirty || v.major != b.version.major) return compare(v, b.version) > 0;
  if (b.any_minor) return false;
  return b.any_patch ? v.minor > b.version.minor : compare(v, b.version) > 0;
}

bool at_most(const Version& v, const Bound& b) {
  if (!b.dirty) return compare(v, b.version) <= 0;
  if (v.major > b.version.major) return false;
  return v.major != b.version.major || v.minor <= b.version.minor || b.any_minor;
}

bool differs(const Version& v, const Bound& b) {
  if (b.dirty) {
    if (v.major != b.version.major) return true;
    if (b.any_minor) return false;
    if (v.minor != b.version.minor) return true;
    if (b.any_patch) return compare_prerelease(v.prerelease, b.version.prerelease) != 0;
  }
  return compare(v, b.version) != 0;
}

bool holds(const Version& v, const Bound& b, bool with_prereleases) {
  if (!v.prerelease.empty() && !with_prereleases) return false;
  const std::string& op = b.operation;
  if (op == "!=") return differs(v, b);
  if (op == ">") return greater(v, b);
  if (op == "<") return compare(v, b.version) < 0;
  if (op == ">=" || op == "=>") return compare(v, b.version) >= 0;
  if (op == "<=" || op == "=<") return at_most(v, b);
  if (op == "~" || op == "~>") return tilde(v, b);
  if (op == "^") return caret(v, b);
  return b.dirty ? tilde(v, b) : compare(v, b.version) == 0;
}

#define JIBE_RANGE_VERSION                            \
  R"(v?[0-9|xX*]+(?:\.[0-9|xX*]+)?(?:\.[0-9|xX*]+)?)" \
  R"((?:-[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*)?)"      \
  R"((?:\+[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*)?)"
#define JIBE_RANGE_OPERATION R"((?:!=|>=|=>|<=|=<|~>|=|>|<|~|\^|))"

std::optional<Bound> read_bound(const std::string& operation, std::string text) {
  if (text.starts_with('v')) text.erase(0, 1);
  size_t end = std::min(text.find_first_of("-+"), text.size());
  std::vector<std::string_view> parts = base::split(std::string_view(text).substr(0, end), '.');
  auto any = [&parts](size_t i) {
    return i >= parts.size() || parts[i] == "x" || parts[i] == "X" || parts[i] == "*";
  };
  Bound bound;
  bound.operation = operation;
  bound.dirty = any(0) || any(1) || any(2);
  bound.any_minor = !any(0) && any(1);
  bound.any_patch = !any(0) && !any(1) && any(2);
  std::string whole = any(0) ? "0" : std::string(parts[0]);
  whole += any(0) || any(1) ? ".0" : "." + std::string(parts[1]);
  whole += bound.dirty ? ".0" : "." + std::string(parts[2]);
  auto version = parse_version(whole + text.substr(end));
  if (!version) return std::nullopt;
  bound.version = *version;
  return bound;
}

// The comparisons that must all hold; nothing where the text is no range.
std::optional<std::vector<Bound>> read_group(const std::string& text) {
  static const re2::RE2 kValid(R"((?:\s*)" JIBE_RANGE_OPERATION R"(\s*)" JIBE_RANGE_VERSION
                               R"(\s*)(?:(?:\s+|,\s*))" JIBE_RANGE_OPERATION
                               R"(\s*)" JIBE_RANGE_VERSION R"(\s*)*)");
  static const re2::RE2 kBound("(" JIBE_RANGE_OPERATION R"()\s*()" JIBE_RANGE_VERSION ")");
  if (!re2::RE2::FullMatch(text, kValid)) return std::nullopt;
  std::vector<Bound> bounds;
  re2::StringPiece rest(text);
  std::string operation;
  std::string version;
  while (re2::RE2::FindAndConsume(&rest, kBound, &operation, &version)) {
    auto bound = read_bound(operation, version);
    if (!bound) return std::nullopt;
    bounds.push_back(std::move(*bound));
  }
  return bounds;
}

}  // namespace

bool is_compatible(std::string_view range, std::string_view version) {
  static const re2::RE2 kHyphen(R"(\s*()" JIBE_RANGE_VERSION R"()\s+-\s+()" JIBE_RANGE_VERSION
                                R"()\s*)");
  auto wanted = parse_version(version);
  if (!wanted || range.size() > 512) return false;
  std::string text(range);
  re2::RE2::GlobalReplace(&text, kHyphen, R"(>= \1, <= \2 )");
  std::vector<std::vector<Bound>> groups;
  size_t start = 0;
  for (size_t bar = 0; bar != std::string::npos; start = bar + 2) {
    bar = text.find("||", start);
    auto group = read_group(text.substr(start, bar == std::string::npos ? bar : bar - start));
    if (!group) return false;
    groups.push_back(std::move(*group));
  }
  return std::any_of(groups.begin(), groups.end(), [&wanted](const std::vector<Bound>& group) {
    bool with_prereleases = std::any_of(
        group.begin(), group.end(), [](const Bound& b) { return !b.version.prerelease.empty(); });
    return std::all_of(group.begin(), group.end(),
                       [&](const Bound& bound) { return holds(*wanted, bound, with_prereleases); });
  });
}

std::optional<Version> parse_version(std::string_view text) {
  static const re2::RE2 kVersion(
      R"(v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?)"
      R"((?:-([0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?(?:\+[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*)?)");
  if (text.size() > 256) return std::nullopt;
  std::string numbers[3];
  Version out;
  if (!re2::RE2::FullMatch(text, kVersion, &numbers[0], &numbers[1], &numbers[2],
                           &out.prerelease)) {
    return std::nullopt;
  }
  uint64_t* targets[] = {&out.major, &out.minor, &out.patch};
  for (size_t i = 0; i < 3; ++i) {
    if (numbers[i].empty()) continue;
    const char* last = numbers[i].data() + numbers[i].size();
    if (std::from_chars(numbers[i].data(), last, *targets[i]).ec != std::errc()) {
      return std::nullopt;
    }
  }
  return out;
}

}  // namespace jibe::helm
