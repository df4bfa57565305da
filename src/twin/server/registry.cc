#include "twin/server/registry.h"

#include "kube/status.h"
#include "twin/schema/builtin.h"
#include "twin/schema/crd.h"

namespace jibe::twin {

namespace {

const data::Value kNull;

// events.k8s.io/v1 and core v1 name the same fields differently (pkg/apis/core/v1/conversion.go and
// pkg/apis/events/v1/conversion.go of Kubernetes).
constexpr std::pair<const char*, const char*> kEventFields[] = {
    {"regarding", "involvedObject"},
    {"note", "message"},
    {"deprecatedSource", "source"},
    {"deprecatedFirstTimestamp", "firstTimestamp"},
    {"deprecatedLastTimestamp", "lastTimestamp"},
    {"deprecatedCount", "count"},
    {"reportingController", "reportingComponent"},
};

data::Value convert_event(data::Value event, const Resource& to) {
  for (auto [newer, older] : kEventFields) {
    auto [from, into] = to.gvr.group.empty() ? std::pair(newer, older) : std::pair(older, newer);
    const data::Value* field = event.find(from);
    if (!field) continue;
    data::Value value = *field;
    event.erase(from);
    event.set(into, std::move(value));
  }
  event.set("apiVersion", to.gvr.api_version());
  return event;
}

}  // namespace

std::string store_key(const Resource& resource) {
  if (resource.gvr.group == "events.k8s.io") return "events";
  return resource.gvr.group_resource();
}

data::Value to_version(const data::Value& object, const Resource& to) {
  if (object.is_null() || object["apiVersion"].text() == to.gvr.api_version()) return object;
  if (to.kind == "Event" && !to.is_custom()) return convert_event(object, to);
  return convert(object, to);
}

const std::string& condition_status(const data::Value& object, std::string_view type) {
  for (const data::Value& condition : object["status"]["conditions"].items()) {
    if (condition["type"].text() == type) return condition["status"].text();
  }
  return kNull.text();
}

ResourceRegistry::ResourceRegistry() {
  rebuild();
}

void ResourceRegistry::rebuild() {
  ++generation_;
  all_ = builtin_resources();
  for (const auto& [name, definition] : definitions_) {
    all_.insert(all_.end(), definition.resources.begin(), definition.resources.end());
  }
  by_name_.clear();
  preferred_.clear();
  by_kind_.clear();
  preferred_kind_.clear();
  for (const ResourcePtr& resource : all_) {
    by_name_.try_emplace(resource->gvr, resource);
    preferred_.try_emplace(resource->gvr.group_resource(), resource);
    by_kind_.try_emplace(resource->gvk(), resource);
    preferred_kind_.try_emplace(std::pair(resource->gvr.group, resource->kind), resource);
  }
}

ResourcePtr ResourceRegistry::find(const kube::Gvr& gvr) const {
  if (gvr.version.empty()) {
    auto found = preferred_.find(gvr.group_resource());
    return found == preferred_.end() ? nullptr : found->second;
  }
  auto found = by_name_.find(gvr);
  return found == by_name_.end() ? nullptr : found->second;
}

ResourcePtr ResourceRegistry::find_kind(const kube::Gvk& gvk) const {
  if (gvk.version.empty()) {
    auto found = preferred_kind_.find(std::pair(gvk.group, gvk.kind));
    return found == preferred_kind_.end() ? nullptr : found->second;
  }
  auto found = by_kind_.find(gvk);
  return found == by_kind_.end() ? nullptr : found->second;
}

ResourcePtr ResourceRegistry::need(const kube::Gvr& gvr) const {
  if (ResourcePtr resource = find(gvr)) return resource;
  throw kube::StatusError(404, "NotFound", "the server could not find the requested resource");
}

void ResourceRegistry::set_crd(const data::Value& crd) {
  std::string name = crd["metadata"]["name"].text();
  if (condition_status(crd, "Established") != "True") return drop_crd(name);
  auto old = definitions_.find(name);
  if (old != definitions_.end() && old->second.crd["spec"] == crd["spec"]) {
    old->second.crd = crd;
    return;
  }
  Definition definition;
  definition.crd = crd;
  definition.resources = crd_resources(crd);
  definitions_[name] = std::move(definition);
  rebuild();
}

void ResourceRegistry::drop_crd(const std::string& name) {
  if (definitions_.erase(name) > 0) rebuild();
}

std::vector<data::Value> ResourceRegistry::crds() const {
  std::vector<data::Value> crds;
  for (const auto& [name, definition] : definitions_) crds.push_back(definition.crd);
  return crds;
}

const data::Value& ResourceRegistry::crd(const std::string& group_resource) const {
  auto found = definitions_.find(group_resource);
  return found == definitions_.end() ? kNull : found->second.crd;
}

ResourcePtr ResourceRegistry::storage(const Resource& resource) const {
  if (resource.gvr.group == "events.k8s.io") return find({"", "v1", "events"});
  const data::Value& definition = crd(resource.gvr.group_resource());
  for (const data::Value& version : definition["spec"]["versions"].items()) {
    if (!version["storage"].bool_or(false)) continue;
    kube::Gvr gvr = resource.gvr;
    gvr.version = version["name"].text();
    // A storage version need not be served.
    if (ResourcePtr stored = find(gvr)) return stored;
  }
  kube::Gvr gvr = resource.gvr;
  gvr.version.clear();
  return find(gvr);
}

}  // namespace jibe::twin
