#include "cli/program.h"

#include <fmt/core.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "base/error.h"
#include "base/strings.h"

namespace jibe::cli {

namespace fs = std::filesystem;

std::vector<fs::path> chart_search_path(const Environment& environment) {
  std::vector<fs::path> out;
  for (auto part : base::split(environment.charts, ':'))
    if (!part.empty()) out.emplace_back(part);
  out.emplace_back(JIBE_BUILD_CHARTS);
  if (!environment.data_home.empty())
    out.push_back(fs::path(environment.data_home) / "jibe" / "charts");
  else if (!environment.home.empty())
    out.push_back(fs::path(environment.home) / ".local" / "share" / "jibe" / "charts");
  return out;
}

istio::ChartStore chart_store(const Environment& environment) {
  return istio::ChartStore(chart_search_path(environment));
}

std::string read_file(const std::string& path) {
  if (path == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream in(path, std::ios::binary);
  if (!in || fs::is_directory(path))
    throw base::InvalidInput(fmt::format("open {}: no such file or directory", path));
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace jibe::cli
