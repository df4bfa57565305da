// The flags by which helm finds a chart, and the files that helm and docker keep for it.
#pragma once
#include <string>

#include "cli/program.h"
#include "helm/source.h"
#include "rt/runtime.h"

namespace jibe::cli {

struct ChartSourceFlags {
  helm::SourceOptions options;
  bool devel = false;
  std::string registry_config;
  std::string repository_config;
  std::string repository_cache;
};

// --repo, --version, --devel.
void add_chart_flags(CLI::App& app, ChartSourceFlags& flags);
// How to reach and enter a server: --username, --ca-file, --plain-http and so on.
void add_server_flags(CLI::App& app, ChartSourceFlags& flags);

// Helm's variables (HELM_REPOSITORY_CONFIG …), then the XDG ones, then its places in the home;
// DOCKER_CONFIG for docker.
helm::SourceFiles source_files(const Environment& environment, const ChartSourceFlags& flags);

// Brings the chart; warnings go to stderr.
helm::ChartBytes bring_chart(const Environment& environment, const std::string& reference,
                             const ChartSourceFlags& flags, rt::Runtime& runtime);

}  // namespace jibe::cli
