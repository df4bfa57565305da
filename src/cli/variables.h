// $NAME and ${NAME} in manifests, as envsubst replaces them.
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace jibe::cli {

using Variables = std::map<std::string, std::string>;

// Names that are not there become empty, and are noted in `unknown` where that is given.
std::string substitute(std::string_view text, const Variables& variables,
                       std::set<std::string>* unknown = nullptr);

}  // namespace jibe::cli
