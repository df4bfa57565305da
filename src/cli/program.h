// The command line as a whole: the environment it was called in, and one function per command that
// adds it. Only commands that work are added.
#pragma once
#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "istio/chart_store.h"

namespace jibe::cli {

// What jibe takes from the process's environment; main reads it once.
struct Environment {
  std::string charts;           // $JIBE_CHARTS: directories, separated by colons
  std::string kubeconfig;       // $KUBECONFIG: files, separated by colons
  std::string home;             // $HOME
  std::string data_home;        // $XDG_DATA_HOME
  std::string revision;         // $REVISION of an installer
  std::string pod_namespace;    // $POD_NAMESPACE of an installer
  std::string kubernetes_host;  // $KUBERNETES_SERVICE_HOST and _PORT, in a pod
  std::string kubernetes_port;
  bool terminal = false;  // stdout is a terminal
  // Everything, as "NAME=VALUE": what programs that jibe starts inherit.
  std::vector<std::string> variables;
  // "" where it is not set.
  std::string variable(std::string_view name) const;
};

struct Program {
  CLI::App app{"jibe manages Istio in many Kubernetes clusters"};
  Environment environment;
  // Set by the command that was chosen; gives the exit code.
  std::function<int()> chosen;
};

// $JIBE_CHARTS, then the build's own store, then the user's data directory.
std::vector<std::filesystem::path> chart_search_path(const Environment& environment);
// The user's data directory, where `jibe charts pull` puts releases; empty without a home.
std::filesystem::path own_charts(const Environment& environment);
istio::ChartStore chart_store(const Environment& environment);

// The whole file; throws base::InvalidInput. "-" is standard input.
std::string read_file(const std::string& path);

// Every command there is.
void add_all(Program& program);

void add_version(Program& program);
void add_completion(Program& program);
void add_charts(Program& program);
void add_template(Program& program);
void add_manifest(Program& program);
void add_twin(Program& program);
void add_server(Program& program);
void add_installer(Program& program);
void add_proxy_status(Program& program);
void add_takeover(Program& program);
void add_demo(Program& program);

}  // namespace jibe::cli
