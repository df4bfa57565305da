// jibe template RELEASE CHART: what `helm template` prints.
#include <iostream>
#include <memory>

#include "cli/chart_source.h"
#include "cli/program.h"
#include "helm/chart.h"
#include "helm/render.h"
#include "helm/values.h"
#include "rt/runtime.h"

namespace jibe::cli {

namespace {

struct TemplateArguments {
  std::string chart;
  ChartSourceFlags source;
  helm::ValueOptions values;
  helm::RenderOptions render;
  helm::TextOptions text;
  std::string kube_version;
  std::vector<std::string> api_versions;
};

void declare(CLI::App& app, TemplateArguments& a) {
  app.add_option("RELEASE", a.render.release.name)->required();
  app.add_option("CHART", a.chart, "directory, .tgz, URL, oci://…, REPO/NAME, or NAME with --repo")
      ->required();
  app.add_option("-f,--values", a.values.files, "values file, may be repeated")
      ->allow_extra_args(false);
  app.add_option("--set", a.values.set, "key=value")->allow_extra_args(false);
  app.add_option("--set-string", a.values.set_string)->allow_extra_args(false);
  app.add_option("--set-json", a.values.json)->allow_extra_args(false);
  app.add_option("--set-file", a.values.set_file)->allow_extra_args(false);
  app.add_option("--set-literal", a.values.set_literal)->allow_extra_args(false);
  app.add_option("-n,--namespace", a.render.release.release_namespace);
  app.add_option("--kube-version", a.kube_version);
  app.add_option("-a,--api-versions", a.api_versions)->delimiter(',')->allow_extra_args(false);
  app.add_option("-s,--show-only", a.text.show_only)->allow_extra_args(false);
  app.add_flag("--include-crds", a.text.include_crds);
  app.add_flag("--skip-tests", a.text.skip_tests);
  app.add_flag("--no-hooks", a.text.no_hooks);
  app.add_flag("--is-upgrade", a.render.release.is_upgrade);
  app.add_flag("--skip-schema-validation", a.render.skip_schema_validation);
  add_chart_flags(app, a.source);
  add_server_flags(app, a.source);
}

int print_template(const Environment& environment, TemplateArguments& a) {
  if (!a.kube_version.empty())
    a.render.capabilities.kube_version = helm::parse_kube_version(a.kube_version);
  auto& known = a.render.capabilities.api_versions;
  known.insert(known.end(), a.api_versions.begin(), a.api_versions.end());
  auto runtime = rt::make_real_runtime();
  auto brought = bring_chart(environment, a.chart, a.source, *runtime);
  // Helm 4 prints this among the documents, which then cannot be applied.
  if (!brought.manifest_digest.empty())
    std::cerr << "Pulled: " << brought.from << "\nDigest: " << brought.manifest_digest << "\n";
  data::Value values = helm::merge_user_values(a.values, read_file);
  helm::ChartPtr chart = helm::load_chart(brought);
  auto result = helm::render(*chart, values, a.render, runtime->random(), *runtime);
  for (const std::string& warning : result.warnings) std::cerr << warning << "\n";
  std::cout << helm::template_text(result, a.text);
  return 0;
}

}  // namespace

void add_template(Program& program) {
  auto* command = program.app.add_subcommand("template", "render a chart as `helm template` does");
  auto arguments = std::make_shared<TemplateArguments>();
  declare(*command, *arguments);
  command->callback([&program, arguments] {
    program.chosen = [&program, arguments] {
      return print_template(program.environment, *arguments);
    };
  });
}

}  // namespace jibe::cli
