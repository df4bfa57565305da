// The foreign libraries that this program was built with.
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace jibe::cli {

// Name and version, in order of name.
std::vector<std::pair<std::string, std::string>> library_versions();

}  // namespace jibe::cli
