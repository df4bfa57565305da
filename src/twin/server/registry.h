// Which resources are served: the built-in ones, and those that CustomResourceDefinitions add.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "data/value.h"
#include "twin/schema/resource.h"

namespace jibe::twin {

inline constexpr const char* kCrdResource = "customresourcedefinitions.apiextensions.k8s.io";

class ResourceRegistry {
 public:
  ResourceRegistry();

  // nullptr where it is not served. An empty version means the preferred one.
  ResourcePtr find(const kube::Gvr& gvr) const;
  ResourcePtr find_kind(const kube::Gvk& gvk) const;
  // As find(), but throws the 404 that an API server gives for paths it does not know.
  ResourcePtr need(const kube::Gvr& gvr) const;
  // In discovery's order.
  const std::vector<ResourcePtr>& all() const { return all_; }

  // Serves, changes or ends a definition's resources; `crd` is the stored object. One that is not
  // Established is not served.
  void set_crd(const data::Value& crd);
  void drop_crd(const std::string& name);
  // The definitions that are served, by name.
  std::vector<data::Value> crds() const;
  // The definition behind "things.example.org"; null where there is none.
  const data::Value& crd(const std::string& group_resource) const;
  // Grows with every change of what is served.
  uint64_t generation() const { return generation_; }

  // The version in which a resource's objects are stored: the definition's storage version, or the
  // preferred one.
  ResourcePtr storage(const Resource& resource) const;

 private:
  void rebuild();

  struct Definition {
    data::Value crd;
    std::vector<ResourcePtr> resources;
  };
  std::map<std::string, Definition> definitions_;
  std::vector<ResourcePtr> all_;
  std::map<kube::Gvr, ResourcePtr> by_name_;
  std::map<std::string, ResourcePtr> preferred_;
  std::map<kube::Gvk, ResourcePtr> by_kind_;
  std::map<std::pair<std::string, std::string>, ResourcePtr> preferred_kind_;
  uint64_t generation_ = 0;
};

// Under which name the store keeps the resource: its group resource, but for events, which two
// groups share.
std::string store_key(const Resource& resource);
// The object in the version that `to` serves; the same storage where it already is.
data::Value to_version(const data::Value& object, const Resource& to);

// Of the condition in status.conditions; "" where there is none of the type.
const std::string& condition_status(const data::Value& object, std::string_view type);

}  // namespace jibe::twin
