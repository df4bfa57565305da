#include "istio/operator_values.h"

#include <fmt/core.h>

#include <charconv>

#include "base/error.h"
#include "base/strings.h"
#include "data/path.h"
#include "data/yaml.h"
#include "helm/values.h"
#include "istio/operator_path.h"

namespace jibe::istio {

namespace {

std::string known_profiles(const Release& release) {
  std::vector<std::string> names;
  for (const auto& [name, bytes] : release.files())
    if (name.starts_with("profiles/") && name.ends_with(".yaml"))
      names.push_back(name.substr(9, name.size() - 14));
  return base::join(names, ", ");
}

data::Value read_profile(const Release& release, const std::string& profile) {
  const auto* text = release.file("profiles/" + profile + ".yaml");
  if (!text)
    throw base::InvalidInput(fmt::format("profile \"{}\" not found in Istio {}; known profiles: {}",
                                         profile, release.version().str(),
                                         known_profiles(release)));
  return data::parse_yaml(*text, "profiles/" + profile + ".yaml");
}

bool before_1_24(const Release& release) {
  return release.version() < Version{1, 24, 0, ""};
}

// The later list's items over the earlier ones of the same name; new names at the end.
data::Value merge_by_name(const data::Value& base, const data::Value& over) {
  data::Value out = base;
  for (const auto& item : over.items()) {
    bool found = false;
    for (auto& existing : out.edit_items()) {
      if (!(existing["name"] == item["name"])) continue;
      existing = helm::merge_maps(existing, item);
      found = true;
    }
    if (!found) out.push_back(item);
  }
  return out;
}

data::Value overlay(const data::Value& base, const data::Value& over, bool gateways_by_name) {
  data::Value out = helm::merge_maps(base, over);
  if (!gateways_by_name) return out;
  for (auto list : {"ingressGateways", "egressGateways"}) {
    const auto& below = base["spec"]["components"][list];
    const auto& above = over["spec"]["components"][list];
    if (below.is_list() && above.is_list())
      out.edit("spec").edit("components").set(list, merge_by_name(below, above));
  }
  return out;
}

data::Value typed(const std::string& text) {
  int64_t integer = 0;
  const char* end = text.data() + text.size();
  if (auto [at, error] = std::from_chars(text.data(), end, integer);
      error == std::errc() && at == end)
    return integer;
  double number = 0;
  if (auto [at, error] = std::from_chars(text.data(), end, number);
      error == std::errc() && at == end)
    return number;
  for (auto yes : {"true", "True", "TRUE", "t", "T"})
    if (text == yes) return true;
  for (auto no : {"false", "False", "FALSE", "f", "F"})
    if (text == no) return false;
  return base::replace_all(text, "\\,", ",");
}

// Tags stay text: 1.10 is not the number 1.1.
bool is_always_string(std::string_view path) {
  for (std::string_view known : {"values.compatibilityVersion", "compatibilityVersion",
                                 "meshConfig.defaultConfig.proxyMetadata."})
    if (base::contains(path, known)) return true;
  return false;
}

// Everything that the operator's API says outside of `values`, put where the charts look.
void translate(data::Value& spec) {
  auto& values = spec.edit("values");
  for (auto key : {"hub", "tag"})
    if (!spec[key].is_null()) data::set_path(values, std::string("global.") + key, spec[key]);
  for (auto key : {"revision", "compatibilityVersion"})
    if (!spec[key].is_null()) values.set(key, spec[key]);
  if (spec["meshConfig"].is_map())
    values.set("meshConfig", helm::merge_maps(values["meshConfig"].is_map() ? values["meshConfig"]
                                                                            : data::Value::map(),
                                              spec["meshConfig"]));
  data::set_path(values, "pilot.enabled", spec["components"]["pilot"]["enabled"].bool_or(false));
  data::set_path(values, "pilot.cni.enabled", spec["components"]["cni"]["enabled"].bool_or(false));
}

}  // namespace

void set_spec_path(data::Value& spec, const std::string& assignment) {
  auto parts = base::cut(assignment, "=");
  if (!parts.found)
    throw base::InvalidInput(
        fmt::format("\"--set {}\" has no value; write path=value", assignment));
  std::string path(parts.before);
  std::string text(parts.after);
  write_operator_path(spec, path, is_always_string(path) ? data::Value(text) : typed(text));
}

MergedOperator merge_operator(const data::Value& iop, const std::vector<std::string>& set,
                              const Release& release) {
  data::Value user =
      data::Value::map({{"spec", iop["spec"].is_map() ? iop["spec"] : data::Value::map()}});
  for (const auto& assignment : set) set_spec_path(user.edit("spec"), assignment);
  bool by_name = before_1_24(release);
  data::Value base = read_profile(release, "default");
  std::string profile = user["spec"]["profile"].string_or("default");
  if (profile != "default") base = overlay(base, read_profile(release, profile), by_name);
  data::Value merged = overlay(base, user, by_name);
  auto& spec = merged.edit("spec");
  translate(spec);
  for (auto last : {"values", "unvalidatedValues"})
    if (user["spec"][last].is_map())
      spec.set("values", helm::merge_maps(spec["values"], user["spec"][last]));
  MergedOperator out;
  out.ns = spec["values"]["global"]["istioNamespace"].text();
  // Up to 1.23 spec.namespace places everything; kept for the specs of lifecycle managers, too.
  if (spec["namespace"].is_string()) {
    out.ns = spec["namespace"].text();
    data::set_path(spec.edit("values"), "global.istioNamespace", out.ns);
  }
  if (out.ns.empty()) out.ns = iop["metadata"]["namespace"].string_or("istio-system");
  out.spec = spec;
  return out;
}

}  // namespace jibe::istio
