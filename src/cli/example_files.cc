#include "cli/example_files.h"

#include <fmt/core.h>

#include <string_view>

#include "base/error.h"

namespace jibe::cli {

namespace {

#include <example_table.inc>

}  // namespace

std::string read_example(const std::string& path) {
  for (const auto& example : kExamples)
    if (example.path == path) return {example.begin, example.end};
  throw base::InvalidInput(fmt::format("{} is not built into the program", path));
}

}  // namespace jibe::cli
