// jibe manifest generate: what `istioctl manifest generate` prints.
#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>

#include "base/error.h"
#include "base/strings.h"
#include "cli/program.h"
#include "data/json.h"
#include "data/yaml.h"
#include "istio/manifest.h"
#include "istio/operator_rules.h"
#include "rt/runtime.h"

namespace jibe::cli {

namespace {

struct ManifestArguments {
  std::vector<std::string> files;
  std::vector<std::string> set;
  std::vector<std::string> filter;
  std::vector<std::string> components;
  std::string manifests;
  std::string revision;
  std::string kube_version;
  std::string output;
  bool force = false;
  bool dry_run = false;
};

struct OperatorFiles {
  std::vector<data::Value> iops;
  std::string with_others;  // a file that holds other objects behind its IstioOperator
};

[[noreturn]] void refuse_several(const std::string& file) {
  throw base::InvalidInput(
      fmt::format("{} contains multiple IstioOperator CRs, only one per file is supported", file));
}

// One IstioOperator per file; a file without content is none.
OperatorFiles read_operators(const ManifestArguments& a) {
  OperatorFiles out;
  for (const auto& file : a.files) {
    auto documents = data::parse_yaml_documents(read_file(file), file);
    auto is_operator = [](const auto& document) {
      return document.value["kind"].text() == "IstioOperator";
    };
    if (std::count_if(documents.begin(), documents.end(), is_operator) > 1) refuse_several(file);
    if (documents.size() > 1) out.with_others = file;
    if (documents.empty()) continue;
    const auto& iop = documents[0].value;
    if (iop["kind"].text().empty())
      throw base::InvalidInput(fmt::format(
          "unable to parse file {}: Object 'Kind' is missing in '{}'", file, data::to_json(iop)));
    out.iops.push_back(iop);
  }
  return out;
}

// The value of a field of the spec: the last --set wins over the last file.
std::string spec_text(const ManifestArguments& a, const std::vector<data::Value>& iops,
                      std::string_view field) {
  std::string out;
  for (const auto& iop : iops)
    if (!iop["spec"][field].text().empty()) out = iop["spec"][field].text();
  for (const auto& assignment : a.set) {
    auto parts = base::cut(assignment, "=");
    if (base::trim(parts.before) == field) out = base::trim(parts.after);
  }
  return out;
}

// The version of charts in a directory that is named: what the directory or the one around it is
// called (1.15.3, istio-1.15.3/manifests), else the tag that the spec asks for, else what the base
// chart says of itself.
istio::Version version_of_directory(const std::filesystem::path& directory, const std::string& tag,
                                    const istio::ChartStore& store) {
  auto path = std::filesystem::absolute(directory).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  for (const auto& name : {path.filename().string(), path.parent_path().filename().string()}) {
    std::string_view text = name;
    if (text.starts_with("istio-")) text.remove_prefix(6);
    if (auto version = istio::version_of_tag(text)) return *version;
  }
  if (auto version = istio::version_of_tag(tag)) return *version;
  auto chart = path / "charts" / "base" / "Chart.yaml";
  if (std::filesystem::exists(chart)) {
    auto said = istio::parse_version(data::parse_yaml(read_file(chart))["version"].text());
    // Charts that no release build has touched say 1.0.0.
    if (said && !(*said == istio::Version{1, 0, 0, ""})) return *said;
  }
  return istio::default_version(store.versions());
}

// A directory that is named, else the charts that the spec's tag leads to.
istio::ReleasePtr choose_release(const Environment& environment, const ManifestArguments& a,
                                 const std::vector<data::Value>& iops) {
  auto store = chart_store(environment);
  auto tag = spec_text(a, iops, "tag");
  auto directory = a.manifests.empty() ? spec_text(a, iops, "installPackagePath") : a.manifests;
  if (!directory.empty())
    return istio::Release::load_directory(version_of_directory(directory, tag, store), directory);
  auto version = tag.empty() ? istio::default_version(store.versions())
                             : istio::chart_version_for_tag(tag, store.versions());
  return istio::Release::load_directory(version, store.manifests(version));
}

// --component, which istioctl had up to 1.23.
void keep_components(std::vector<istio::ComponentManifest>& manifests,
                     const std::vector<std::string>& wanted) {
  if (wanted.empty()) return;
  std::vector<std::string> names;
  for (const auto& component : istio::operator_components()) names.emplace_back(component.name);
  for (const auto& name : wanted)
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw base::InvalidInput(fmt::format("incorrect component name: {}. Valid options: [{}]",
                                           name, base::join(names, " ")));
  std::erase_if(manifests, [&](const istio::ComponentManifest& manifest) {
    return std::find(wanted.begin(), wanted.end(), manifest.component) == wanted.end();
  });
}

// A file; up to 1.23 a directory with one file per component, which lie in each other as the
// components depend on each other.
void write_output(const ManifestArguments& a, const istio::Version& version,
                  const std::vector<istio::ComponentManifest>& manifests) {
  auto write = [&](const std::filesystem::path& path, const std::string& text) {
    if (a.dry_run) return;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
    std::ofstream out(path, std::ios::binary);
    out << text;
    out.flush();
    if (!out) throw base::InvalidInput(fmt::format("cannot write {}", path.string()));
  };
  if (istio::since(version, 24)) return write(a.output, istio::manifest_text(manifests, version));
  std::filesystem::path folder = a.output;
  for (const auto& component : istio::operator_components()) {
    std::vector<istio::ComponentManifest> own;
    for (const auto& manifest : manifests)
      if (manifest.component == component.name) own.push_back(manifest);
    std::string name = component.name;
    auto base = name == "Base" ? folder : folder / "Base";
    auto inside = name == "Base" || name == "Pilot" ? base : base / "Pilot";
    write(inside / name / (name + ".yaml"), istio::manifest_text(own, version));
  }
}

int generate(const Environment& environment, const ManifestArguments& a) {
  auto [iops, with_others] = read_operators(a);
  auto release = choose_release(environment, a, iops);
  // Up to 1.23 only IstioOperators were counted, and what stands behind the first was not looked
  // at.
  if (!with_others.empty() && istio::since(release->version(), 24)) refuse_several(with_others);
  auto runtime = rt::make_real_runtime();
  std::vector<std::string> warnings;
  istio::GenerateOptions options;
  options.set = a.set;
  bool named =
      !a.revision.empty() && (a.revision != "default" || !istio::since(release->version(), 17));
  if (named) options.set.push_back("revision=" + a.revision);
  options.filter = a.filter;
  options.force = a.force;
  options.kube_version = a.kube_version;
  options.warnings = &warnings;
  options.random = &runtime->random();
  options.clock = runtime.get();
  auto manifests = istio::generate_manifests(iops, *release, options);
  for (const auto& warning : warnings) std::cerr << warning << "\n";
  keep_components(manifests, a.components);
  if (!a.output.empty())
    write_output(a, release->version(), manifests);
  else
    std::cout << istio::manifest_text(manifests, release->version());
  return 0;
}

}  // namespace

void add_manifest(Program& program) {
  auto* manifest = program.app.add_subcommand("manifest", "manifests of an Istio installation");
  manifest->require_subcommand(1);
  auto* command = manifest->add_subcommand("generate", "as `istioctl manifest generate`");
  auto a = std::make_shared<ManifestArguments>();
  command->add_option("-f,--filename", a->files, "IstioOperator, may be repeated; - is stdin")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("-s,--set", a->set, "path=value below spec")->allow_extra_args(false);
  command->add_option("-d,--manifests,--charts", a->manifests,
                      "a release's directory with charts/ and profiles/");
  command->add_option("-r,--revision", a->revision, "as --set revision=");
  command->add_option("-o,--output", a->output,
                      "file to write to; up to 1.23 a directory with a file per component");
  command->add_option("--component", a->components, "only these components")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--filter", a->filter, "only these templates (up to 1.23)")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--kube-version", a->kube_version,
                      "Kubernetes version for the charts; istioctl's default where absent");
  command->add_flag("--force", a->force, "proceed even with validation errors");
  command->add_flag("--dry-run", a->dry_run, "write no files");
  command->callback([&program, a] {
    program.chosen = [&program, a] { return generate(program.environment, *a); };
  });
}

}  // namespace jibe::cli
