#include "cli/template_flags.h"

#include "base/error.h"

namespace jibe::cli {

namespace {

void declare_values(CLI::App& app, helm::ValueOptions& values) {
  app.add_option("-f,--values", values.files, "values file, or - for standard input; repeatable")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--set", values.set, "key=value,…")->allow_extra_args(false);
  app.add_option("--set-string", values.set_string, "key=text,…")->allow_extra_args(false);
  app.add_option("--set-json", values.json, "key=JSON,… or a JSON object")->allow_extra_args(false);
  app.add_option("--set-file", values.set_file, "key=file,…")->allow_extra_args(false);
  app.add_option("--set-literal", values.set_literal, "key=text, commas and all")
      ->allow_extra_args(false);
}

void declare_output(CLI::App& app, TemplateArguments& a) {
  app.add_option("-s,--show-only", a.text.show_only, "only what this template, or pattern, gives")
      ->allow_extra_args(false);
  app.add_option("--output-dir", a.output_dir, "write files there instead of to standard output");
  app.add_flag("--release-name", a.release_name_in_path, "put the release into that path");
  app.add_flag("--include-crds", a.text.include_crds, "print crds/, too");
  app.add_flag("--skip-tests", a.text.skip_tests, "leave test hooks out");
  app.add_flag("--no-hooks", a.text.no_hooks, "leave hooks out");
  app.add_flag("--debug", a.debug, "print what was rendered even where it is no YAML");
}

void declare_cluster(CLI::App& app, TemplateArguments& a) {
  app.add_option("--kube-version", a.kube_version, "what .Capabilities.KubeVersion says");
  app.add_option("-a,--api-versions", a.api_versions, "further .Capabilities.APIVersions")
      ->delimiter(',')
      ->allow_extra_args(false);
  auto* dry_run = app.add_option("--dry-run", a.dry_run,
                                 "client, or server: ask the cluster for versions, `lookup` and "
                                 "whether it would take the objects")
                      ->expected(0, 1)
                      ->default_str("unset");
  app.add_flag("--validate", a.validate, "the older word for --dry-run=server")->excludes(dry_run);
  app.add_flag("--take-ownership", a.take_ownership, "do not mind who owns what exists");
  app.add_option("--kubeconfig", a.kubeconfig);
  app.add_option("--kube-context,--context", a.context);
}

// What helm accepts here and does not use while it only renders.
void declare_ignored(CLI::App& app) {
  const std::string group;  // no group: not in the help
  for (const char* name :
       {"--atomic", "--create-namespace", "--disable-openapi-validation", "--force",
        "--force-conflicts", "--force-replace", "--hide-notes", "--render-subchart-notes",
        "--replace", "--rollback-on-failure", "--server-side", "--skip-crds", "--wait-for-jobs"})
    app.add_flag(name)->group(group);
  for (const char* name : {"--burst-limit", "--color", "--colour", "--description", "--qps",
                           "--timeout", "-l,--labels"}) {
    app.add_option_function<std::vector<std::string>>(name, [](const auto&) {})
        ->allow_extra_args(false)
        ->group(group);
  }
  app.add_option_function<std::string>("--wait", [](const auto&) {})->expected(0, 1)->group(group);
}

}  // namespace

bool TemplateArguments::asks_cluster() const {
  if (validate || dry_run == "server") return true;
  for (const char* client : {"client", "unset", "true", "t", "1", "T", "TRUE", "True"})
    if (dry_run == client) return false;
  bool is_false = false;
  for (const char* word : {"none", "false", "f", "0", "F", "FALSE", "False"})
    is_false = is_false || dry_run == word;
  throw base::InvalidInput(
      "invalid dry-run value (\"" + dry_run + "\"). Must be " +
      (is_false ? "\"server\" or \"client\"" : "\"none\", \"server\", or \"client\""));
}

void declare(CLI::App& app, TemplateArguments& a) {
  app.add_option(
         "ARGUMENTS", a.positional,
         "the release's name (default: release-name), then the chart: a directory, .tgz, URL, "
         "oci://…, REPO/NAME, or NAME with --repo")
      ->option_text("[NAME] CHART")
      ->required();
  app.add_option("-n,--namespace", a.render.release.release_namespace,
                 "default: the kubeconfig context's");
  app.add_option("--name-template", a.name_template, "a template that gives the release's name");
  app.add_flag("-g,--generate-name", a.generate_name);
  app.add_flag("--is-upgrade", a.render.release.is_upgrade, "set .Release.IsUpgrade");
  app.add_flag("--skip-schema-validation", a.render.skip_schema_validation);
  declare_values(app, a.values);
  declare_output(app, a);
  declare_cluster(app, a);
  declare_ignored(app);
  add_chart_flags(app, a.source);
  add_server_flags(app, a.source);
}

}  // namespace jibe::cli
