#include "istio/manifest.h"

#include <algorithm>
#include <tuple>

#include "base/strings.h"
#include "data/yaml.h"
#include "istio/operator_current.h"
#include "istio/operator_legacy.h"
#include "istio/operator_legacy_merge.h"
#include "istio/operator_rules.h"
#include "istio/operator_values.h"

namespace jibe::istio {

namespace {

struct PrintKey {
  int score;
  std::string group;
  std::string kind;
  std::string name;
  auto operator<=>(const PrintKey&) const = default;
};

PrintKey key_of(const data::Value& object, const Version& version) {
  auto group = base::cut(object["apiVersion"].text(), "/");
  return {print_score(object, version), std::string(group.found ? group.before : ""),
          object["kind"].text(), object["metadata"]["name"].text()};
}

}  // namespace

std::vector<ComponentManifest> generate_manifests(const std::vector<data::Value>& iops,
                                                  const Release& release,
                                                  const GenerateOptions& options) {
  return since(release.version(), 24) ? generate_current(iops, release, options)
                                      : generate_legacy(iops, release, options);
}

MergedOperator merged_operator(const data::Value& iop, const Release& release) {
  bool current = since(release.version(), 24);
  auto merged =
      current ? merge_operator({iop}, {}, release) : merge_legacy_operator({iop}, {}, release);
  MergedOperator out{merged["spec"], ""};
  for (const auto* ns : {&out.spec["namespace"], &merged["metadata"]["namespace"],
                         &out.spec["values"]["global"]["istioNamespace"]})
    if (out.ns.empty()) out.ns = ns->text();
  if (out.ns.empty()) out.ns = "istio-system";
  return out;
}

std::vector<data::Value> print_order(const std::vector<ComponentManifest>& components,
                                     const Version& version) {
  std::vector<std::pair<PrintKey, data::Value>> keyed;
  for (const auto& component : components)
    for (const auto& object : component.objects)
      keyed.emplace_back(key_of(object, version), object);
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<data::Value> out;
  for (auto& [key, object] : keyed) out.push_back(std::move(object));
  return out;
}

std::string manifest_text(const std::vector<ComponentManifest>& components,
                          const Version& version) {
  std::string out;
  for (const auto& object : print_order(components, version))
    out += data::to_yaml(object) + "\n---\n";
  return out;
}

}  // namespace jibe::istio
