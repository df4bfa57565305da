#include "istio/operator_legacy_merge.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "base/error.h"
#include "base/files.h"
#include "base/strings.h"
#include "data/patch.h"
#include "data/path.h"
#include "data/yaml.h"
#include "istio/operator_api.h"
#include "istio/operator_path.h"
#include "istio/operator_rules.h"
#include "istio/operator_step.h"
#include "istio/operator_values.h"

namespace jibe::istio {

namespace {

struct MergeRule {
  std::string_view path;
  const char* strategy;
  const char* merge_key = "";
};

// `*` stands for one key. Every other list replaces, every other map merges.
constexpr MergeRule kMergeRules[] = {
    {"spec.components.ingressGateways", "merge", "name"},
    {"spec.components.egressGateways", "merge", "name"},
    {"spec.values.gateways.*.ports", "merge", "name"},
    {"spec.values.gateways.*.meshExpansionPorts", "merge", "name"},
    {"spec.values.gateways.*.secretVolumes", "merge", "name"},
    {"spec.values.gateways.istio-ingressgateway.cpu", "replace"},
    {"spec.values.gateways.istio-ingressgateway.memory", "replace"},
    {"spec.values.gateways.istio-egressgateway.zvpn", "replace"},
    {"@.configSources", "merge", "address"},
    {"@.trustDomainAliases", "merge"},
    {"@.defaultServiceExportTo", "merge"},
    {"@.defaultVirtualServiceExportTo", "merge"},
    {"@.defaultDestinationRuleExportTo", "merge"},
    {"@.certificates", "merge", "secretName"},
    {"@.extensionProviders", "merge", "name"},
    {"@.defaultConfig.tracing", "replace"},
    {"@.defaultConfig.sds", "replace"},
    {"@.defaultConfig.gatewayTopology", "replace"},
    {"@.defaultConfig.clusterName", "replace"},
};

// `@` is either place of the mesh configuration.
bool matches(std::string_view rule, std::string_view path) {
  if (rule.starts_with('@')) {
    for (std::string_view mesh : {"spec.meshConfig", "spec.values.meshConfig"})
      if (path.starts_with(mesh) && path.substr(mesh.size()) == rule.substr(1)) return true;
    return false;
  }
  auto wanted = base::split(rule, '.');
  auto given = base::split(path, '.');
  return std::equal(wanted.begin(), wanted.end(), given.begin(), given.end(),
                    [](auto a, auto b) { return a == "*" || a == b; });
}

class OperatorSchema : public data::PatchSchema {
 public:
  explicit OperatorSchema(std::string path) : path_(std::move(path)) {}

  data::PatchField field(std::string_view key) const override {
    std::string path = path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
    data::PatchField out{std::make_shared<OperatorSchema>(path)};
    for (const auto& rule : kMergeRules) {
      if (!matches(rule.path, path)) continue;
      out.strategy = rule.strategy;
      out.merge_key = rule.merge_key;
    }
    return out;
  }

