#include "cli/chart_source.h"

#include <iostream>
#include <optional>

#include "rt/command.h"
#include "rt/sync.h"

namespace jibe::cli {

namespace {

namespace fs = std::filesystem;

std::string first_of(std::initializer_list<std::string> candidates) {
  for (const std::string& candidate : candidates)
    if (!candidate.empty()) return candidate;
  return "";
}

// helm's lazypath: $HELM_X_HOME, $XDG_X_HOME/helm, ~/<folder>/helm.
std::string helm_folder(const Environment& environment, const std::string& kind,
                        const std::string& folder) {
  std::string own = environment.variable("HELM_" + kind + "_HOME");
  if (!own.empty()) return own;
  std::string xdg = environment.variable("XDG_" + kind + "_HOME");
  if (!xdg.empty()) return xdg + "/helm";
  return environment.home.empty() ? "" : environment.home + "/" + folder + "/helm";
}

std::string below(const std::string& folder, const std::string& name) {
  return folder.empty() ? "" : folder + "/" + name;
}

}  // namespace

void add_chart_flags(CLI::App& app, ChartSourceFlags& flags) {
  auto& o = flags.options;
  app.add_option("--repo", o.repository, "URL of the chart repository that holds CHART");
  app.add_option("--version", o.version, "a version or a range such as ^2.0.0; else the newest");
  app.add_flag("--devel", flags.devel, "pre-releases, too: the same as --version '>0.0.0-0'");
}

void add_server_flags(CLI::App& app, ChartSourceFlags& flags) {
  auto& o = flags.options;
  app.add_option("--username", o.username, "of the chart repository or registry");
  app.add_option("--password", o.password, "of the chart repository or registry");
  app.add_option("--ca-file", o.ca_file, "certificates to trust instead of the system's");
  app.add_option("--cert-file", o.cert_file, "client certificate");
  app.add_option("--key-file", o.key_file, "key of the client certificate");
  app.add_flag("--insecure-skip-tls-verify", o.insecure, "trust any certificate");
  app.add_flag("--plain-http", o.plain_http, "reach the OCI registry without TLS");
  app.add_flag("--pass-credentials", o.pass_credentials, "give credentials to every host");
  app.add_option("--registry-config", flags.registry_config, "helm's registry/config.json");
  app.add_option("--repository-config", flags.repository_config, "helm's repositories.yaml");
  app.add_option("--repository-cache", flags.repository_cache, "folder of helm's cached indexes");
}

helm::SourceFiles source_files(const Environment& environment, const ChartSourceFlags& flags) {
  std::string config = helm_folder(environment, "CONFIG", ".config");
  std::string cache = helm_folder(environment, "CACHE", ".cache");
  helm::SourceFiles out;
  out.repositories =
      first_of({flags.repository_config, environment.variable("HELM_REPOSITORY_CONFIG"),
                below(config, "repositories.yaml")});
  out.repository_cache =
      first_of({flags.repository_cache, environment.variable("HELM_REPOSITORY_CACHE"),
                below(cache, "repository")});
  std::string registry =
      first_of({flags.registry_config, environment.variable("HELM_REGISTRY_CONFIG"),
                below(config, "registry/config.json")});
  std::string docker =
      first_of({environment.variable("DOCKER_CONFIG"), below(environment.home, ".docker")});
  for (const std::string& path : {registry, below(docker, "config.json")})
    if (!path.empty()) out.registries.push_back(path);
  return out;
}

helm::ChartBytes bring_chart(const Environment& environment, const std::string& reference,
                             const ChartSourceFlags& flags, rt::Runtime& runtime) {
  helm::SourceOptions options = flags.options;
  if (options.version.empty() && flags.devel) options.version = ">0.0.0-0";
  auto commands = rt::make_command_runner(runtime, environment.variables);
  helm::SourceWorld world{runtime, {}, commands.get()};
  std::optional<helm::ChartBytes> brought;
  runtime.run(rt::store_result(
      helm::bring_chart(world, reference, std::move(options), source_files(environment, flags)),
      brought));
  for (const std::string& warning : brought->warnings) std::cerr << "warning: " << warning << "\n";
  return std::move(*brought);
}

}  // namespace jibe::cli
