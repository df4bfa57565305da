// Versions and constraints as github.com/Masterminds/semver/v3 3.5 reads them: loose versions
// ("v1", "1.2"), ranges ("1.2 - 2"), wildcards, ~, ^, "," and "||", and prereleases that only match
// where the constraint names one.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jibe::tmpl {

struct SemanticVersion {
  uint64_t major = 0;
  uint64_t minor = 0;
  uint64_t patch = 0;
  std::string prerelease;
  std::string metadata;
  std::string original;

  // Throws base::InvalidInput with the Go library's words.
  static SemanticVersion parse(std::string_view text);
  std::string text() const;
  // -1, 0 or 1; metadata does not count.
  int compare(const SemanticVersion& other) const;
};

// Throw base::InvalidInput with the Go library's words.
void check_prerelease(std::string_view text);
void check_metadata(std::string_view text);

class VersionConstraint {
 public:
  // Throws base::InvalidInput with the Go library's words.
  static VersionConstraint parse(std::string_view text);
  bool allows(const SemanticVersion& version) const;

 private:
  enum class Operator { kEqual, kNotEqual, kGreater, kLess, kAtLeast, kAtMost, kTilde, kCaret };
  struct Part {
    Operator op = Operator::kEqual;
    SemanticVersion version;
    bool minor_open = false;  // "1.x": anything below the major version
    bool patch_open = false;  // "1.2.x"
    bool open = false;        // one of these, or "*"
  };
  struct Group {
    std::vector<Part> parts;
    bool names_prerelease = false;
  };

  static Part parse_part(const std::string& text);
  static Operator operator_of(std::string_view text);
  static bool satisfies(const SemanticVersion& v, const Part& part);
  static bool differs(const SemanticVersion& v, const Part& part);
  static bool above(const SemanticVersion& v, const Part& part);
  static bool at_most(const SemanticVersion& v, const Part& part);
  static bool tilde(const SemanticVersion& v, const Part& part);
  static bool caret(const SemanticVersion& v, const Part& part);

  std::vector<Group> groups_;
};

}  // namespace jibe::tmpl
