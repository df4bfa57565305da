#include "helm/semver.h"

#include "base/error.h"
#include "tmpl/semver.h"

namespace jibe::helm {

bool is_version(std::string_view text) {
  try {
    tmpl::SemanticVersion::parse(text);
    return true;
  } catch (const base::InvalidInput&) {
    return false;
  }
}

bool is_compatible(std::string_view range, std::string_view version) {
  try {
    return tmpl::VersionConstraint::parse(range).allows(tmpl::SemanticVersion::parse(version));
  } catch (const base::InvalidInput&) {
    return false;
  }
}

}  // namespace jibe::helm
