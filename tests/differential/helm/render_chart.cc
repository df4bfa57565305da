// `helm template` built from src/helm alone, for the comparison with the real one:
//
//   jibe_render_chart template NAME CHART [helm's flags]
//   jibe_render_chart documents            stdin's YAML documents, one canonical line each
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "data/json.h"
#include "data/yaml.h"
#include "helm/chart.h"
#include "helm/render.h"
#include "helm/values.h"
#include "rt/runtime.h"

namespace {

using namespace jibe;

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw base::InvalidInput(fmt::format("open {}: no such file or directory", path));
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string source_of(std::string_view text) {
  constexpr std::string_view kMark = "# Source: ";
  size_t at = text.find(kMark);
  if (at == std::string_view::npos) return "";
  text.remove_prefix(at + kMark.size());
  return std::string(text.substr(0, text.find('\n')));
}

// Keys in order and numbers in one form, so that equal documents are equal lines.
void print_documents() {
  std::string text((std::istreambuf_iterator<char>(std::cin)), {});
  for (const std::string& document : helm::split_documents(text)) {
    data::Value value = data::parse_yaml(document);
    if (value.is_null()) continue;
    std::cout << fmt::format("{} {} {}\t{}\n", source_of(document), value["kind"].text(),
                             value["metadata"]["name"].text(),
                             data::to_json(helm::as_json_numbers(value)));
  }
}

struct Arguments {
  std::string chart;
  helm::ValueOptions values;
  helm::RenderOptions render;
  helm::TextOptions text;
  std::string kube_version;
  std::vector<std::string> api_versions;
};

void declare(CLI::App& app, Arguments& a) {
  app.add_option("name", a.render.release.name)->required();
  app.add_option("chart", a.chart)->required();
  app.add_option("-f,--values", a.values.files)->allow_extra_args(false);
  app.add_option("--set", a.values.set)->allow_extra_args(false);
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
}

void print_template(Arguments& a) {
  if (!a.kube_version.empty()) {
    a.render.capabilities.kube_version = helm::parse_kube_version(a.kube_version);
  }
  auto& known = a.render.capabilities.api_versions;
  known.insert(known.end(), a.api_versions.begin(), a.api_versions.end());
  auto runtime = rt::make_real_runtime();
  data::Value values = helm::merge_user_values(a.values, read_file);
  helm::ChartPtr chart = helm::load_chart(a.chart);
  auto result = helm::render(*chart, values, a.render, runtime->random(), *runtime);
  for (const std::string& warning : result.warnings) std::cerr << warning << "\n";
  std::cout << helm::template_text(result, a.text);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app;
  app.require_subcommand(1);
  Arguments arguments;
  CLI::App* render = app.add_subcommand("template");
  declare(*render, arguments);
  CLI::App* documents = app.add_subcommand("documents");
  CLI11_PARSE(app, argc, argv);
  try {
    if (documents->parsed()) print_documents();
    if (render->parsed()) print_template(arguments);
  } catch (const base::Error& error) {
    std::cerr << "Error: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
