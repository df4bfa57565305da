// PodDisruptionBudgets (pkg/controller/disruption, 1.36); evictions themselves are the server's.
#include <map>

#include "base/coroutine.h"
#include "kube/selector.h"
#include "twin/controllers/controllers.h"
#include "twin/controllers/disruption_plan.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"

namespace jibe::twin {

namespace {

class DisruptionController : public Controller {
 public:
  explicit DisruptionController(Context context) : Controller(context, "disruption-controller") {}

 protected:
  void watch() override;
  Task<void> sync(std::string key) override;

 private:
  int64_t expected_pods(const std::vector<data::Value>& pods) const;
};

void DisruptionController::watch() {
  on_objects(kPdbs);
  on(kPods, [this](const WatchEvent& event) {
    for (const data::Value& pdb : client_.items(kPdbs, object_namespace(event.object)))
      if (kube::LabelSelector::from_value(pdb["spec"]["selector"])
              .matches(event.object["metadata"]["labels"]))
        queue_.add(key_of(pdb));
  });
  for (const kube::Gvr& gvr : {kDeployments, kReplicaSets, kStatefulSets})
    on(gvr, [this](const WatchEvent& event) {
      if (event.old["spec"]["replicas"] == event.object["spec"]["replicas"]) return;
      for (const data::Value& pdb : client_.items(kPdbs, object_namespace(event.object)))
        queue_.add(key_of(pdb));
    });
}

// The replicas of everything that scales and owns one of the pods, each once.
int64_t DisruptionController::expected_pods(const std::vector<data::Value>& pods) const {
  std::map<std::string, int64_t> by_owner;
  for (const data::Value& pod : pods) {
    const data::Value& reference = kube::controller_of(pod);
    if (reference.is_null()) continue;
    const std::string& kind = reference["kind"].text();
    const kube::Gvr& gvr = kind == "StatefulSet" ? kStatefulSets : kReplicaSets;
    if (kind != "ReplicaSet" && kind != "StatefulSet") continue;
    auto owner = client_.get(gvr, object_namespace(pod), reference["name"].text());
    if (!owner || kube::uid_of(*owner) != reference["uid"].text()) continue;
    const std::string deployment = controller_key(*owner, "Deployment");
    if (!deployment.empty()) {
      auto above = client_.get(kDeployments, deployment);
      if (above) owner = std::move(above);
    }
    by_owner[kube::uid_of(*owner)] = (*owner)["spec"]["replicas"].int_or(1);
  }
  int64_t sum = 0;
  for (const auto& [uid, replicas] : by_owner) sum += replicas;
  return sum;
}

Task<void> DisruptionController::sync(std::string key) {
  const auto found = client_.get(kPdbs, key);
  if (!found) co_return;
  data::Value pdb = *found;
  const auto selector = kube::LabelSelector::from_value(pdb["spec"]["selector"]);
  std::vector<data::Value> pods = client_.items(kPods, object_namespace(pdb));
  std::erase_if(pods, [&](const data::Value& pod) {
    return is_pod_finished(pod) || !selector.matches(pod["metadata"]["labels"]);
  });
  const data::Value status = disruption_status(pdb, pods, expected_pods(pods), now());
  if (status != pdb["status"]) {
    pdb.set("status", status);
    co_await client_.update_status(kPdbs, pdb);
  }
  const auto wait = next_recheck(status, now());
  if (wait) queue_.add_after(key, *wait);
}

}  // namespace

std::unique_ptr<Controller> make_disruption_controller(Context context) {
  return std::make_unique<DisruptionController>(context);
}

}  // namespace jibe::twin
