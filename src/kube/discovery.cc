#include "kube/discovery.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/coroutine.h"
#include "base/strings.h"
#include "data/json.h"
#include "kube/client.h"

namespace jibe::kube {
namespace {

constexpr std::string_view kAccept =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,"
    "application/json";

std::vector<std::string> texts(const data::Value& list) {
  std::vector<std::string> out;
  for (const data::Value& item : list.items()) out.push_back(item.text());
  return out;
}

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

ApiResource aggregated_resource(const std::string& group, const std::string& version,
                                const data::Value& entry) {
  ApiResource out;
  out.gvr = {group, version, entry["resource"].text()};
  const data::Value& kind = entry["responseKind"];
  // A resource may answer with another group's kind; an empty group and version mean the list's.
  bool foreign = !kind["version"].text().empty();
  out.gvk = {foreign ? kind["group"].text() : group, foreign ? kind["version"].text() : version,
             kind["kind"].text()};
  out.namespaced = entry["scope"].text() == "Namespaced";
  out.singular = entry["singularResource"].text();
  out.verbs = texts(entry["verbs"]);
  out.short_names = texts(entry["shortNames"]);
  out.categories = texts(entry["categories"]);
  for (const data::Value& sub : entry["subresources"].items()) {
    out.subresources.push_back(sub["subresource"].text());
  }
  return out;
}

ApiResource listed_resource(const Gvk& of_list, const data::Value& entry) {
  ApiResource out;
  const std::string& group = entry["group"].text();
  const std::string& version = entry["version"].text();
  out.gvr = {of_list.group, of_list.version, entry["name"].text()};
  out.gvk = {version.empty() ? of_list.group : group, version.empty() ? of_list.version : version,
             entry["kind"].text()};
  out.namespaced = entry["namespaced"].bool_or(false);
  out.singular = entry["singularName"].text();
  out.verbs = texts(entry["verbs"]);
  out.short_names = texts(entry["shortNames"]);
  out.categories = texts(entry["categories"]);
  return out;
}

Gvk split_group_version(const std::string& text) {
  base::Cut cut = base::cut(text, "/");
  if (!cut.found) return {"", text, ""};
  return {std::string(cut.before), std::string(cut.after), ""};
}

// /api or /apis in the older form: the group versions, preferred first within a group.
std::vector<std::string> group_versions(const data::Value& document) {
  std::vector<std::string> out;
  for (const data::Value& version : document["versions"].items()) out.push_back(version.text());
  for (const data::Value& group : document["groups"].items()) {
    const std::string& preferred = group["preferredVersion"]["groupVersion"].text();
    if (!preferred.empty()) out.push_back(preferred);
    for (const data::Value& version : group["versions"].items()) {
      const std::string& text = version["groupVersion"].text();
      if (text != preferred) out.push_back(text);
    }
  }
  return out;
}

// "deployments", "deployments.apps", "deployments.v1.apps": kubectl's ParseResourceArg.
bool word_names(const ApiResource& resource, std::string_view word, std::string_view name) {
  if (name.empty()) return false;
  base::Cut cut = base::cut(word, ".");
  if (cut.before != name) return false;
  if (!cut.found || cut.after == resource.gvr.group) return true;
  return cut.after == resource.gvr.version + "." + resource.gvr.group;
}

bool matches_resource(const ApiResource& r, const std::string& word) {
  return word_names(r, word, r.gvr.resource);
}
bool matches_singular(const ApiResource& r, const std::string& word) {
  return word_names(r, word, r.singular) || word_names(r, word, base::lower(r.gvk.kind));
}
bool matches_short_name(const ApiResource& r, const std::string& word) {
  return std::any_of(r.short_names.begin(), r.short_names.end(),
                     [&](const std::string& name) { return word_names(r, word, name); });
}

const ApiResource* find_word(const std::vector<ApiResource>& all, const std::string& word) {
  for (auto* matches : {matches_resource, matches_singular, matches_short_name}) {
    for (const ApiResource& resource : all) {
      if (matches(resource, word)) return &resource;
    }
  }
  return nullptr;
}

const ApiResource* find_kind(const std::vector<ApiResource>& all, const Gvk& gvk) {
  for (const ApiResource& resource : all) {
    const Gvk& have = resource.gvk;
    if (have.kind != gvk.kind || have.group != gvk.group) continue;
    if (gvk.version.empty() || have.version == gvk.version) return &resource;
  }
  return nullptr;
}

const ApiResource* find_resource(const std::vector<ApiResource>& all, const Gvr& gvr) {
  for (const ApiResource& resource : all) {
    const Gvr& have = resource.gvr;
    if (have.resource != gvr.resource || have.group != gvr.group) continue;
    if (gvr.version.empty() || have.version == gvr.version) return &resource;
  }
  return nullptr;
}

}  // namespace

bool ApiResource::has_verb(std::string_view verb) const {
  return contains(verbs, verb);
}

bool ApiResource::has_subresource(std::string_view name) const {
  return contains(subresources, name);
}

std::vector<ApiResource> resources_of_aggregated(const data::Value& group_discovery_list) {
  std::vector<ApiResource> out;
  for (const data::Value& group : group_discovery_list["items"].items()) {
    const std::string& name = group["metadata"]["name"].text();
    for (const data::Value& version : group["versions"].items()) {
      for (const data::Value& entry : version["resources"].items()) {
        out.push_back(aggregated_resource(name, version["version"].text(), entry));
      }
    }
  }
  return out;
}

std::vector<ApiResource> resources_of_list(const data::Value& list) {
  Gvk of_list = split_group_version(list["groupVersion"].text());
  std::vector<ApiResource> out;
  for (const data::Value& entry : list["resources"].items()) {
    const std::string& name = entry["name"].text();
    base::Cut cut = base::cut(name, "/");
    if (!cut.found) {
      out.push_back(listed_resource(of_list, entry));
      continue;
    }
    for (ApiResource& parent : out) {
      if (parent.gvr.resource == cut.before) {
        parent.subresources.emplace_back(cut.after);
      }
    }
  }
  return out;
}

Task<std::vector<ApiResource>> Discovery::fetch(std::string root) {
  std::string text = co_await client_.get_raw(root, std::string(kAccept));
  data::Value document = data::parse_json(text);
  if (document["kind"].text() == "APIGroupDiscoveryList") {
    co_return resources_of_aggregated(document);
  }
  std::vector<ApiResource> out;
  for (const std::string& version : group_versions(document)) {
    try {
      std::string list = co_await client_.get_raw(root + "/" + version);
      std::vector<ApiResource> found = resources_of_list(data::parse_json(list));
      out.insert(out.end(), found.begin(), found.end());
    } catch (const StatusError& error) {
      // The server of one group being down must not hide all the others.
      client_.runtime().log().warning(
          "cannot discover a group",
          {{"group", version}, {"where", client_.options().where}, {"trouble", error.what()}});
    }
  }
  co_return out;
}

Task<void> Discovery::load() {
  std::vector<ApiResource> found = co_await fetch("/api");
  std::vector<ApiResource> groups = co_await fetch("/apis");
  found.insert(found.end(), groups.begin(), groups.end());
  resources_ = std::move(found);
  loaded_ = true;
}

// Asks `find`, and again with fresh documents where they were not fresh and it found nothing.
Task<std::optional<ApiResource>> Discovery::look(Find find) {
  bool fresh = !loaded_;
  if (!loaded_) co_await load();
  const ApiResource* found = find(resources_);
  if (found == nullptr && !fresh) {
    co_await load();
    found = find(resources_);
  }
  if (found == nullptr) co_return std::nullopt;
  co_return *found;
}

Task<std::optional<ApiResource>> Discovery::try_for_kind(Gvk gvk) {
  return look(
      [gvk = std::move(gvk)](const std::vector<ApiResource>& all) { return find_kind(all, gvk); });
}

Task<ApiResource> Discovery::for_kind(Gvk gvk) {
  std::optional<ApiResource> found = co_await try_for_kind(gvk);
  if (found) co_return *found;
  throw NoKindMatch(fmt::format("no matches for kind \"{}\" in version \"{}\" in {}", gvk.kind,
                                gvk.api_version(), client_.options().where));
}

Task<ApiResource> Discovery::for_resource(Gvr gvr) {
  std::optional<ApiResource> found =
      co_await look([gvr](const std::vector<ApiResource>& all) { return find_resource(all, gvr); });
  if (found) co_return *found;
  throw NoKindMatch(
      fmt::format("{} has no resource \"{}\"", client_.options().where, gvr.group_resource()));
}

Task<ApiResource> Discovery::for_word(std::string word) {
  std::optional<ApiResource> found =
      co_await look([lower = base::lower(word)](const std::vector<ApiResource>& all) {
        return find_word(all, lower);
      });
  if (found) co_return *found;
  throw NoKindMatch(
      fmt::format("{} doesn't have a resource type \"{}\"", client_.options().where, word));
}

Task<std::vector<ApiResource>> Discovery::all() {
  if (!loaded_) co_await load();
  co_return resources_;
}

Task<data::Value> Discovery::server_version() {
  std::string text = co_await client_.get_raw("/version");
  co_return data::parse_json(text);
}

}  // namespace jibe::kube
