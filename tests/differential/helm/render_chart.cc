// What the comparison with the real helm needs besides `jibe template`:
//
//   jibe_render_chart documents            stdin's YAML documents, one canonical line each
//   jibe_render_chart lines                per line {"T": template, "V": values.yaml} of stdin a
//   line
//                                          [text, error], both in base64
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <iterator>

#include "base/strings.h"
#include "data/json.h"
#include "data/yaml.h"
#include "helm/chart.h"
#include "helm/coalesce.h"
#include "helm/dependencies.h"
#include "helm/engine.h"
#include "helm/render.h"
#include "helm/schema.h"
#include "helm/values.h"
#include "rt/runtime.h"

namespace {

using namespace jibe;

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

// A chart of one template, with a values.schema.json where the line has one.
std::string render_line(const data::Value& line, rt::Runtime& runtime) {
  std::vector<helm::File> files = {{"Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n"},
                                   {"values.yaml", line["V"].text()},
                                   {"templates/a.yaml", line["T"].text()},
                                   {"f.txt", "line1\nline2\n"},
                                   {"d/g.bin", std::string("\0\xff", 2)}};
  if (line.has("S")) files.push_back({"values.schema.json", line["S"].text()});
  auto chart = helm::load_chart_files(std::move(files));
  helm::RenderOptions options;
  options.release = {"r", "ns"};
  std::vector<std::string> warnings;
  auto resolved = helm::resolve_dependencies(*chart, data::Value::map(), warnings);
  auto values =
      helm::coalesce_values(resolved, data::Value::map(), helm::NullRule::kCoalesce, warnings);
  helm::validate_values(resolved, tmpl::to_value(values));
  auto rendered = helm::render_templates(resolved, values, options, runtime.random(), runtime);
  return rendered["c/templates/a.yaml"];
}

void render_lines() {
  auto runtime = rt::make_real_runtime();
  std::string line;
  while (std::getline(std::cin, line)) {
    std::string text, problem;
    try {
      text = render_line(data::parse_json(line), *runtime);
    } catch (const base::Error& error) {
      problem = error.what();
    }
    std::cout << fmt::format("[\"{}\",\"{}\"]", base::base64_encode(text),
                             base::base64_encode(problem))
              << std::endl;
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app;
  app.require_subcommand(1);
  CLI::App* documents = app.add_subcommand("documents");
  CLI::App* lines = app.add_subcommand("lines");
  CLI11_PARSE(app, argc, argv);
  try {
    if (documents->parsed()) print_documents();
    if (lines->parsed()) render_lines();
  } catch (const base::Error& error) {
    std::cerr << "Error: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
