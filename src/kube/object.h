// The vocabulary of Kubernetes objects: kinds, resources, names, and views of metadata in a
// data::Value. An object is always a plain data::Value.
#pragma once
#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "data/value.h"

namespace jibe::kube {

// group/version, Kind. The core group is "".
struct Gvk {
  std::string group;
  std::string version;
  std::string kind;
  auto operator<=>(const Gvk&) const = default;
  // "v1" or "apps/v1".
  std::string api_version() const { return group.empty() ? version : group + "/" + version; }
};

// group/version, plural resource name.
struct Gvr {
  std::string group;
  std::string version;
  std::string resource;
  auto operator<=>(const Gvr&) const = default;
  std::string api_version() const { return group.empty() ? version : group + "/" + version; }
  // "deployments.apps" or "pods".
  std::string group_resource() const { return group.empty() ? resource : resource + "." + group; }
};

// Of the fields apiVersion and kind; empty parts where they are absent.
Gvk gvk_of(const data::Value& object);

// Namespace and name; the namespace is "" for cluster-scoped objects.
struct ObjectName {
  std::string ns;
  std::string name;
  auto operator<=>(const ObjectName&) const = default;
  // "ns/name" or "name".
  std::string str() const { return ns.empty() ? name : ns + "/" + name; }
};
ObjectName name_of(const data::Value& object);

// metadata.<field> as text, "" where absent.
const std::string& uid_of(const data::Value& object);
const std::string& resource_version_of(const data::Value& object);
const std::string& label_of(const data::Value& object, std::string_view key);
const std::string& annotation_of(const data::Value& object, std::string_view key);
bool is_terminating(const data::Value& object);

// "Deployment istio-system/istiod", for sentences.
std::string describe(const data::Value& object);

// The owner reference with controller: true, or null.
const data::Value& controller_of(const data::Value& object);
// An owner reference to `owner`; controller and blockOwnerDeletion as given.
data::Value owner_reference(const data::Value& owner, bool controller);

}  // namespace jibe::kube
