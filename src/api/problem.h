// What is wrong with something a user wrote.
#pragma once
#include <string>
#include <vector>

namespace jibe::api {

struct Problem {
  std::string path;     // spec.installations[0].revision
  std::string message;  // a clause that goes after the path and a colon
  bool operator==(const Problem&) const = default;
};
using Problems = std::vector<Problem>;

// "spec.a: is missing; spec.b[1]: must not …".
std::string sentence(const Problems& problems);

}  // namespace jibe::api
