#include "api/problem.h"

#include "base/strings.h"

namespace jibe::api {

std::string sentence(const Problems& problems) {
  std::vector<std::string> parts;
  for (const Problem& problem : problems) {
    parts.push_back(problem.path.empty() ? problem.message : problem.path + ": " + problem.message);
  }
  return base::join(parts, "; ");
}

}  // namespace jibe::api
