// DaemonSets (pkg/controller/daemon, 1.36).
#include <fmt/core.h>

#include "base/coroutine.h"
#include "twin/controllers/claim.h"
#include "twin/controllers/controllers.h"
#include "twin/controllers/daemon_set_plan.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"
#include "twin/controllers/revisions.h"

namespace jibe::twin {

namespace {

class DaemonSetController : public Controller {
 public:
  explicit DaemonSetController(Context context) : Controller(context, "daemonset-controller", 3) {}

 protected:
  void watch() override;
  Task<void> sync(std::string key) override;

 private:
  Task<void> carry_out(data::Value set, std::string hash, DaemonPlan plan);
};

void DaemonSetController::watch() {
  on_objects(kDaemonSets);
  on_owned(kPods, "DaemonSet");
  on(kNodes, [this](const WatchEvent& event) {
    const bool same = event.type == "MODIFIED" && event.old["spec"] == event.object["spec"] &&
                      event.old["metadata"]["labels"] == event.object["metadata"]["labels"];
    if (same) return;
    for (const data::Value& set : client_.items(kDaemonSets)) queue_.add(key_of(set));
  });
}

Task<void> DaemonSetController::carry_out(data::Value set, std::string hash, DaemonPlan plan) {
  for (const std::string& node : plan.create) {
    const Outcome outcome = co_await client_.try_create(kPods, make_daemon_pod(set, hash, node));
    if (outcome.ok()) {
      co_await events_.normal(set, "SuccessfulCreate",
                              fmt::format("Created pod: {}", object_name(outcome.object)));
    } else if (!is_namespace_terminating(*outcome.error)) {
      co_await events_.warning(set, "FailedCreate",
                               fmt::format("Error creating: {}", outcome.error->what()));
      throw *outcome.error;
    }
  }
  for (const data::Value& pod : plan.remove) {
    if (pod_phase(pod) == "Failed")
      co_await events_.warning(set, "FailedDaemonPod",
                               fmt::format("Found failed daemon pod {} on node {}, will try to "
                                           "kill it",
                                           key_of(pod), pod["spec"]["nodeName"].text()));
    co_await client_.remove(kPods, pod);
    co_await events_.normal(set, "SuccessfulDelete",
                            fmt::format("Deleted pod: {}", object_name(pod)));
  }
}

Task<void> DaemonSetController::sync(std::string key) {
  const auto found = client_.get(kDaemonSets, key);
  if (!found) co_return;
  data::Value set = *found;
  DaemonView view;
  const data::Value revision =
      co_await ensure_revision(client_, set, std::string(kControllerRevisionHash));
  view.hash = kube::label_of(revision, kControllerRevisionHash);
  view.pods = co_await claim(client_, kPods, set, client_.items(kPods, object_namespace(set)));
  view.set = set;
  view.nodes = client_.items(kNodes);
  view.now = now();
  std::optional<kube::StatusError> failure;
  try {
    co_await carry_out(set, view.hash, plan_daemon_set(view));
  } catch (const kube::StatusError& error) {
    failure = error;
  }
  const data::Value status = daemon_set_status(view);
  if (status != set["status"]) {
    set.set("status", status);
    set = co_await client_.update_status(kDaemonSets, set);
  }
  if (failure) throw *failure;
  std::vector<std::string> used{object_name(revision)};
  for (const data::Value& pod : view.pods)
    used.push_back(object_name(set) + "-" + kube::label_of(pod, kControllerRevisionHash));
  co_await truncate_history(client_, set, used);
  const auto wait = next_availability(view.pods, set["spec"]["minReadySeconds"].int_or(0), now());
  if (wait) queue_.add_after(key, *wait);
}

}  // namespace

std::unique_ptr<Controller> make_daemon_set_controller(Context context) {
  return std::make_unique<DaemonSetController>(context);
}

}  // namespace jibe::twin
