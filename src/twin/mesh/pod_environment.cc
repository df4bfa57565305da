#include "twin/mesh/pod_environment.h"

#include "base/strings.h"
#include "data/path.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"

namespace jibe::twin {

namespace {

const data::Value kNothing;

// metadata.name, metadata.labels['x'], spec.nodeName, status.podIP, …
std::string field_of(const data::Value& pod, const std::string& path) {
  const auto [before, key, keyed] = base::cut(path, "['");
  if (!keyed) return data::get_path(pod, path).text();
  return data::get_path(pod, before)[base::cut(key, "']").before].text();
}

std::string key_of_map(const Api& api, const kube::Gvr& gvr, const std::string& ns,
                       const data::Value& reference) {
  const auto object = api.try_get({gvr, ns, reference["name"].text(), ""});
  if (!object) return "";
  const std::string& text = (*object)["data"][reference["key"].text()].text();
  return gvr == kSecrets ? base::base64_decode(text) : text;
}

// $(NAME) of a variable that is known; $$ stands for one dollar.
std::string expanded(const std::string& text, const std::map<std::string, std::string>& known) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const size_t end = text.find(')', i);
    if (text[i] == '$' && text.compare(i, 2, "$$") == 0) {
      out += '$';
      ++i;
    } else if (text.compare(i, 2, "$(") == 0 && end != std::string::npos) {
      const auto it = known.find(text.substr(i + 2, end - i - 2));
      out += it == known.end() ? text.substr(i, end - i + 1) : it->second;
      i = end;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

const data::Value& container_of(const data::Value& pod, const std::string& container) {
  for (const char* list : {"containers", "initContainers"})
    for (const data::Value& spec : pod["spec"][list].items())
      if (spec["name"].text() == container) return spec;
  return kNothing;
}

PodEnvironment::PodEnvironment(const Api& api, const data::Value& pod,
                               const std::string& container) {
  const data::Value& spec = container_of(pod, container);
  const std::string& ns = object_namespace(pod);
  for (const data::Value& source : spec["envFrom"].items()) {
    const auto map = api.try_get({kConfigMaps, ns, source["configMapRef"]["name"].text(), ""});
    if (!map) continue;
    for (const data::Entry& entry : (*map)["data"].entries())
      variables_[source["prefix"].text() + entry.key] = entry.value.text();
  }
  for (const data::Value& entry : spec["env"].items()) {
    const data::Value& from = entry["valueFrom"];
    std::string value = expanded(entry["value"].text(), variables_);
    if (from.has("fieldRef")) value = field_of(pod, from["fieldRef"]["fieldPath"].text());
    if (from.has("configMapKeyRef"))
      value = key_of_map(api, kConfigMaps, ns, from["configMapKeyRef"]);
    if (from.has("secretKeyRef")) value = key_of_map(api, kSecrets, ns, from["secretKeyRef"]);
    variables_[entry["name"].text()] = std::move(value);
  }
}

const std::string& PodEnvironment::get(const std::string& name) const {
  static const std::string kEmpty;
  const auto it = variables_.find(name);
  return it == variables_.end() ? kEmpty : it->second;
}

std::string PodEnvironment::get_or(const std::string& name, const std::string& fallback) const {
  const std::string& value = get(name);
  return value.empty() ? fallback : value;
}

}  // namespace jibe::twin
