// Which resources a cluster serves, and which resource a kind is: aggregated discovery
// (apidiscovery.k8s.io/v2, v2beta1) where the server has it, the older document per group version
// otherwise. Cached; a miss asks again once, because a CRD may have come meanwhile.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "kube/object.h"

namespace jibe::kube {

class Client;

struct ApiResource {
  Gvr gvr;
  Gvk gvk;
  bool namespaced = false;
  std::string singular;
  std::vector<std::string> verbs;
  std::vector<std::string> short_names;
  std::vector<std::string> categories;
  std::vector<std::string> subresources;  // "status", "scale", …

  bool has_verb(std::string_view verb) const;
  bool has_subresource(std::string_view name) const;
};

// Nothing in the cluster is of this kind, or has this resource name.
class NoKindMatch : public base::Error {
 public:
  using Error::Error;
};

class Discovery {
 public:
  explicit Discovery(Client& client) : client_(client) {}

  // An empty version means the group's preferred one. These throw NoKindMatch.
  Task<ApiResource> for_kind(Gvk gvk);
  Task<ApiResource> for_resource(Gvr gvr);
  Task<std::optional<ApiResource>> try_for_kind(Gvk gvk);
  // What a user typed: "po", "pod", "deploy", "deployments.apps", "ilm" (kubectl's order: resource
  // name, singular, short name; groups in the server's order).
  Task<ApiResource> for_word(std::string word);
  // Everything, groups in the server's order, preferred versions first.
  Task<std::vector<ApiResource>> all();
  // {major, minor, gitVersion, …} of /version.
  Task<data::Value> server_version();

  void invalidate() { loaded_ = false; }

 private:
  using Find = std::function<const ApiResource*(const std::vector<ApiResource>&)>;
  Task<std::optional<ApiResource>> look(Find find);
  Task<void> load();
  Task<std::vector<ApiResource>> fetch(std::string root);

  Client& client_;
  bool loaded_ = false;
  std::vector<ApiResource> resources_;
};

// Pure halves, for tests: what the documents say.
std::vector<ApiResource> resources_of_aggregated(const data::Value& group_discovery_list);
// `list` is an APIResourceList.
std::vector<ApiResource> resources_of_list(const data::Value& list);

}  // namespace jibe::kube
