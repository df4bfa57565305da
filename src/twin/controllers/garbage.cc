// The garbage collector (pkg/controller/garbagecollector, 1.36): acts on what owner_graph.h
// decides, for every resource, those of later CustomResourceDefinitions included.
#include <set>

#include "base/coroutine.h"
#include "twin/controllers/controllers.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/owner_graph.h"
#include "twin/controllers/resources.h"

namespace jibe::twin {

namespace {

// Queue key that is no uid: look for resources that are not watched yet.
const std::string kRediscover = "rediscover";

class GarbageCollector : public Controller {
 public:
  explicit GarbageCollector(Context context)
      : Controller(context, "generic-garbage-collector", 2) {}

 protected:
  void watch() override;
  Task<void> sync(std::string key) override;

 private:
  void watch_new();
  void see(const kube::Gvr& gvr, const WatchEvent& event);
  Task<void> drop_finalizer(OwnerGraph::Node node, data::Value object, std::string finalizer);
  Task<void> orphan_dependents(std::string uid);

  OwnerGraph graph_;
  std::set<kube::Gvr> watched_;
};

void GarbageCollector::watch() {
  watch_new();
  on(kCrds, [this](const WatchEvent&) { queue_.add(kRediscover); });
}

void GarbageCollector::watch_new() {
  for (const kube::Gvr& gvr : stored_resources(client_.api(), Scope::kAny, false))
    if (watched_.insert(gvr).second)
      on(gvr, [this, gvr](const WatchEvent& event) { see(gvr, event); });
}

void GarbageCollector::see(const kube::Gvr& gvr, const WatchEvent& event) {
  const data::Value& now = event.object["metadata"];
  const data::Value& before = event.old["metadata"];
  // Most changes are none of ours.
  if (event.type == "MODIFIED" && now["ownerReferences"] == before["ownerReferences"] &&
      now["finalizers"] == before["finalizers"] &&
      now["deletionTimestamp"] == before["deletionTimestamp"])
    return;
  const std::vector<std::string> look_at = event.type == "DELETED"
                                               ? graph_.deleted(kube::uid_of(event.object))
                                               : graph_.changed(gvr, event.object);
  for (const std::string& uid : look_at) queue_.add(uid);
}

Task<void> GarbageCollector::drop_finalizer(OwnerGraph::Node node, data::Value object,
                                            std::string finalizer) {
  data::Value left = data::Value::list();
  for (const data::Value& item : object["metadata"]["finalizers"].items())
    if (item.text() != finalizer) left.push_back(item);
  if (left.size() == object["metadata"]["finalizers"].size()) co_return;
  object.edit("metadata").set("finalizers", left);
  co_await client_.update(node.gvr, object);
}

Task<void> GarbageCollector::orphan_dependents(std::string uid) {
  for (const std::string& dependent : graph_.dependents(uid)) {
    const OwnerGraph::Node* node = graph_.find(dependent);
    if (node == nullptr) continue;
    const kube::Gvr gvr = node->gvr;
    const auto object = client_.get(gvr, node->name.ns, node->name.name);
    if (!object) continue;
    data::Value left = data::Value::list();
    for (const data::Value& reference : (*object)["metadata"]["ownerReferences"].items())
      if (reference["uid"].text() != uid) left.push_back(reference);
    data::Value freed = *object;
    freed.edit("metadata").set("ownerReferences", left);
    co_await client_.update(gvr, freed);
  }
}

Task<void> GarbageCollector::sync(std::string key) {
  if (key == kRediscover) {
    watch_new();
    co_return;
  }
  const OwnerGraph::Node* found = graph_.find(key);
  const OwnerGraph::Decision decision = graph_.decide(key);
  if (found == nullptr || decision.verdict == OwnerGraph::Verdict::kKeep) co_return;
  const OwnerGraph::Node node = *found;
  const auto object = client_.get(node.gvr, node.name.ns, node.name.name);
  if (!object || kube::uid_of(*object) != key) co_return;
  switch (decision.verdict) {
    case OwnerGraph::Verdict::kKeep:
      break;
    case OwnerGraph::Verdict::kDelete:
    case OwnerGraph::Verdict::kDeleteForeground:
      co_await client_.remove(node.gvr, *object, {}, decision.propagation);
      break;
    case OwnerGraph::Verdict::kDropOwners: {
      data::Value kept = *object;
      kept.edit("metadata").set("ownerReferences", decision.owners);
      co_await client_.update(node.gvr, kept);
      break;
    }
    case OwnerGraph::Verdict::kUnblock:
      co_await drop_finalizer(node, *object, "foregroundDeletion");
      break;
    case OwnerGraph::Verdict::kOrphanDependents:
      co_await orphan_dependents(key);
      co_await drop_finalizer(node, *object, "orphan");
      break;
  }
}

}  // namespace

std::unique_ptr<Controller> make_garbage_collector(Context context) {
  return std::make_unique<GarbageCollector>(context);
}

}  // namespace jibe::twin
