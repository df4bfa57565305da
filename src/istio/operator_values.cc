#include "istio/operator_values.h"

#include <fmt/core.h>

#include "base/error.h"
#include "base/strings.h"
#include "data/yaml.h"
#include "helm/values.h"
#include "istio/operator_path.h"
#include "istio/operator_rules.h"
#include "istio/operator_step.h"

namespace jibe::istio {

namespace {

std::string known_profiles(const Release& release) {
  std::vector<std::string> names;
  for (const auto& [name, bytes] : release.files())
    if (name.starts_with("profiles/") && name.ends_with(".yaml"))
      names.push_back(name.substr(9, name.size() - 14));
  return base::join(names, ", ");
}

// Versions and metadata stay text: 1.10 is not the number 1.1 (values/map.go alwaysString).
bool is_always_text(std::string_view path) {
  for (std::string_view known :
       {"spec.values.compatibilityVersion", "spec.tag", "spec.values.global.tag",
        "spec.meshConfig.defaultConfig.proxyMetadata.",
        "spec.values.meshConfig.defaultConfig.proxyMetadata.", "spec.compatibilityVersion"})
    if (path.starts_with(known)) return true;
  return false;
}

void set_typed(data::Value& root, const std::string& path, std::string_view text) {
  set_values_path(root, path, is_always_text(path) ? data::Value(text) : parse_set_value(text));
}

void apply_set(data::Value& root, const std::string& assignment, const Version& version) {
  auto parts = base::cut(assignment, "=");
  // Up to 1.30 a second "=" made all of it the path.
  bool one_path = !since(version, 31) && base::contains(parts.after, "=");
  if (!parts.found || one_path) return set_typed(root, "spec." + assignment, "");
  set_typed(root, "spec." + std::string(base::trim(parts.before)), base::trim(parts.after));
}

// Everything that the operator's API says outside of `values`, put where the charts look.
void translate(data::Value& iop) {
  const data::Value spec = iop["spec"];
  for (const auto& [from, to] : kFieldsAsValues) {
    if (!spec.has(from)) continue;
    if (spec[from].is_map())
      iop = helm::merge_maps(
          iop, data::Value::map(
                   {{"spec", data::Value::map(
                                 {{"values", data::Value::map({{"meshConfig", spec[from]}})}})}}));
    else
      set_typed(iop, fmt::format("spec.values.{}", to), display(spec[from]));
  }
  const auto& components = spec["components"];
  set_values_path(iop, "spec.values.pilot.enabled", components["pilot"]["enabled"].bool_or(false));
  set_values_path(iop, "spec.values.pilot.cni.enabled",
                  components["cni"]["enabled"].bool_or(false));
  const std::string ns = iop["spec"]["values"]["global"]["istioNamespace"].text();
  if (!ns.empty()) set_values_path(iop, "metadata.namespace", ns);
}

// Istio merges by reference: a map of the user's that the profile lacks is, after the merge, the
// same map as the merged one, and has what the translation wrote into it.
data::Value as_merged(const data::Value& profile, const data::Value& user,
                      const data::Value& merged) {
  data::Value out = user;
  for (const auto& entry : user.entries()) {
    if (!entry.value.is_map()) continue;
    out.set(entry.key, profile[entry.key].is_map()
                           ? as_merged(profile[entry.key], entry.value, merged[entry.key])
                           : merged[entry.key]);
  }
  return out;
}

}  // namespace

data::Value read_profile(const Release& release, const std::string& profile) {
  const auto* text = release.file("profiles/" + profile + ".yaml");
  if (!text)
    throw base::InvalidInput(fmt::format("profile \"{}\" not found in Istio {}; known profiles: {}",
                                         profile, release.version().str(),
                                         known_profiles(release)));
  return data::parse_yaml(*text, "profiles/" + profile + ".yaml");
}

data::Value merge_operator(const std::vector<data::Value>& files,
                           const std::vector<std::string>& set, const Release& release) {
  data::Value user = data::Value::map({{"apiVersion", "install.istio.io/v1alpha1"},
                                       {"kind", "IstioOperator"},
                                       {"metadata", data::Value::map()},
                                       {"spec", data::Value::map()}});
  for (data::Value file : files) {
    if (file["spec"].is_null() && file.is_map()) file.erase("spec");
    if (file.is_map()) user = helm::merge_maps(user, file);
  }
  for (const auto& assignment : set) apply_set(user, assignment, release.version());
  const std::string profile = user["spec"]["profile"].string_or("default");
  data::Value base = read_profile(release, "default");
  if (!profile.empty() && profile != "default")
    base = helm::merge_maps(base, read_profile(release, profile));
  data::Value merged = helm::merge_maps(base, user);
  translate(merged);
  const auto& values = user["spec"]["values"];
  if (values.is_map())
    merged.edit("spec").set("values", helm::merge_maps(merged["spec"]["values"],
                                                       as_merged(base["spec"]["values"], values,
                                                                 merged["spec"]["values"])));
  return merged;
}

}  // namespace jibe::istio
