// Cache: the objects of one resource, kept current by a Reflector, with handlers and indexes (what
// client-go calls an informer). Reading is free of I/O; values share their storage with the cache.
#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "kube/object.h"
#include "kube/reflector.h"
#include "kube/selector.h"
#include "rt/sync.h"

namespace jibe::kube {

// old is null for an addition, current is null for a deletion.
struct Change {
  data::Value old;
  data::Value current;
  const data::Value& object() const { return current.is_null() ? old : current; }
};

struct CacheOptions {
  ReflectorOptions reflect;
  // Applied to every object before it is kept; the default drops metadata.managedFields, which
  // nobody reads and which is often half of an object. An empty function keeps everything.
  std::function<data::Value(data::Value)> transform = drop_managed_fields;

  static data::Value drop_managed_fields(data::Value object);
};

class Cache : private ReflectorSink {
 public:
  using Handler = std::function<void(const Change&)>;
  // The keys under which an object is found.
  using Index = std::function<std::vector<std::string>(const data::Value&)>;

  Cache(Client& client, CacheOptions options);

  // Before run(): handlers are called on the event loop for every change, first for everything
  // there is (as additions). They only enqueue names; they must not throw or write.
  void on_change(Handler handler);
  void add_index(const std::string& name, Index index);

  // Runs until cancelled.
  Task<void> run();
  bool has_synced() const { return synced_; }
  // Throws base::DeadlineExceeded naming the resource, with the last trouble.
  Task<void> wait_synced(base::Duration span);
  const std::string& trouble() const { return reflector_.trouble(); }
  const Gvr& gvr() const { return gvr_; }

  // nullptr where absent; valid until the next change (copy the value to keep it).
  const data::Value* find(const ObjectName& name) const;
  // In order of namespace and name.
  std::vector<data::Value> list(const std::string& ns = "") const;
  std::vector<data::Value> list(const std::string& ns, const LabelSelector& labels) const;
  std::vector<data::Value> by_index(const std::string& index, const std::string& key) const;
  size_t size() const { return objects_.size(); }

 private:
  struct IndexState {
    Index keys;
    std::map<std::string, std::set<ObjectName>> entries;
  };

  void replace(std::vector<data::Value> items) override;
  void apply(const WatchEvent& event) override;
  void put(data::Value object);
  void drop(const ObjectName& name, const data::Value& last_state);
  void reindex(const data::Value& old, const data::Value& current);
  void notify(const Change& change);

  rt::Runtime& runtime_;
  Gvr gvr_;
  std::function<data::Value(data::Value)> transform_;
  Reflector reflector_;
  rt::Event synced_event_;
  bool synced_ = false;
  std::map<ObjectName, data::Value> objects_;
  std::map<std::string, IndexState> indexes_;
  std::vector<Handler> handlers_;
};

// An index by label: one key, the label's value, for objects that carry it.
Cache::Index by_label(std::string label);
// An index by the uid of every owner.
std::vector<std::string> by_owner_uid(const data::Value& object);

}  // namespace jibe::kube
