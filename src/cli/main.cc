// The program: reads the environment, parses the command line, runs one command.
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/program.h"

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

jibe::cli::Environment read_environment() {
  jibe::cli::Environment out;
  out.charts = variable("JIBE_CHARTS");
  out.kubeconfig = variable("KUBECONFIG");
  out.home = variable("HOME");
  out.data_home = variable("XDG_DATA_HOME");
  out.revision = variable("REVISION");
  out.pod_namespace = variable("POD_NAMESPACE");
  out.kubernetes_host = variable("KUBERNETES_SERVICE_HOST");
  out.kubernetes_port = variable("KUBERNETES_SERVICE_PORT");
  for (char** pair = environ; *pair != nullptr; ++pair) out.variables.emplace_back(*pair);
  out.terminal = isatty(STDOUT_FILENO) == 1;
  return out;
}

// CLI11 has its own exit codes; jibe's contract is 2 for wrong usage.
int report_usage(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);
  std::cerr << "error: " << error.what() << "\nSee 'jibe --help' for usage.\n";
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  jibe::cli::Program program;
  program.environment = read_environment();
  program.app.require_subcommand(1);
  if (argc < 2 || !jibe::cli::add_one(program, argv[1])) jibe::cli::add_all(program);
  try {
    program.app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return report_usage(program.app, error);
  }
  try {
    return program.chosen();
  } catch (const jibe::base::Cancelled&) {
    return 1;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return 1;
  }
}
