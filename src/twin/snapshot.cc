#include "twin/snapshot.h"

#include <algorithm>
#include <map>

#include "base/coroutine.h"
#include "twin/controllers/client.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/resources.h"

namespace jibe::twin {

namespace {

// The order in which kinds must exist.
int rank(const data::Value& object) {
  const std::string& kind = object["kind"].text();
  if (kind == "CustomResourceDefinition") return 0;
  if (kind == "Namespace" || kind == "Node" || kind == "PriorityClass") return 1;
  if (kind == "ServiceAccount" || kind == "ConfigMap" || kind == "Secret") return 2;
  return kind.ends_with("WebhookConfiguration") ? 9 : 3;
}

// What the server assigns, and must not be told.
data::Value creatable(data::Value object, const std::map<std::string, std::string>& uids) {
  data::Value& metadata = object.edit("metadata");
  for (const char* field : {"uid", "resourceVersion", "managedFields", "selfLink",
                            "deletionTimestamp", "deletionGracePeriodSeconds"})
    metadata.erase(field);
  if (!metadata["ownerReferences"].empty()) {
    for (data::Value& reference : metadata.edit("ownerReferences").edit_items()) {
      const auto it = uids.find(reference["uid"].text());
      if (it != uids.end()) reference.set("uid", it->second);
    }
  }
  return object;
}

bool owners_known(const data::Value& object, const std::map<std::string, std::string>& uids,
                  const std::map<std::string, bool>& in_snapshot) {
  for (const data::Value& reference : object["metadata"]["ownerReferences"].items()) {
    const std::string& uid = reference["uid"].text();
    if (in_snapshot.contains(uid) && !uids.contains(uid)) return false;
  }
  return true;
}

Task<data::Value> create_or_replace(Client client, kube::Gvr gvr, data::Value object) {
  const auto known = client.get(gvr, object_namespace(object), object_name(object));
  if (!known) {
    data::Value stored = co_await client.create(gvr, object);
    co_return stored;
  }
  object.edit("metadata").set("resourceVersion", (*known)["metadata"]["resourceVersion"]);
  data::Value stored = co_await client.update(gvr, object);
  co_return stored;
}

Task<std::string> restore_one(Client client, data::Value object,
                              std::map<std::string, std::string> uids) {
  const ResourcePtr resource = client.api().find_kind(kube::gvk_of(object));
  if (!resource) {
    throw base::InvalidInput("The snapshot holds " + kube::describe(object) + " of " +
                             object["apiVersion"].text() +
                             ", which this cluster does not serve; add its "
                             "CustomResourceDefinition to the snapshot.");
  }
  const data::Value status = object["status"];
  data::Value stored = co_await create_or_replace(client, resource->gvr, creatable(object, uids));
  std::string uid = kube::uid_of(stored);
  if (!status.is_null() && resource->has_subresource("status") && stored["status"] != status) {
    stored.set("status", status);
    co_await client.update_status(resource->gvr, stored);
  }
  co_return uid;
}

}  // namespace

data::Value snapshot(const Api& api, bool with_events) {
  data::Value items = data::Value::list();
  for (const kube::Gvr& gvr : stored_resources(api, Scope::kAny, with_events))
    for (data::Value& object : api.items(gvr)) items.push_back(std::move(object));
  return data::Value::map({{"apiVersion", "v1"}, {"kind", "List"}, {"items", items}});
}

Task<void> restore(Api& api, data::Value list) {
  const Client client(api, "restore", "system:apiserver");
  std::vector<data::Value> waiting(list["items"].items().begin(), list["items"].items().end());
  std::stable_sort(waiting.begin(), waiting.end(),
                   [](const data::Value& a, const data::Value& b) { return rank(a) < rank(b); });
  std::map<std::string, bool> in_snapshot;
  for (const data::Value& object : waiting) in_snapshot[kube::uid_of(object)] = true;
  std::map<std::string, std::string> uids;
  while (!waiting.empty()) {
    std::vector<data::Value> later;
    for (const data::Value& object : waiting) {
      if (!owners_known(object, uids, in_snapshot)) {
        later.push_back(object);
        continue;
      }
      const std::string uid = co_await restore_one(client, object, uids);
      uids[kube::uid_of(object)] = uid;
    }
    // Owners in a circle: no order is right, so any will do.
    if (later.size() == waiting.size()) in_snapshot.clear();
    waiting = std::move(later);
  }
}

}  // namespace jibe::twin
