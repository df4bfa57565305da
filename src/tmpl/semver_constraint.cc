#include <re2/re2.h>

#include "base/error.h"
#include "base/strings.h"
#include "tmpl/format.h"
#include "tmpl/semver.h"

namespace jibe::tmpl {

namespace {

using base::InvalidInput;
using re2::RE2;

constexpr size_t kMaxText = 512;
constexpr size_t kMaxGroups = 32;

const char* const kVersion =
    R"(v?([0-9|x|X|\*]+)(\.[0-9|x|X|\*]+)?(\.[0-9|x|X|\*]+)?)"
    R"((-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?)";
const char* const kOperators = R"(=||!=|>|<|>=|=>|<=|=<|~|~>|\^)";

std::string clause() {
  return std::string("(") + kOperators + R"()\s*()" + kVersion + ")";
}

bool wildcard(std::string_view text) {
  if (text.starts_with('.')) text.remove_prefix(1);
  return text.empty() || text == "x" || text == "X" || text == "*";
}

// "1.2 - 2" → ">= 1.2, <= 2 "
std::string rewrite_ranges(const std::string& text) {
  static const RE2 kRange(std::string(R"((\s*()") + kVersion + R"()\s+-\s+()" + kVersion +
                          R"()\s*))");
  std::string out = text;
  re2::StringPiece input(text);
  re2::StringPiece groups[22];
  size_t at = 0;
  while (kRange.Match(input, at, text.size(), RE2::UNANCHORED, groups, 22)) {
    std::string whole(groups[1].data(), groups[1].size());
    // Nine groups belong to each version, and one surrounds it.
    std::string low(groups[2].data(), groups[2].size());
    std::string high(groups[12].data(), groups[12].size());
    size_t place = out.find(whole);
    out.replace(place, whole.size(), ">= " + low + ", <= " + high + " ");
    at = static_cast<size_t>(groups[0].data() - text.data()) + groups[0].size();
  }
  return out;
}

std::vector<std::string> cut_groups(const std::string& text) {
  std::vector<std::string> out;
  size_t at = 0;
  for (;;) {
    size_t bars = text.find("||", at);
    out.push_back(text.substr(at, bars - at));
    if (bars == std::string::npos) return out;
    at = bars + 2;
  }
}

std::vector<std::string> find_clauses(const std::string& text) {
  static const RE2 kClause(clause());
  std::vector<std::string> out;
  re2::StringPiece found;
  for (size_t at = 0; kClause.Match(text, at, text.size(), RE2::UNANCHORED, &found, 1);) {
    out.emplace_back(found.data(), found.size());
    at = static_cast<size_t>(found.data() - text.data()) + found.size();
  }
  if (out.empty()) out.push_back(text);
  return out;
}

}  // namespace

VersionConstraint VersionConstraint::parse(std::string_view text) {
  static const RE2 kValid("(\\s*" + clause() + "\\s*)((?:\\s+|,\\s*)" + clause() + "\\s*)*");
  if (text.size() > kMaxText) throw InvalidInput("constraint string is too long (max 512 bytes)");
  std::vector<std::string> groups = cut_groups(rewrite_ranges(std::string(text)));
  if (groups.size() > kMaxGroups) throw InvalidInput("too many constraint groups (max 32)");
  VersionConstraint out;
  for (const std::string& group_text : groups) {
    if (!RE2::FullMatch(group_text, kValid))
      throw InvalidInput("improper constraint: " + quote(group_text));
    Group group;
    for (const std::string& clause_text : find_clauses(group_text)) {
      group.parts.push_back(parse_part(clause_text));
      if (!group.parts.back().version.prerelease.empty()) group.names_prerelease = true;
    }
    out.groups_.push_back(std::move(group));
  }
  return out;
}

VersionConstraint::Operator VersionConstraint::operator_of(std::string_view text) {
  if (text == "!=") return Operator::kNotEqual;
  if (text == ">") return Operator::kGreater;
  if (text == "<") return Operator::kLess;
  if (text == ">=" || text == "=>") return Operator::kAtLeast;
  if (text == "<=" || text == "=<") return Operator::kAtMost;
  if (text == "~" || text == "~>") return Operator::kTilde;
  if (text == "^") return Operator::kCaret;
  return Operator::kEqual;
}

VersionConstraint::Part VersionConstraint::parse_part(const std::string& text) {
  static const RE2 kPart("\\s*" + clause() + "\\s*");
  std::string op;
  std::string version;
  std::string major;
  std::string minor;
  std::string patch;
  std::string prerelease;
  if (!RE2::FullMatch(text, kPart, &op, &version, &major, &minor, &patch, &prerelease))
    throw InvalidInput("improper constraint: " + quote(text));
  Part part;
  part.op = operator_of(op);
  part.open = true;
  if (wildcard(major)) {
    version = "0.0.0" + prerelease;
  } else if (wildcard(minor)) {
    part.minor_open = true;
    version = major + ".0.0" + prerelease;
  } else if (wildcard(patch)) {
    part.patch_open = true;
    version = major + minor + ".0" + prerelease;
  } else {
    part.open = false;
  }
  try {
    part.version = SemanticVersion::parse(version);
  } catch (const InvalidInput&) {
    throw InvalidInput("constraint parser error");
  }
  return part;
}

bool VersionConstraint::allows(const SemanticVersion& version) const {
  for (const Group& group : groups_) {
    if (!version.prerelease.empty() && !group.names_prerelease) continue;
    bool all = true;
    for (const Part& part : group.parts) all = all && satisfies(version, part);
    if (all) return true;
  }
  return false;
}

bool VersionConstraint::satisfies(const SemanticVersion& v, const Part& part) {
  switch (part.op) {
    case Operator::kEqual:
      return part.open ? tilde(v, part) : v.compare(part.version) == 0;
    case Operator::kNotEqual:
      return differs(v, part);
    case Operator::kGreater:
      return above(v, part);
    case Operator::kLess:
      return v.compare(part.version) < 0;
    case Operator::kAtLeast:
      return v.compare(part.version) >= 0;
    case Operator::kAtMost:
      return at_most(v, part);
    case Operator::kTilde:
      return tilde(v, part);
    case Operator::kCaret:
      return caret(v, part);
  }
  return false;
}

bool VersionConstraint::differs(const SemanticVersion& v, const Part& part) {
  const SemanticVersion& c = part.version;
  if (part.open) {
    if (v.major != c.major) return true;
    if (part.minor_open) return false;
    if (v.minor != c.minor) return true;
    if (part.patch_open) {
      bool any_prerelease = !v.prerelease.empty() || !c.prerelease.empty();
      return any_prerelease && v.prerelease != c.prerelease;
    }
    if (v.patch != c.patch) return true;
  }
  return v.compare(c) != 0;
}

bool VersionConstraint::above(const SemanticVersion& v, const Part& part) {
  const SemanticVersion& c = part.version;
  if (!part.open) return v.compare(c) > 0;
  if (v.major != c.major) return v.major > c.major;
  if (part.minor_open) return false;
  if (part.patch_open) return v.minor > c.minor;
  return v.compare(c) > 0;
}

bool VersionConstraint::at_most(const SemanticVersion& v, const Part& part) {
  const SemanticVersion& c = part.version;
  if (!part.open) return v.compare(c) <= 0;
  if (v.major > c.major) return false;
  return v.major != c.major || v.minor <= c.minor || part.minor_open;
}

bool VersionConstraint::tilde(const SemanticVersion& v, const Part& part) {
  const SemanticVersion& c = part.version;
  if (v.compare(c) < 0) return false;
  bool zero = c.major == 0 && c.minor == 0 && c.patch == 0;
  if (zero && !part.minor_open && !part.patch_open) return true;
  if (v.major != c.major) return false;
  return v.minor == c.minor || part.minor_open;
}

bool VersionConstraint::caret(const SemanticVersion& v, const Part& part) {
  const SemanticVersion& c = part.version;
  if (v.compare(c) < 0) return false;
  if (c.major > 0 || part.minor_open) return v.major == c.major;
  if (v.major > 0) return false;
  if (c.minor > 0 || part.patch_open) return v.minor == c.minor;
  if (v.minor > 0) return false;
  return c.patch == v.patch;
}

}  // namespace jibe::tmpl
