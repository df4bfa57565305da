// Where objects live: per group-resource, ordered by namespace and name, with one increasing
// revision for the whole cluster and a bounded history of what changed.
//
// Objects are stored in one version of their resource; who reads another one converts (convert.h).
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/value.h"
#include "kube/object.h"

namespace jibe::twin {

// One change. Shared by everybody who watches; immutable but for the cache of encodings.
struct StoredEvent {
  uint64_t revision = 0;
  std::string type;    // ADDED, MODIFIED, DELETED
  data::Value object;  // of DELETED: the last state, stamped with the revision of the deletion
  data::Value old;     // null for ADDED
  // What watchers were sent, by representation: made by the first who needs it, shared by all.
  mutable std::map<std::string, std::shared_ptr<const std::string>> encodings;
};
using EventPtr = std::shared_ptr<const StoredEvent>;

class ObjectStore {
 public:
  using Objects = std::map<kube::ObjectName, data::Value>;
  using Listener = std::function<void(const EventPtr&)>;

  explicit ObjectStore(size_t history) : history_limit_(history) {}
  ObjectStore(const ObjectStore&) = delete;
  ObjectStore& operator=(const ObjectStore&) = delete;

  // Of the last write; starts at 1 as an etcd that never was written.
  uint64_t revision() const { return revision_; }

  // `resource` is everywhere the group resource, "deployments.apps".
  const data::Value* find(const std::string& resource, const kube::ObjectName& name) const;
  const Objects& all(const std::string& resource) const;
  size_t object_count() const;

  // Creates or replaces, stamps metadata.resourceVersion, tells listeners, gives what was stored.
  data::Value put(const std::string& resource, const kube::ObjectName& name, data::Value object);
  // Gives the last state, stamped with the revision of the deletion. The object must exist.
  data::Value erase(const std::string& resource, const kube::ObjectName& name);

  // Changes after `revision`, oldest first; nullopt where the history does not reach back.
  std::optional<std::vector<EventPtr>> since(const std::string& resource, uint64_t revision) const;
  // The objects as they were at `revision`; nullopt as above.
  std::optional<Objects> snapshot(const std::string& resource, uint64_t revision) const;

  // The listener lives until the returned token dies. The token may outlive the store.
  std::shared_ptr<void> listen(const std::string& resource, Listener listener);

 private:
  struct Listeners {
    std::list<std::shared_ptr<Listener>> entries;
  };
  struct Table {
    Objects objects;
    std::deque<EventPtr> history;
    // Changes up to this revision are forgotten.
    uint64_t forgotten = 0;
    std::shared_ptr<Listeners> listeners = std::make_shared<Listeners>();
  };
  void record(Table& table, EventPtr event);
  const Table* table(const std::string& resource) const;

  size_t history_limit_;
  uint64_t revision_ = 1;
  std::map<std::string, Table> tables_;
};

}  // namespace jibe::twin