 private:
  std::string path_;
};

data::Value overlay(const data::Value& base, const data::Value& over) {
  if (!base.is_map()) return over;
  if (!over.is_map()) return base;
  OperatorSchema schema("");
  return data::strategic_merge_patch(base, over, &schema);
}

data::Value without_nulls(const data::Value& value) {
  if (value.is_list()) {
    std::vector<data::Value> items;
    for (const auto& item : value.items()) items.push_back(without_nulls(item));
    return data::Value::list(std::move(items));
  }
  if (!value.is_map()) return value;
  std::vector<data::Entry> entries;
  for (const auto& entry : value.entries())
    if (!entry.value.is_null()) entries.push_back({entry.key, without_nulls(entry.value)});
  return data::Value::map(std::move(entries));
}

// The value of the last assignment to the path.
std::string set_value(const std::vector<std::string>& set, std::string_view path) {
  std::string out;
  for (const auto& assignment : set) {
    auto parts = base::cut(assignment, "=");
    if (base::trim(parts.before) == path) out = base::trim(parts.after);
  }
  return out;
}

void check_assignment(const std::string& assignment, const Version& version) {
  auto parts = base::cut(assignment, "=");
  if (!parts.found || base::contains(parts.after, "="))
    throw base::InvalidInput(
        fmt::format("set flag {} has incorrect format, must be path=value", assignment));
  if (parts.before != "profile") return;
  if (parts.after == "remote" && since(version, 15) && !since(version, 16))
    throw base::InvalidInput(
        "profile \"remote\" has been removed (use the \"default\" profile, which is equivalent)");
  if (parts.after == "external" && since(version, 22))
    throw base::InvalidInput(
        "\"external\" profile has been removed, use \"remote\" profile instead");
}

bool is_text_path(std::string_view path, const Version& version) {
  return since(version, 21) &&
         (path == "values.compatibilityVersion" || path == "compatibilityVersion");
}

void apply_assignment(data::Value& iop, const std::string& assignment, const Version& version) {
  auto parts = base::cut(assignment, "=");
  std::string_view path = base::trim(parts.before);
  std::string_view text = base::trim(parts.after);
  if (path.starts_with("spec.")) path.remove_prefix(5);
  write_operator_path(iop, fmt::format("spec.{}", path),
                      is_text_path(path, version) ? data::Value(text) : parse_set_value(text),
                      OperatorTree::kSpec);
}

// Protobuf's map of strings takes no numbers, so what --set typed becomes text again (1.18).
void stringify_proxy_metadata(data::Value& iop, const std::vector<std::string>& set) {
  constexpr std::string_view kPath = "meshConfig.defaultConfig.proxyMetadata";
  bool named = std::any_of(set.begin(), set.end(), [&](const std::string& assignment) {
    return base::contains(base::cut(assignment, "=").before, kPath);
  });
  const data::Value metadata = iop["spec"]["meshConfig"]["defaultConfig"]["proxyMetadata"];
  if (!named || !metadata.is_map()) return;
  data::Value texts = data::Value::map();
  for (const auto& entry : metadata.entries()) texts.set(entry.key, display(entry.value));
  data::set_path(iop, fmt::format("spec.{}", kPath), texts);
}

struct PilotSetting {
  const char* value;  // below values.pilot
  const char* k8s;    // below components.pilot.k8s
};

constexpr PilotSetting kPilotSettings[] = {
    {"imagePullPolicy", "imagePullPolicy"},
    {"nodeSelector", "nodeSelector"},
    {"tolerations", "tolerations"},
    {"podDisruptionBudget", "podDisruptionBudget"},
    {"podAnnotations", "podAnnotations"},
    {"priorityClassName", "priorityClassName"},
    {"readinessProbe", "readinessProbe"},
    {"replicaCount", "replicaCount"},
    {"resources", "resources"},
    {"rollingMaxSurge", "strategy.rollingUpdate.maxSurge"},
    {"rollingMaxUnavailable", "strategy.rollingUpdate.maxUnavailable"},
    {"serviceAnnotations", "serviceAnnotations"},
};

bool is_default(const data::Value& value) {
  return value.is_null() || value == data::Value("") || value == data::Value(0) ||
         value == data::Value(false);
}

void translate_pilot_env(data::Value& iop, const data::Value& env) {
  if (env.is_null() || (env.is_map() && env.empty())) return;
  if (!env.is_map())
    throw base::InvalidInput(
        "error in translating k8s Env: expect env node type to be map[string]interface{}");
  data::Value items = iop["spec"]["components"]["pilot"]["k8s"]["env"];
  if (!items.is_list()) items = data::Value::list();
  for (const auto& entry : env.entries())
    items.push_back(data::Value::map({{"name", entry.key}, {"value", display(entry.value)}}));
  data::set_path(iop, "spec.components.pilot.k8s.env", items);
}

// Kubernetes settings that the user gives pilot as chart values must win over the profile's.
void translate_pilot_values(data::Value& iop) {
  const data::Value pilot = iop["spec"]["values"]["pilot"];
  if (!pilot.is_map()) return;
  translate_pilot_env(iop, pilot["env"]);
  for (const auto& setting : kPilotSettings)
    if (!is_default(pilot[setting.value]))
      write_operator_path(iop, fmt::format("spec.components.pilot.k8s.{}", setting.k8s),
                          pilot[setting.value], OperatorTree::kSpec);
}

// values.gateways.<name>.enabled switches the gateway of the profile.
void translate_enablement(const data::Value& user, data::Value& merged) {
  for (const auto& [name, list] : std::initializer_list<std::pair<const char*, const char*>>{
           {"istio-ingressgateway", "ingressGateways"},
           {"istio-egressgateway", "egressGateways"}}) {
    const auto& enabled = user["spec"]["values"]["gateways"][name]["enabled"];
    if (!enabled.is_null())
      write_operator_path(merged, fmt::format("spec.components.{}.[name:{}].enabled", list, name),
                          enabled, OperatorTree::kObject);
  }
}

data::Value read_operator_file(const std::filesystem::path& path) {
  return data::parse_yaml(base::read_file(path.string()), path.string());
}

// A profile of the release, or a file of the user's, which has its own default beside it.
data::Value profile_operator(const Release& release, const std::string& profile) {
  std::filesystem::path file = profile;
  bool is_file = !release.file("profiles/" + profile + ".yaml") &&
                 profile.find_first_of("/.") != std::string::npos;
  if (!is_file) {
    data::Value base = read_profile(release, "default");
    if (profile.empty() || profile == "default") return base;
    return overlay(base, read_profile(release, profile));
  }
  if (file.filename() == "default.yaml") return read_operator_file(file);
  return overlay(read_operator_file(file.parent_path() / "default.yaml"), read_operator_file(file));
}

}  // namespace

data::Value merge_legacy_files(const std::vector<data::Value>& files) {
  data::Value out;
  for (const auto& file : files) out = overlay(out, file);
  return out;
}

data::Value merge_legacy_operator(const std::vector<data::Value>& files,
                                  const std::vector<std::string>& set, const Release& release) {
  const auto& version = release.version();
  for (const auto& assignment : set) check_assignment(assignment, version);
  data::Value user = merge_legacy_files(files);
  if (user["spec"].is_map()) check_operator_spec(user["spec"], version);
  std::string profile = set_value(set, "profile");
  if (profile.empty()) profile = user["spec"]["profile"].text();
  if (user.is_null()) user = data::Value::map();
  for (const auto& assignment : set) apply_assignment(user, assignment, version);
  data::Value merged = profile_operator(release, profile);
  if (user["spec"].is_map()) {
    user = without_nulls(user);
    translate_pilot_values(user);
    merged = overlay(merged, user);
    translate_enablement(user, merged);
  }
  if (since(version, 18)) stringify_proxy_metadata(merged, set);
  return merged;
}

}  // namespace jibe::istio
