#include "cli/program.h"

#include <fmt/core.h>

#include <iostream>
#include <iterator>

#include "base/error.h"
#include "base/files.h"
#include "base/strings.h"

namespace jibe::cli {

namespace fs = std::filesystem;

std::string Environment::variable(std::string_view name) const {
  for (const std::string& pair : variables) {
    base::Cut cut = base::cut(pair, "=");
    if (cut.before == name) return std::string(cut.after);
  }
  return "";
}

fs::path own_charts(const Environment& environment) {
  if (!environment.data_home.empty()) return fs::path(environment.data_home) / "jibe" / "charts";
  if (environment.home.empty()) return {};
  return fs::path(environment.home) / ".local" / "share" / "jibe" / "charts";
}

std::vector<fs::path> chart_search_path(const Environment& environment) {
  std::vector<fs::path> out;
  for (auto part : base::split(environment.charts, ':'))
    if (!part.empty()) out.emplace_back(part);
  out.emplace_back(JIBE_BUILD_CHARTS);
  if (fs::path own = own_charts(environment); !own.empty()) out.push_back(own);
  return out;
}

istio::ChartStore chart_store(const Environment& environment) {
  return istio::ChartStore(chart_search_path(environment));
}

std::string read_file(const std::string& path) {
  if (path == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  return base::read_file(path);
}

}  // namespace jibe::cli
