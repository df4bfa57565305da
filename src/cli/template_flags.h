// The flags of `jibe template`: those of `helm template` 4.2.3. What is missing, and why, is in
// docs/differences-to-helm.md.
#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/chart_source.h"
#include "helm/render.h"
#include "helm/values.h"

namespace jibe::cli {

struct TemplateArguments {
  std::vector<std::string> positional;
  ChartSourceFlags source;
  helm::ValueOptions values;
  helm::RenderOptions render;
  helm::TextOptions text;
  std::string kube_version;
  std::vector<std::string> api_versions;
  std::string name_template;
  bool generate_name = false;
  std::string output_dir;
  bool release_name_in_path = false;
  bool debug = false;
  // "client" or "server"; --dry-run alone is "unset", as it is to helm.
  std::string dry_run = "client";
  bool validate = false;
  bool take_ownership = false;
  std::string kubeconfig;
  std::string context;

  // Whether a cluster is asked. Throws base::InvalidInput for another --dry-run.
  bool asks_cluster() const;
};

void declare(CLI::App& app, TemplateArguments& arguments);

}  // namespace jibe::cli
