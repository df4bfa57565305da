#include "twin/schema/discovery.h"

#include <algorithm>
#include <map>

#include "twin/schema/crd.h"

namespace jibe::twin {
namespace {

using data::Value;

Value list_of(const std::vector<std::string>& texts) {
  Value out = Value::list();
  for (const std::string& t : texts) out.push_back(t);
  return out;
}

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::ranges::sort(texts);
  return texts;
}

struct Group {
  std::string name;
  std::vector<std::string> versions;
};

// Groups in order of appearance; versions best first.
std::vector<Group> groups_of(const std::vector<ResourcePtr>& resources) {
  std::vector<Group> out;
  for (const ResourcePtr& r : resources) {
    auto group = std::ranges::find(out, r->gvr.group, &Group::name);
    if (group == out.end()) group = out.insert(out.end(), Group{r->gvr.group, {}});
    if (std::ranges::find(group->versions, r->gvr.version) == group->versions.end()) {
      group->versions.push_back(r->gvr.version);
    }
  }
  for (Group& group : out) std::ranges::stable_sort(group.versions, version_before);
  return out;
}

Value group_value(const Group& group) {
  Value versions = Value::list();
  for (const std::string& v : group.versions) {
    versions.push_back(Value::map({{"groupVersion", group.name + "/" + v}, {"version", v}}));
  }
  return Value::map(
      {{"name", group.name}, {"versions", versions}, {"preferredVersion", versions[0]}});
}

Value resource_entry(const Resource& r) {
  Value out = Value::map({{"name", r.gvr.resource},
                          {"singularName", r.singular},
                          {"namespaced", r.namespaced},
                          {"kind", r.kind},
                          {"verbs", list_of(sorted(r.verbs))}});
  if (!r.short_names.empty()) out.set("shortNames", list_of(r.short_names));
  if (!r.categories.empty()) out.set("categories", list_of(r.categories));
  return out;
}

Value subresource_entry(const Resource& r, const Subresource& s) {
  Value out = Value::map({{"name", r.gvr.resource + "/" + s.name},
                          {"singularName", ""},
                          {"namespaced", r.namespaced},
                          {"kind", s.body.kind},
                          {"verbs", list_of(sorted(s.verbs))}});
  if (!s.body.group.empty()) out.set("group", s.body.group);
  if (!s.body.version.empty()) out.set("version", s.body.version);
  return out;
}

Value kind_value(const kube::Gvk& gvk) {
  return Value::map({{"group", gvk.group}, {"version", gvk.version}, {"kind", gvk.kind}});
}

// The group and version are said only where they are not the resource's own.
Value aggregated_resource(const Resource& r) {
  Value out = Value::map({{"resource", r.gvr.resource},
                          {"singularResource", r.singular},
                          {"scope", r.namespaced ? "Namespaced" : "Cluster"},
                          {"responseKind", kind_value(r.gvk())},
                          {"verbs", list_of(sorted(r.verbs))}});
  if (!r.short_names.empty()) out.set("shortNames", list_of(r.short_names));
  if (!r.categories.empty()) out.set("categories", list_of(r.categories));
  Value subresources = Value::list();
  for (const Subresource& s : r.subresource_details) {
    const bool own = s.body.group.empty() && s.body.version.empty();
    const kube::Gvk body = own ? kube::Gvk{r.gvr.group, r.gvr.version, s.body.kind} : s.body;
    subresources.push_back(Value::map({{"subresource", s.name},
                                       {"responseKind", kind_value(body)},
                                       {"verbs", list_of(sorted(s.verbs))}}));
  }
  if (!subresources.empty()) out.set("subresources", std::move(subresources));
  return out;
}

Value aggregated_version(const std::vector<ResourcePtr>& resources, const std::string& group,
                         const std::string& version) {
  Value list = Value::list();
  for (const ResourcePtr& r : resources) {
    if (r->gvr.group == group && r->gvr.version == version) list.push_back(aggregated_resource(*r));
  }
  return Value::map({{"version", version}, {"freshness", "Current"}, {"resources", list}});
}

}  // namespace

Value api_versions(std::string_view server_address) {
  return Value::map(
      {{"kind", "APIVersions"},
       {"versions", Value::list({"v1"})},
       {"serverAddressByClientCIDRs",
        Value::list({Value::map(
            {{"clientCIDR", "0.0.0.0/0"}, {"serverAddress", std::string(server_address)}})})}});
}

Value api_groups(const std::vector<ResourcePtr>& resources) {
  Value list = Value::list();
  for (const Group& group : groups_of(resources)) {
    if (!group.name.empty()) list.push_back(group_value(group));
  }
  return Value::map({{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", list}});
}

Value api_group(const std::vector<ResourcePtr>& resources, std::string_view group) {
  for (const Group& g : groups_of(resources)) {
    if (g.name != group || group.empty()) continue;
    Value out = group_value(g);
    out.set("kind", "APIGroup");
    out.set("apiVersion", "v1");
    return out;
  }
  return nullptr;
}

Value api_resources(const std::vector<ResourcePtr>& resources, std::string_view group,
                    std::string_view version) {
  Value list = Value::list();
  for (const ResourcePtr& r : resources) {
    if (r->gvr.group != group || r->gvr.version != version) continue;
    list.push_back(resource_entry(*r));
    for (const Subresource& s : r->subresource_details) list.push_back(subresource_entry(*r, s));
  }
  if (list.empty()) return nullptr;
  std::ranges::sort(list.edit_items(), {}, [](const Value& v) { return v["name"].text(); });
  const kube::Gvr gvr{std::string(group), std::string(version), ""};
  return Value::map({{"kind", "APIResourceList"},
                     {"apiVersion", "v1"},
                     {"groupVersion", gvr.api_version()},
                     {"resources", list}});
}

Value aggregated_discovery(const std::vector<ResourcePtr>& resources, bool core,
                           std::string_view api_version) {
  Value items = Value::list();
  for (const Group& group : groups_of(resources)) {
    if (group.name.empty() != core) continue;
    Value versions = Value::list();
    for (const std::string& v : group.versions) {
      versions.push_back(aggregated_version(resources, group.name, v));
    }
    Value metadata = Value::map();
    if (!group.name.empty()) metadata.set("name", group.name);
    items.push_back(Value::map({{"metadata", metadata}, {"versions", versions}}));
  }
  return Value::map({{"kind", "APIGroupDiscoveryList"},
                     {"apiVersion", "apidiscovery.k8s.io/" + std::string(api_version)},
                     {"metadata", Value::map()},
                     {"items", items}});
}

}  // namespace jibe::twin
