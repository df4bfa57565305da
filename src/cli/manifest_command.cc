// jibe manifest generate: what `istioctl manifest generate` prints.
#include <iostream>
#include <memory>

#include "cli/program.h"
#include "data/yaml.h"
#include "helm/values.h"
#include "istio/manifest.h"
#include "rt/runtime.h"

namespace jibe::cli {

namespace {

struct ManifestArguments {
  std::vector<std::string> files;
  std::vector<std::string> set;
  std::string manifests;
  std::string revision;
  std::string kube_version;
};

data::Value read_operator(const ManifestArguments& a) {
  data::Value iop = data::Value::map({{"spec", data::Value::map()}});
  for (const auto& file : a.files) {
    auto document = data::parse_yaml(read_file(file), file);
    iop = helm::merge_maps(iop, document);
  }
  if (!a.revision.empty()) iop.edit("spec").set("revision", a.revision);
  return iop;
}

// --manifests names a release's directory; else the charts that the spec's tag leads to.
istio::ReleasePtr choose_release(const Environment& environment, const ManifestArguments& a,
                                 const data::Value& iop) {
  auto store = chart_store(environment);
  const auto& tag = iop["spec"]["tag"].text();
  if (!a.manifests.empty()) {
    auto named = istio::version_of_tag(std::filesystem::path(a.manifests).filename().string());
    auto tagged = istio::version_of_tag(tag);
    auto version = named ? named : tagged;
    return istio::Release::load_directory(
        version ? *version : istio::default_version(store.versions()), a.manifests);
  }
  auto version = tag.empty() ? istio::default_version(store.versions())
                             : istio::chart_version_for_tag(tag, store.versions());
  return istio::Release::load_directory(version, store.manifests(version));
}

int generate(const Environment& environment, const ManifestArguments& a) {
  auto iop = read_operator(a);
  auto release = choose_release(environment, a, iop);
  auto runtime = rt::make_real_runtime();
  istio::GenerateOptions options;
  options.set = a.set;
  options.kube_version = a.kube_version;
  options.random = &runtime->random();
  options.clock = runtime.get();
  std::cout << istio::manifest_text(istio::generate_manifests(iop, *release, options));
  return 0;
}

}  // namespace

void add_manifest(Program& program) {
  auto* manifest = program.app.add_subcommand("manifest", "manifests of an Istio installation");
  manifest->require_subcommand(1);
  auto* command = manifest->add_subcommand("generate", "as `istioctl manifest generate`");
  auto a = std::make_shared<ManifestArguments>();
  command->add_option("-f,--filename", a->files, "IstioOperator, may be repeated")
      ->allow_extra_args(false);
  command->add_option("-s,--set", a->set, "path=value below spec")->allow_extra_args(false);
  command->add_option("-d,--manifests", a->manifests, "a release's directory with charts/");
  command->add_option("-r,--revision", a->revision);
  command->add_option("--kube-version", a->kube_version);
  command->callback([&program, a] {
    program.chosen = [&program, a] { return generate(program.environment, *a); };
  });
}

}  // namespace jibe::cli
