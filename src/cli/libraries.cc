#include "cli/libraries.h"

#include <fmt/core.h>
#include <simdjson.h>
#include <yaml.h>
#include <zlib.h>

#include <boost/version.hpp>

namespace jibe::cli {

std::vector<std::pair<std::string, std::string>> library_versions() {
  return {
      {"boost", fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000,
                            BOOST_VERSION % 100)},
      {"clang", __clang_version__},
      {"fmt",
       fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
      {"libyaml", yaml_get_version_string()},
      {"openssl", JIBE_OPENSSL_VERSION},
      {"simdjson",
       fmt::format("{}.{}.{}", simdjson::SIMDJSON_VERSION_MAJOR, simdjson::SIMDJSON_VERSION_MINOR,
                   simdjson::SIMDJSON_VERSION_REVISION)},
      {"zlib", zlibVersion()},
  };
}

}  // namespace jibe::cli
