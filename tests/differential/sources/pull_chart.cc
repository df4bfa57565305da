// What `helm pull` does, with jibe's sources: CHART into the file FILE, its digests to stdout.
#include <unistd.h>

#include <fstream>
#include <iostream>

#include "base/error.h"
#include "cli/chart_source.h"
#include "rt/runtime.h"

int main(int argc, char** argv) {
  jibe::cli::Environment environment;
  for (char** pair = environ; *pair != nullptr; ++pair) environment.variables.emplace_back(*pair);
  environment.home = environment.variable("HOME");
  CLI::App app;
  std::string chart;
  std::string file;
  jibe::cli::ChartSourceFlags flags;
  app.add_option("CHART", chart)->required();
  app.add_option("FILE", file)->required();
  jibe::cli::add_chart_flags(app, flags);
  jibe::cli::add_server_flags(app, flags);
  CLI11_PARSE(app, argc, argv);
  try {
    auto runtime = jibe::rt::make_real_runtime();
    auto brought = jibe::cli::bring_chart(environment, chart, flags, *runtime);
    std::ofstream(file, std::ios::binary) << brought.bytes;
    std::cout << brought.from << "\n" << brought.manifest_digest << "\n";
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return 1;
  }
}
