// jibe charts list|path|pull
#include <fmt/core.h>

#include <iostream>

#include "cli/charts_pull.h"
#include "cli/print.h"
#include "cli/program.h"

namespace jibe::cli {

namespace {

int list_charts(const Environment& environment) {
  auto store = chart_store(environment);
  std::vector<std::vector<std::string>> rows = {{"VERSION", "PATH"}};
  for (const auto& version : store.versions())
    rows.push_back({version.str(), store.manifests(version).string()});
  if (rows.size() == 1) {
    std::cerr
        << "No Istio charts found; fetch them with `jibe charts pull`, or set JIBE_CHARTS to a "
           "directory of releases.\n";
    return 0;
  }
  std::cout << table(rows);
  return 0;
}

int print_path(const Environment& environment, const std::string& version) {
  if (version.empty()) {
    for (const auto& folder : chart_search_path(environment)) std::cout << folder.string() << "\n";
    return 0;
  }
  auto store = chart_store(environment);
  auto chosen = istio::chart_version_for_tag(version, store.versions());
  std::cout << store.manifests(chosen).string() << "\n";
  return 0;
}

}  // namespace

void add_charts(Program& program) {
  auto* charts = program.app.add_subcommand("charts", "the Istio charts that jibe can install");
  charts->require_subcommand(1);
  add_charts_pull(program, *charts);
  charts->add_subcommand("list", "every release on the search path")->callback([&program] {
    program.chosen = [&program] { return list_charts(program.environment); };
  });
  auto* path = charts->add_subcommand("path", "the search path, or one release's directory");
  auto version = std::make_shared<std::string>();
  path->add_option("VERSION", *version, "a version or an image tag");
  path->callback([&program, version] {
    program.chosen = [&program, version] { return print_path(program.environment, *version); };
  });
}

}  // namespace jibe::cli
