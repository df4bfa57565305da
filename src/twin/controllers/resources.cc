#include "twin/controllers/resources.h"

#include <algorithm>
#include <map>

namespace jibe::twin {

namespace {

bool has_verb(const Resource& resource, std::string_view verb) {
  return std::find(resource.verbs.begin(), resource.verbs.end(), verb) != resource.verbs.end();
}

}  // namespace

std::vector<kube::Gvr> stored_resources(const Api& api, Scope scope, bool with_events) {
  std::map<std::pair<std::string, std::string>, kube::Gvr> chosen;
  for (const ResourcePtr& resource : api.resources()) {
    const kube::Gvr& gvr = resource->gvr;
    if (!has_verb(*resource, "list") || !has_verb(*resource, "delete")) continue;
    if (scope == Scope::kNamespaced && !resource->namespaced) continue;
    // The same objects under a second group.
    if (gvr.resource == "events" && (!gvr.group.empty() || !with_events)) continue;
    const auto key = std::make_pair(gvr.group, gvr.resource);
    if (chosen.contains(key)) continue;
    const ResourcePtr preferred = api.find({gvr.group, "", gvr.resource});
    chosen[key] = preferred ? preferred->gvr : gvr;
  }
  std::vector<kube::Gvr> resources;
  for (auto& [key, gvr] : chosen) resources.push_back(std::move(gvr));
  return resources;
}

}  // namespace jibe::twin
