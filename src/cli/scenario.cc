#include "cli/scenario.h"

#include <fmt/core.h>

#include <filesystem>

#include "api/reader.h"
#include "base/error.h"
#include "base/strings.h"
#include "data/yaml.h"

namespace jibe::cli {

namespace {

// What the parts of a scenario need to be read.
class Loader {
 public:
  Loader(std::string path, const Variables& given, const FileReader& read)
      : path_(std::move(path)), given_(given), read_(read) {}

  Scenario load();

 private:
  Variables read_variables(api::Reader& from, const Variables& known);
  ScenarioCluster read_cluster(api::Reader& from, const Variables& variables);
  void read_step(api::Reader& from, ScenarioCluster& cluster, const Variables& variables);
  OperatorStep read_operator(api::Reader from, const Variables& variables);
  IstioctlStep read_istioctl(api::Reader from, const Variables& variables);
  std::string text(api::Reader& from, const char* key, const Variables& variables);
  std::vector<data::Value> read_files(api::Reader& from, const char* key,
                                      const Variables& variables);
  std::vector<data::Value> read_objects(const std::string& name, const Variables& variables);
  std::string replaced(const std::string& where, std::string_view text, const Variables& variables);
  [[noreturn]] void fail(const std::string& message) const {
    throw base::InvalidInput(fmt::format("{}: {}", path_, message));
  }

  std::string path_;
  const Variables& given_;
  const FileReader& read_;
  api::Problems problems_;
};

std::string Loader::replaced(const std::string& where, std::string_view text,
                             const Variables& variables) {
  std::set<std::string> unknown;
  auto out = substitute(text, variables, &unknown);
  if (!unknown.empty())
    throw base::InvalidInput(
        fmt::format("{} uses ${}, which nothing sets: set it under `variables` of {} or with "
                    "--variable {}=VALUE",
                    where, *unknown.begin(), path_, *unknown.begin()));
  return out;
}

std::string Loader::text(api::Reader& from, const char* key, const Variables& variables) {
  auto raw = from.text(key);
  return replaced(fmt::format("{}: {}.{}", path_, from.path(), key), raw, variables);
}

// What the command line gives goes before what the file says; a variable may use others that use
// none themselves.
Variables Loader::read_variables(api::Reader& from, const Variables& known) {
  Variables plain = known;
  auto map = from.map("variables");
  for (const auto& entry : map.entries()) {
    if (!entry.value.is_string()) {
      from.problem("variables." + entry.key, "must be text: put it in quotes");
      continue;
    }
    plain[entry.key] = entry.value.text();
  }
  for (const auto& [name, value] : given_) plain[name] = value;
  Variables out = plain;
  for (auto& [name, value] : out)
    value = replaced(fmt::format("{}: variables.{}", path_, name), value, plain);
  return out;
}

std::vector<data::Value> Loader::read_objects(const std::string& name, const Variables& variables) {
  auto file = (std::filesystem::path(path_).parent_path() / name).lexically_normal().string();
  auto content = replaced(file, read_(file), variables);
  std::vector<data::Value> out;
  for (auto& document : data::parse_yaml_documents(content, file)) {
    const auto& value = document.value;
    if (value["kind"].text().empty() || value["apiVersion"].text().empty())
      throw base::InvalidInput(
          fmt::format("{}: line {}: this document is no Kubernetes object: it has no apiVersion or "
                      "no kind",
                      file, document.line));
    out.push_back(value);
  }
  return out;
}

std::vector<data::Value> Loader::read_files(api::Reader& from, const char* key,
                                            const Variables& variables) {
  std::vector<data::Value> out;
  auto names = from.list(key);
  if (names.empty()) from.problem(key, "must be a list of files");
  for (const auto& name : names.items()) {
    if (!name.is_string()) {
      from.problem(key, "must be a list of files");
      continue;
    }
    for (auto& object : read_objects(name.text(), variables)) out.push_back(std::move(object));
  }
  return out;
}

OperatorStep Loader::read_operator(api::Reader from, const Variables& variables) {
  OperatorStep out;
  out.version = text(from, "version", variables);
  if (out.version.empty()) from.problem("version", "is missing");
  auto keep = [&](const char* key, std::string& into) {
    auto value = text(from, key, variables);
    if (!value.empty()) into = value;
  };
  keep("hub", out.init.hub);
  keep("tag", out.init.tag);
  keep("namespace", out.init.operator_namespace);
  keep("watchedNamespaces", out.init.watched_namespaces);
  keep("revision", out.init.revision);
  from.finish();
  return out;
}

IstioctlStep Loader::read_istioctl(api::Reader from, const Variables& variables) {
  IstioctlStep out;
  out.version = text(from, "version", variables);
  if (out.version.empty()) from.problem("version", "is missing");
  out.resources = read_files(from, "files", variables);
  for (const auto& resource : out.resources)
    if (resource["kind"].text() != "IstioOperator")
      from.problem("files", fmt::format("hold a {}; istioctl installs IstioOperator resources",
                                        resource["kind"].text()));
  from.finish();
  return out;
}

void Loader::read_step(api::Reader& from, ScenarioCluster& cluster, const Variables& variables) {
  int verbs = 0;
  for (auto verb : {"apply", "operator", "istioctl"}) verbs += from.has(verb) ? 1 : 0;
  if (verbs != 1) {
    problems_.push_back({from.path(), "must have one of apply, operator, istioctl"});
    return;
  }
  if (from.has("apply")) cluster.steps.push_back(ApplyStep{read_files(from, "apply", variables)});
  if (from.has("operator"))
    cluster.steps.push_back(read_operator(from.child("operator"), variables));
  if (from.has("istioctl"))
    cluster.steps.push_back(read_istioctl(from.child("istioctl"), variables));
  from.finish();
}

ScenarioCluster Loader::read_cluster(api::Reader& from, const Variables& variables) {
  ScenarioCluster out;
  out.name = base::ClusterName(text(from, "name", variables));
  if (!base::is_dns_label(out.name.str()))
    from.problem("name", "must be a DNS label (lower-case letters, digits and '-')");
  Variables known = variables;
  known.emplace("CLUSTER_NAME", out.name.str());
  auto mine = read_variables(from, known);
  for (auto& step : from.items("steps")) read_step(step, out, mine);
  from.finish();
  return out;
}

Scenario Loader::load() {
  auto value = data::parse_yaml(read_(path_), path_, {.strict = true});
  if (!value.is_map()) fail("a scenario is a map with `clusters`");
  api::Reader from(value, "", problems_);
  auto variables = read_variables(from, {});
  Scenario out;
  auto clusters = from.items("clusters");
  if (clusters.empty()) from.problem("clusters", "is missing: a list of clusters and their steps");
  for (auto& cluster : clusters) {
    out.clusters.push_back(read_cluster(cluster, variables));
    for (size_t i = 0; i + 1 < out.clusters.size(); ++i)
      if (out.clusters[i].name == out.clusters.back().name)
        cluster.problem("name", "is used twice");
  }
  from.finish();
  if (!problems_.empty()) fail(api::sentence(problems_));
  return out;
}

}  // namespace

Scenario load_scenario(const std::string& path, const Variables& given, const FileReader& read) {
  return Loader(path, given, read).load();
}

}  // namespace jibe::cli
