#include "cli/template_output.h"

#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>

#include "base/error.h"
#include "base/strings.h"
#include "tmpl/sprig.h"
#include "tmpl/template.h"

namespace jibe::cli {

namespace fs = std::filesystem;

namespace {

std::string run_name_template(const std::string& text, rt::Runtime& runtime) {
  auto functions = std::make_shared<tmpl::FunctionTable>();
  tmpl::add_sprig(*functions);
  auto set = std::make_shared<tmpl::TemplateSet>(functions);
  set->parse("name-template", text);
  tmpl::ExecOptions options;
  options.clock = &runtime;
  options.random = &runtime.random();
  return tmpl::execute(set, "name-template", nullptr, options);
}

class Writer {
 public:
  void write(const fs::path& folder, const std::string& source, const std::string& text) {
    fs::path path = folder / source;
    std::error_code problem;
    fs::create_directories(path.parent_path(), problem);
    // A template's second document follows its first one; what an earlier run left is replaced.
    bool first = written_.insert(path.string()).second;
    std::ofstream out(path, first ? std::ios::trunc : std::ios::app);
    out << fmt::format("---\n# Source: {}\n{}\n", source, text);
    out.close();
    if (!out)
      throw base::InvalidInput(fmt::format("{} cannot be written: {}", path.string(),
                                           problem ? problem.message() : "check its folder"));
    std::cout << "wrote " << path.string() << "\n";
  }

 private:
  std::set<std::string> written_;
};

}  // namespace

std::string name_and_chart(TemplateArguments& a, rt::Runtime& runtime) {
  const auto& words = a.positional;
  if (words.size() > 2)
    throw base::InvalidInput("expected at most two arguments, unexpected arguments: " +
                             base::join({words.begin() + 2, words.end()}, ", "));
  if (words.size() == 2) {
    if (a.generate_name)
      throw base::InvalidInput("cannot set --generate-name and also specify a name");
    if (!a.name_template.empty())
      throw base::InvalidInput("cannot set --name-template and also specify a name");
    a.render.release.name = words[0];
  } else if (!a.name_template.empty()) {
    a.render.release.name = run_name_template(a.name_template, runtime);
  }
  return words.back();
}

void write_files(const helm::RenderResult& result, const TemplateArguments& a) {
  Writer writer;
  fs::path folder = a.output_dir;
  if (a.text.include_crds)
    for (const helm::CrdFile& crd : result.crds) writer.write(folder, crd.source, crd.text);
  if (a.release_name_in_path) folder /= a.render.release.name;
  for (const helm::Manifest& manifest : result.manifests)
    writer.write(folder, manifest.source, manifest.text);
  for (const helm::Hook& hook : result.hooks)
    if (!a.text.no_hooks && !(a.text.skip_tests && hook.is_test()))
      writer.write(folder, hook.manifest.source, hook.manifest.text);
  // Helm's empty manifest.
  std::cout << "\n";
}

}  // namespace jibe::cli
